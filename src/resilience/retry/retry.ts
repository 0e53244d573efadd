import type { Clock } from '../../core/clock.js';
import type { Component, ComponentEvent, MetricSample } from '../../core/component.js';
import { Emitter } from '../../core/emitter.js';
import { isRejectedError } from '../../core/errors.js';
import { draw } from '../../core/random.js';
import { Reporter } from '../../core/reporter.js';
import { steady } from '../../core/steady.js';
import { punctual } from '../../internal/punctual.js';
import type { CallContext, ExecuteOptions } from '../call-context.js';
import type { Execution, Stage } from '../execution.js';
import { LimitStage } from '../limit-stage.js';
import { Plan } from '../plan.js';
import { earn, pay, tokensOf } from '../retry-budget.js';
import { type Staged, STAGES } from '../stages.js';
import { TimeoutError } from '../timeout/index.js';
import { backoffMs, decide, type RetryStop } from './engine.js';
import type { RetryEvents } from './events.js';
import { parseRetryOptions, type RetryOptions, type RetrySettings } from './options.js';
import { retryAfterMs } from './retry-after.js';
import { type Judgement, type RetryRules, RetryStage, type RetryState } from './retry-stage.js';
import { isMarked, isRetryable, wasNotDelivered } from './retryable.js';

/** A retry policy's counts as plain JSON. */
export interface RetrySnapshot {
  readonly name: string;
  readonly maxAttempts: number | null;
  /** Calls so far, … */
  readonly calls: number;
  /** … attempts beyond the first, … */
  readonly retries: number;
  /** … calls that succeeded with one of those, … */
  readonly recovered: number;
  /** … calls that failed for good, … */
  readonly gaveUp: number;
  /** … and how many of them for want of budget. */
  readonly budgetExhausted: number;
  /** Attempts so far that took longer than `attemptTimeoutMs`. */
  readonly timedOut: number;
  /** Retries that the budget holds, with fractions; `null` without a budget. */
  readonly budgetTokens: number | null;
}

/** A policy that runs a failed operation again, made by {@link retry}. */
export interface Retry extends Component<RetrySnapshot> {
  readonly kind: 'retry';
  /**
   * Runs `operation` until it succeeds or there is no use in trying; then rejects with the last error, on which
   * {@link retryHistory} finds the earlier ones.
   *
   * @throws `signal.reason` (as a rejection) at once when `signal` aborts during a wait.
   */
  execute<T>(operation: (call: CallContext) => T | PromiseLike<T>, options?: ExecuteOptions): Promise<T>;
  /** Subscribes to `type`; the returned function unsubscribes. */
  on<K extends keyof RetryEvents>(type: K, listener: (event: RetryEvents[K]) => void): () => void;
}

class RetryPolicy implements Retry, RetryRules {
  readonly kind = 'retry';
  readonly name: string;
  readonly timed: boolean;
  /** Time that never goes back. */
  readonly now: () => number;
  readonly #stages: readonly Stage[];
  readonly #settings: RetrySettings;
  readonly #reporter: Reporter;
  readonly #events: Emitter<RetryEvents>;
  readonly #plan: Plan;
  readonly #counts = { calls: 0, retries: 0, recovered: 0, gaveUp: 0, budgetExhausted: 0, timedOut: 0 };
  #outOfBudget = false;

  constructor(options: RetryOptions | undefined) {
    this.#settings = parseRetryOptions(options);
    const { name, clock, onListenerError, maxElapsedMs, attemptTimeoutMs } = this.#settings;
    this.name = name;
    this.timed = maxElapsedMs !== undefined;
    this.now = steady(clock);
    this.#reporter = new Reporter(`retry '${name}'`, clock, onListenerError);
    this.#events = new Emitter(this.#reporter, EVENTS);
    const stages: Stage[] = [new RetryStage(this)];
    if (attemptTimeoutMs !== undefined) stages.push(this.#attemptLimit(attemptTimeoutMs));
    this.#stages = stages;
    this.#plan = new Plan(stages);
  }

  [STAGES](): Staged {
    const { clock, attemptTimeoutMs: limitMs } = this.#settings;
    const staged = { kind: this.kind, clock, stages: this.#stages };
    return limitMs === undefined ? staged : { ...staged, limitMs };
  }

  execute<T>(operation: (call: CallContext) => T | PromiseLike<T>, options?: ExecuteOptions): Promise<T> {
    return this.#plan.run('retry', operation, options) as Promise<T>;
  }

  on<K extends keyof RetryEvents>(type: K, listener: (event: RetryEvents[K]) => void): () => void {
    return this.#events.on(type, listener);
  }

  subscribe(listener: (event: ComponentEvent) => void): () => void {
    return this.#events.on('budget', (data) =>
      listener({ type: 'budget', level: data.exhausted ? 'warn' : 'info', data }),
    );
  }

  snapshot(): RetrySnapshot {
    const { name, maxAttempts, budget } = this.#settings;
    return {
      name,
      maxAttempts: maxAttempts === Infinity ? null : maxAttempts,
      ...this.#counts,
      budgetTokens: budget === false ? null : tokensOf(budget, this.#reporter),
    };
  }

  metrics(): Iterable<MetricSample> {
    const retry = this.name;
    const { calls, retries, recovered, gaveUp, budgetExhausted, timedOut } = this.#counts;
    const { budget } = this.#settings;
    const ends = { gave_up: gaveUp, budget_exhausted: budgetExhausted, timed_out: timedOut };
    const counters = { calls, retries, recovered, ...ends };
    const samples = Object.entries(counters).map(([what, value]): MetricSample => ({
      name: `breakwater_retry_${what}_total`,
      type: 'counter',
      help: HELP[what] ?? '',
      value,
      labels: { retry },
    }));
    if (budget === false) return samples;
    const help = 'Retries that the budget holds.';
    return [
      ...samples,
      {
        name: 'breakwater_retry_budget_tokens',
        type: 'gauge',
        help,
        value: tokensOf(budget, this.#reporter),
        labels: { retry },
      },
    ];
  }

  // What the stage asks.

  schedule(fn: () => void, delayMs: number): () => void {
    const { clock } = this.#settings;
    return punctual((...timer) => clock.schedule(...timer), this.now, delayMs, fn);
  }

  began(): void {
    this.#counts.calls++;
  }

  beganAgain(): void {
    this.#counts.retries++;
  }

  tooLate(run: Execution, level: number, state: RetryState): RetryStop | undefined {
    if (run.givenUp(level)) return 'aborted';
    if (this.#elapsedLeftMs(state) <= 0) return 'elapsed';
    return run.remainingAtMs(level) <= 0 ? 'deadline' : undefined;
  }

  succeeded(attempts: number): void {
    const { budget } = this.#settings;
    if (budget !== false) {
      earn(budget, this.#reporter);
      if (this.#outOfBudget && tokensOf(budget, this.#reporter) >= 1) this.#tellBudget(false);
    }
    if (attempts === 1) return;
    this.#counts.recovered++;
    if (this.#events.has('recovered')) this.#events.emit('recovered', { retry: this.name, attempts });
  }

  judge(run: Execution, level: number, state: RetryState, error: unknown): Judgement {
    const { maxAttempts, budget, random, clock } = this.#settings;
    const hintMs = retryAfterMs(error, wallNow(clock));
    const { attempt } = state;
    const retryable = this.#mayRetry(error, attempt, state.operated ?? run.operated);
    // Whoever was asked may have given up just now.
    if (run.givenUp(level)) return { stop: 'aborted' };
    const remainingMs = run.remainingAtMs(level);
    const elapsedLeftMs = this.#elapsedLeftMs(state);
    const decision = decide({
      attempt,
      maxAttempts,
      retryable,
      backoffMs: backoffMs(this.#settings, attempt - 1, state.previousMs, draw(random, this.#reporter)),
      hintMs,
      maxHintMs: this.#maxHintMs(error, Math.min(remainingMs, elapsedLeftMs)),
      elapsedLeftMs,
      remainingMs,
    });
    if ('delayMs' in decision && (budget === false || pay(budget, this.#reporter))) return decision;
    const stop = 'stop' in decision ? decision.stop : 'budget';
    return { stop, ...(hintMs === undefined ? {} : { retryAfterMs: hintMs }) };
  }

  waits({ attempt }: RetryState, delayMs: number, error: unknown): void {
    if (this.#outOfBudget) this.#tellBudget(false);
    if (this.#events.has('retry')) this.#events.emit('retry', { retry: this.name, attempt, delayMs, error });
  }

  gaveUp({ attempt: attempts }: RetryState, stop: RetryStop, error: unknown): void {
    if (stop === 'aborted') return;
    this.#counts.gaveUp++;
    if (stop === 'budget') {
      this.#counts.budgetExhausted++;
      if (!this.#outOfBudget) this.#tellBudget(true);
    }
    if (this.#events.has('gaveUp')) this.#events.emit('gaveUp', { retry: this.name, attempts, stop, error });
  }

  #tellBudget(exhausted: boolean): void {
    this.#outOfBudget = exhausted;
    if (this.#events.has('budget')) this.#events.emit('budget', { retry: this.name, exhausted });
  }

  /** @param begun - whether the operation was begun: then a refusal is one of a guard that it met on its way. */
  #mayRetry(error: unknown, attempt: number, begun: boolean): boolean {
    const { retryIf, idempotent } = this.#settings;
    if (isMarked(error)) return false;
    if (!idempotent && ((begun && isRejectedError(error)) || !wasNotDelivered(error))) return false;
    if (retryIf === undefined) return isRetryable(error);
    try {
      const answer: unknown = retryIf(error, { attempt });
      if (typeof answer === 'boolean') return answer;
      this.#reporter.wrongAnswer('retryIf must answer at once, with true or false', answer);
    } catch (thrown) {
      this.#reporter.listenerError(thrown);
    }
    return isRetryable(error);
  }

  /** Waiting for a guard of our own, that refuses at once so that nobody has to wait, is for calls whose time is limited. */
  #maxHintMs(error: unknown, leftMs: number): number {
    const { retryAfter, maxDelayMs } = this.#settings;
    if (retryAfter !== undefined) return retryAfter.maxMs;
    if (!isRejectedError(error)) return maxDelayMs;
    return leftMs === Infinity ? -1 : leftMs;
  }

  #elapsedLeftMs({ startedAtMs }: RetryState): number {
    const { maxElapsedMs } = this.#settings;
    return maxElapsedMs === undefined ? Infinity : startedAtMs + maxElapsedMs - this.now();
  }

  #attemptLimit(attemptTimeoutMs: number): LimitStage {
    const leftMs = (run: Execution): number => {
      const state = run.retryState as RetryState | undefined;
      return state === undefined ? Infinity : Math.max(0, this.#elapsedLeftMs(state));
    };
    return new LimitStage(this.#settings.clock, attemptTimeoutMs, {
      begin: (run) => Math.min(attemptTimeoutMs, leftMs(run)),
      exceeded: (run) => {
        this.#counts.timedOut++;
        const limitMs = leftMs(run) > 0 ? attemptTimeoutMs : (this.#settings.maxElapsedMs ?? attemptTimeoutMs);
        return new TimeoutError(`'${this.name}': no answer within ${String(limitMs)} ms`, limitMs);
      },
    });
  }
}

const EVENTS = /* @__PURE__ */ Object.freeze(['retry', 'recovered', 'gaveUp', 'budget'] as const);

/** A clock that fails has no date: what would need one is left aside. */
function wallNow(clock: Clock): number {
  try {
    return clock.wallNow();
  } catch {
    return NaN;
  }
}

const HELP: Readonly<Record<string, string>> = /* @__PURE__ */ Object.freeze({
  calls: 'Calls through a retry policy.',
  retries: 'Attempts beyond the first.',
  recovered: 'Calls that succeeded with a further attempt.',
  gave_up: 'Calls that failed for good.',
  budget_exhausted: 'Calls that failed for want of retry budget.',
  timed_out: 'Attempts that took longer than their time limit.',
});

/**
 * A policy that runs a failed operation again, with growing and spread waits, and within a budget that keeps retries from
 * multiplying the load on something that is down.
 *
 * @throws {@link InvalidOptionsError} naming every option that is unknown or out of range.
 *
 * @example
 * const reads = retry({ maxAttempts: 4, attemptTimeoutMs: 1_000 });
 * const user = await reads.execute(({ signal }) => fetchUser(id, { signal }));
 */
export function retry(options?: RetryOptions): Retry {
  return new RetryPolicy(options);
}
