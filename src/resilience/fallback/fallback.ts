import type { Clock } from '../../core/clock.js';
import type { Component, ComponentEvent, MetricSample } from '../../core/component.js';
import { Emitter } from '../../core/emitter.js';
import { InvalidArgumentError } from '../../core/errors.js';
import { describe } from '../../core/options.js';
import { Reporter } from '../../core/reporter.js';
import type { CallContext, ExecuteOptions, Policy } from '../call-context.js';
import { Branch, type Execution, type Stage } from '../execution.js';
import { Plan } from '../plan.js';
import { type Staged, STAGES } from '../stages.js';
import { type FallbackOptions, parseFallbackOptions } from './options.js';

/** A fallback answered, or failed itself. */
export interface FallbackUsed {
  /** Name of the policy. */
  readonly fallback: string;
  /** What the guarded call failed with. */
  readonly error: unknown;
}

/** The events of a {@link Fallback}, by name. */
export interface FallbackEvents {
  fallback: FallbackUsed;
}

/** A fallback's counts as plain JSON. */
export interface FallbackSnapshot {
  readonly name: string;
  /** Calls so far, … */
  readonly calls: number;
  /** … how many the handler was asked to answer, … */
  readonly fallbacks: number;
  /** … and how many of those it failed. */
  readonly failed: number;
}

/** A policy that answers in the place of a call that failed, made by {@link fallback}. */
export interface Fallback<F> extends Component<FallbackSnapshot>, Policy<F> {
  readonly kind: 'fallback';
  /** Subscribes to `type`; the returned function unsubscribes. */
  on<K extends keyof FallbackEvents>(type: K, listener: (event: FallbackEvents[K]) => void): () => void;
}

class FallbackPolicy<F> implements Fallback<F>, Stage {
  readonly kind = 'fallback';
  readonly name: string;
  readonly part = undefined;
  readonly #handler: (error: unknown, call: CallContext) => F | PromiseLike<F>;
  readonly #options: ReturnType<typeof parseFallbackOptions>;
  readonly #reporter: Reporter;
  readonly #events: Emitter<FallbackEvents>;
  readonly #plan: Plan;
  /** The handler runs by itself: nothing of the failed call is around it but its limits. */
  readonly #alone: Plan;
  #calls = 0;
  /** One that was given: it asks for no time that matters to the others. */
  readonly #ownClock: Clock | undefined;
  #fallbacks = 0;
  #failures = 0;

  constructor(
    handler: (error: unknown, call: CallContext) => F | PromiseLike<F>,
    options: FallbackOptions | undefined,
  ) {
    if (typeof handler !== 'function') {
      throw new InvalidArgumentError(`fallback: expected a function such as () => cached, got ${describe(handler)}`);
    }
    this.#handler = handler;
    this.#ownClock = options?.clock;
    this.#options = parseFallbackOptions(options);
    const { name, clock, onListenerError } = this.#options;
    this.name = name;
    this.#reporter = new Reporter(`fallback '${name}'`, clock, onListenerError);
    this.#events = new Emitter(this.#reporter, ['fallback']);
    this.#plan = new Plan([this]);
    this.#alone = new Plan([], undefined, true);
  }

  [STAGES](): Staged {
    const answersAll = this.#options.fallbackIf === undefined;
    return { kind: this.kind, clock: this.#ownClock, stages: [this], answersAll };
  }

  execute<T>(operation: (call: CallContext) => T | PromiseLike<T>, options?: ExecuteOptions): Promise<T | F> {
    return this.#plan.run('fallback', operation, options) as Promise<T | F>;
  }

  on<K extends keyof FallbackEvents>(type: K, listener: (event: FallbackEvents[K]) => void): () => void {
    return this.#events.on(type, listener);
  }

  /** A fallback has neither transitions nor refusals. */
  subscribe(_listener: (event: ComponentEvent) => void): () => void {
    return () => undefined;
  }

  snapshot(): FallbackSnapshot {
    return { name: this.name, calls: this.#calls, fallbacks: this.#fallbacks, failed: this.#failures };
  }

  metrics(): Iterable<MetricSample> {
    const labels = { fallback: this.name };
    const counter = (what: string, help: string, value: number): MetricSample => ({
      name: `breakwater_fallback_${what}_total`,
      type: 'counter',
      help,
      value,
      labels,
    });
    return [
      counter('calls', 'Calls that had a fallback.', this.#calls),
      counter('used', 'Calls that the fallback was asked to answer.', this.#fallbacks),
      counter('failed', 'Calls that the fallback failed as well.', this.#failures),
    ];
  }

  enter(): boolean {
    this.#calls++;
    return true;
  }

  leave(run: Execution, level: number, failed: boolean, value: unknown): void {
    // Asked again, since whoever says whether it is wanted may have given up just then.
    if (!failed || run.givenUp(level) || !this.#wants(value) || run.givenUp(level)) {
      run.outcome(level - 1, failed, value);
      return;
    }
    this.#fallbacks++;
    const answer = new Branch(
      this.#alone,
      (call) => this.#handler(value, call),
      run,
      level,
      run.attempt,
      (handlerFailed, answered, branch) => {
        run.gone(branch);
        // An abort meanwhile is no failure of the handler.
        if (handlerFailed && !run.givenUp(level)) this.#failures++;
        run.outcome(level - 1, handlerFailed, answered);
      },
    );
    run.inside = answer;
    if (this.#events.has('fallback')) this.#events.emit('fallback', { fallback: this.name, error: value });
    if (!run.givenUp(level)) answer.enter(0);
    else {
      // Whoever was told of it has given up.
      run.gone(answer);
      run.outcome(level - 1, true, value);
    }
  }

  #wants(error: unknown): boolean {
    const { fallbackIf } = this.#options;
    if (fallbackIf === undefined) return true;
    try {
      const answer: unknown = fallbackIf(error);
      if (typeof answer === 'boolean') return answer;
      this.#reporter.wrongAnswer('fallbackIf must answer at once, with true or false', answer);
    } catch (thrown) {
      this.#reporter.listenerError(thrown);
    }
    return true;
  }
}

/**
 * A policy that answers in the place of a call that failed or was refused. The handler gets the error, and a context with
 * a signal of its own; when it fails as well, the call rejects with the handler's error. It is not asked when the caller
 * has given up. It answers for every error, mistakes of the program included, unless `fallbackIf` says otherwise.
 *
 * @throws {@link InvalidArgumentError} when `handler` is not a function.
 * @throws {@link InvalidOptionsError} naming every option that is unknown or out of range.
 *
 * @example
 * const prices = pipeline(fallback(() => lastKnownPrices), retry(), timeout(1_000));
 */
export function fallback<F>(
  handler: (error: unknown, call: CallContext) => F | PromiseLike<F>,
  options?: FallbackOptions,
): Fallback<F> {
  return new FallbackPolicy(handler, options);
}
