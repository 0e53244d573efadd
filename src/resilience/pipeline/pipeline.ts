import { systemClock, type Clock } from '../../core/clock.js';
import {
  AWAITS_CALL,
  awaitsCall,
  type Component,
  type ComponentEvent,
  type MetricSample,
} from '../../core/component.js';
import { InvalidArgumentError, InvalidOptionsError } from '../../core/errors.js';
import { HealthStatus } from '../../core/health-status.js';
import { describe } from '../../core/options.js';
import { Reporter } from '../../core/reporter.js';
import {
  type CallContext,
  type ExecuteOptions,
  notAFunction,
  type Policy,
  type PolicyAnswer,
} from '../call-context.js';
import type { Plan } from '../plan.js';
import { stagesOf } from '../stages.js';
import { compile } from './compile.js';
import { newProblems } from './order.js';

/** A pipeline's parts as plain JSON. */
export interface PipelineSnapshot {
  readonly name: string;
  /** From the outermost to the innermost; a policy from elsewhere has its kind only when it says so. */
  readonly parts: readonly { readonly kind: string; readonly snapshot?: object }[];
}

/** Several policies as one, made by {@link pipeline}. */
export interface Pipeline<F = never> extends Component<PipelineSnapshot>, Policy<F> {
  readonly kind: 'pipeline';
  /**
   * The function `fn` behind these policies; `this` and the arguments are passed on. It gets no context, so that a time
   * limit cannot tell it to stop: with `execute` it can.
   */
  wrap<A extends unknown[], R>(fn: (...args: A) => R | PromiseLike<R>): (...args: A) => Promise<R | F>;
}

class FusedPipeline<F> implements Pipeline<F> {
  readonly kind = 'pipeline';
  /** The names of its parts, so that two pipelines can be told apart. */
  readonly name: string;
  readonly policies: readonly Policy<unknown>[];
  readonly #plan: Plan;

  constructor(given: readonly Policy<unknown>[]) {
    this.policies = given.flatMap((policy) => (policy instanceof FusedPipeline ? policy.policies : [policy]));
    const clock = clockOf(this.policies) ?? systemClock;
    this.name = this.policies.map(nameOf).join(' > ').slice(0, LONGEST_NAME) || 'pipeline';
    const problems = newProblems(this.policies, clock);
    if (problems.length > 0) new Reporter('pipeline', clock).warn('BREAKWATER_W_PIPELINE_ORDER', problems.join('; '));
    this.#plan = compile(this.policies);
  }

  execute<T>(operation: (call: CallContext) => T | PromiseLike<T>, options?: ExecuteOptions): Promise<T | F> {
    return this.#plan.run('pipeline', operation, options) as Promise<T | F>;
  }

  wrap<A extends unknown[], R>(fn: (...args: A) => R | PromiseLike<R>): (...args: A) => Promise<R | F> {
    if (typeof fn !== 'function') throw notAFunction('pipeline.wrap', fn);
    const plan = this.#plan;
    return function (this: unknown, ...args) {
      return plan.run('pipeline', () => fn.apply(this, args), undefined) as Promise<R | F>;
    };
  }

  /** Hears of the transitions and refusals of all its parts. */
  subscribe(listener: (event: ComponentEvent) => void): () => void {
    const stops = this.#components().map((part) => part.subscribe(listener));
    return () => {
      for (const stop of stops) stop();
    };
  }

  snapshot(): PipelineSnapshot {
    const parts = this.policies.map((policy) => {
      const { kind = 'policy' } = policy as { readonly kind?: string };
      return isComponent(policy) ? { kind, snapshot: policy.snapshot() } : { kind };
    });
    return { name: this.name, parts };
  }

  /** Those of all its parts; do not register them by themselves as well. */
  metrics(): Iterable<MetricSample> {
    return this.#components().flatMap((part) => [...(part.metrics?.() ?? [])]);
  }

  /** The first of its parts that is not well. */
  health(): { readonly status: HealthStatus; readonly message?: string } {
    for (const part of this.#components()) {
      const health = part.health?.();
      if (health !== undefined && health.status !== HealthStatus.HEALTHY) return health;
    }
    return { status: HealthStatus.HEALTHY };
  }

  [AWAITS_CALL](): boolean {
    const ailing = this.#components().filter((part) => {
      const health = part.health?.();
      return health !== undefined && health.status !== HealthStatus.HEALTHY;
    });
    return ailing.length > 0 && ailing.every(awaitsCall);
  }

  #components(): Component[] {
    return (this.policies as readonly object[]).filter(isComponent);
  }
}

const LONGEST_NAME = 200;

function nameOf(policy: object): string {
  const { name = 'policy' } = policy as { readonly name?: string };
  return name;
}

function isComponent(policy: object): policy is Component {
  const { snapshot, subscribe } = policy as { readonly snapshot?: unknown; readonly subscribe?: unknown };
  return typeof snapshot === 'function' && typeof subscribe === 'function';
}

/** The clock of all parts that have one. */
function clockOf(policies: readonly Policy<unknown>[]): Clock | undefined {
  const issues: { readonly path: string; readonly message: string }[] = [];
  let common: Clock | undefined;
  for (const [i, policy] of policies.entries()) {
    if (typeof (policy as Policy<unknown> | undefined)?.execute !== 'function') {
      const got = describe(policy);
      throw new InvalidArgumentError(`pipeline: argument ${String(i + 1)} must be a policy with execute(), got ${got}`);
    }
    const clock = stagesOf(policy)?.clock;
    if (clock === undefined || clock === common) continue;
    if (common !== undefined) {
      const message = 'has another clock than the parts before it; give all of them the same';
      issues.push({ path: `policies[${String(i)}].clock`, message });
    }
    common ??= clock;
  }
  if (issues.length > 0) throw new InvalidOptionsError('pipeline', issues);
  return common;
}

/**
 * Several policies as one, in the order as written: the first is the outermost. A call through all of them costs little
 * more than through one.
 *
 * An order in which a part can never do its work is warned about once, as `BREAKWATER_W_PIPELINE_ORDER`.
 *
 * @throws {@link InvalidArgumentError} when something is no policy.
 * @throws {@link InvalidOptionsError} when the parts have different clocks.
 *
 * @example
 * const call = pipeline(deadline(5_000), retry(), breaker, timeout(1_000));
 * const rates = await call.execute(({ signal }) => fetchRates({ signal }));
 */
export function pipeline<P extends readonly Policy<unknown>[]>(...policies: P): Pipeline<PolicyAnswer<P[number]>> {
  return new FusedPipeline<PolicyAnswer<P[number]>>(policies);
}
