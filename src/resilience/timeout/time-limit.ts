import type { Component, ComponentEvent, MetricSample } from '../../core/component.js';
import { Emitter } from '../../core/emitter.js';
import { Reporter } from '../../core/reporter.js';
import type { CallContext, ExecuteOptions } from '../call-context.js';
import { LimitStage } from '../limit-stage.js';
import { Plan } from '../plan.js';
import { type Staged, STAGES } from '../stages.js';
import { DeadlineExceededError, TimeoutError } from './errors.js';
import type { TimeLimitEvents } from './events.js';
import { type ParsedTimeLimitOptions, parseTimeLimitOptions, type TimeLimitOptions } from './options.js';

/** A time limit's counts as plain JSON. */
export interface TimeLimitSnapshot {
  readonly name: string;
  /** The limit, in ms. */
  readonly limitMs: number;
  /** Calls that ran under it so far, … */
  readonly calls: number;
  /** … and how many took longer. */
  readonly timeouts: number;
}

/**
 * A limit on the time of a call, made by {@link timeout} or {@link deadline}. All calls under one limit share one timer.
 */
export interface TimeLimit extends Component<TimeLimitSnapshot> {
  readonly kind: 'timeout' | 'deadline';
  /**
   * Runs `operation`, and answers in time.
   *
   * @throws {@link TimeoutError} or {@link DeadlineExceededError} (as a rejection) when the time is over; the signal of
   * the operation aborts with the same error.
   * @throws `signal.reason` (as a rejection) when the caller had given up by then.
   */
  execute<T>(operation: (call: CallContext) => T | PromiseLike<T>, options?: ExecuteOptions): Promise<T>;
  /** Subscribes to `type`; the returned function unsubscribes. */
  on<K extends keyof TimeLimitEvents>(type: K, listener: (event: TimeLimitEvents[K]) => void): () => void;
}

/** @internal */
export class Limit implements TimeLimit {
  readonly kind: 'timeout' | 'deadline';
  readonly name: string;
  readonly #stage: LimitStage;
  readonly #options: ParsedTimeLimitOptions;
  readonly #events: Emitter<TimeLimitEvents>;
  readonly #plan: Plan;
  #calls = 0;
  #timeouts = 0;

  constructor(kind: 'timeout' | 'deadline', ms: number, options: TimeLimitOptions | undefined) {
    this.kind = kind;
    this.#options = parseTimeLimitOptions(kind, ms, options);
    const { name, clock, onListenerError, ms: limitMs } = this.#options;
    this.name = name;
    this.#events = new Emitter(new Reporter(`${kind} '${name}'`, clock, onListenerError), ['timeout']);
    this.#stage = new LimitStage(clock, limitMs, {
      begin: () => {
        this.#calls++;
        return limitMs;
      },
      exceeded: () => this.#exceeded(),
      tell: () => {
        if (this.#events.has('timeout')) this.#events.emit('timeout', { limit: name, limitMs });
      },
    });
    this.#plan = new Plan([this.#stage]);
  }

  [STAGES](): Staged {
    const { clock, ms } = this.#options;
    return { kind: this.kind, clock, stages: [this.#stage], limitMs: ms };
  }

  execute<T>(operation: (call: CallContext) => T | PromiseLike<T>, options?: ExecuteOptions): Promise<T> {
    return this.#plan.run(this.kind, operation, options) as Promise<T>;
  }

  on<K extends keyof TimeLimitEvents>(type: K, listener: (event: TimeLimitEvents[K]) => void): () => void {
    return this.#events.on(type, listener);
  }

  subscribe(listener: (event: ComponentEvent) => void): () => void {
    return this.#events.on('timeout', (data) => listener({ type: 'timeout', level: 'warn', data }));
  }

  snapshot(): TimeLimitSnapshot {
    return { name: this.name, limitMs: this.#options.ms, calls: this.#calls, timeouts: this.#timeouts };
  }

  metrics(): Iterable<MetricSample> {
    const limit = this.name;
    return [
      {
        name: 'breakwater_time_limit_calls_total',
        type: 'counter',
        help: 'Calls that ran under a time limit.',
        value: this.#calls,
        labels: { limit },
      },
      {
        name: 'breakwater_time_limit_exceeded_total',
        type: 'counter',
        help: 'Calls that took longer than their time limit.',
        value: this.#timeouts,
        labels: { limit },
      },
    ];
  }

  #exceeded(): Error {
    const { ms } = this.#options;
    this.#timeouts++;
    return this.kind === 'timeout'
      ? new TimeoutError(`'${this.name}': no answer within ${String(ms)} ms`, ms)
      : new DeadlineExceededError(`'${this.name}': the whole call was not done within ${String(ms)} ms`, ms);
  }
}

/**
 * A policy that limits the time of what it guards: after `ms` the call rejects, the operation's signal aborts, and
 * whatever the operation still answers is dropped (and disposed, when it has `Symbol.dispose` or `Symbol.asyncDispose`).
 * A limit around it that leaves less time counts instead.
 *
 * @param ms - at least 1.
 * @throws {@link InvalidOptionsError} naming everything that is unknown or out of range.
 *
 * @example
 * const answer = await timeout(1_000).execute(({ signal }) => fetch(url, { signal }));
 */
export function timeout(ms: number, options?: TimeLimitOptions): TimeLimit {
  return new Limit('timeout', ms, options);
}

/**
 * A policy that limits the time of a whole call, with all retries and waits in it: whatever is inside knows how much is
 * left (`call.remainingMs()`), and no retry begins that would come too late. Its place is outermost.
 *
 * @param ms - at least 1.
 * @throws {@link InvalidOptionsError} naming everything that is unknown or out of range.
 *
 * @example
 * const call = pipeline(deadline(5_000), retry(), timeout(1_000));
 */
export function deadline(ms: number, options?: TimeLimitOptions): TimeLimit {
  return new Limit('deadline', ms, options);
}
