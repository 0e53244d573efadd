import type { AbortFollowers } from '../../internal/abort-followers.js';
import type { PlatformAbortSignal } from '../../core/platform.js';
import { asyncScope, inScope } from '../async-scope.js';
import { Attempt, type Execution, type Inside, type Stage } from '../execution.js';
import type { RetryStop } from './engine.js';
import { MOST_ERRORS, noteHistory } from './history.js';

/** What the retries of one call have come to. @internal */
export class RetryState {
  attempt = 1;
  previousMs: number | undefined;
  /** Whether the operation of the last attempt was begun; that of the first is the run's own. */
  operated: boolean | undefined;
  /** When the first attempt began; only known when that matters. */
  readonly startedAtMs: number;
  readonly #errors: unknown[] = [];

  constructor(startedAtMs: number) {
    this.startedAtMs = startedAtMs;
  }

  /** Keeps the error of an attempt that another one follows. */
  add(error: unknown): void {
    this.#errors.push(error);
    if (this.#errors.length > MOST_ERRORS) this.#errors.shift();
  }

  /** The attempt that was to follow does not: the error that was kept for it is the last. */
  takeBack(): unknown {
    return this.#errors.pop();
  }

  /** Leaves what came before with the last error. */
  note(error: unknown, stop: RetryStop, retryAfterMs: number | undefined): void {
    noteHistory(
      error,
      Object.freeze({
        attempts: this.attempt,
        errors: Object.freeze([...this.#errors]),
        stop,
        budgetExhausted: stop === 'budget',
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      }),
    );
  }
}

/** What came of judging a failed attempt. @internal */
export type Judgement = { readonly delayMs: number } | { readonly stop: RetryStop; readonly retryAfterMs?: number };

/** What the stage asks the policy. @internal */
export interface RetryRules {
  /** Whether the start of each call must be known. */
  readonly timed: boolean;
  now(): number;
  /** Judges a failed attempt, and takes a token for the next one. */
  judge(run: Execution, level: number, state: RetryState, error: unknown): Judgement;
  /** Asked again when the wait is over: timers may come late, and listeners take time. */
  tooLate(run: Execution, level: number, state: RetryState): RetryStop | undefined;
  schedule(fn: () => void, delayMs: number): () => void;
  began(): void;
  beganAgain(): void;
  succeeded(attempts: number): void;
  waits(state: RetryState, delayMs: number, error: unknown): void;
  gaveUp(state: RetryState, stop: RetryStop, error: unknown): void;
}

/** Runs what is inside of it again. @internal */
export class RetryStage implements Stage {
  readonly part = 'retry';
  readonly #rules: RetryRules;

  constructor(rules: RetryRules) {
    this.#rules = rules;
  }

  enter(run: Execution): boolean {
    this.#rules.began();
    if (this.#rules.timed) run.retry = new RetryState(this.#rules.now());
    return true;
  }

  leave(run: Execution, level: number, failed: boolean, value: unknown): void {
    const state = run.retry as RetryState | undefined;
    if (!failed) {
      this.#rules.succeeded(state?.attempt ?? 1);
      run.outcome(level - 1, false, value);
    } else this.#failed(run, level, state ?? new RetryState(NaN), value);
  }

  #failed(run: Execution, level: number, state: RetryState, error: unknown): void {
    run.retry = state;
    const judgement = this.#judge(run, level, state, error);
    if ('stop' in judgement) {
      this.#end(run, level, state, error, judgement.stop, judgement.retryAfterMs);
      return;
    }
    const { delayMs } = judgement;
    state.add(error);
    state.previousMs = delayMs;
    this.#wait(run, level, state, delayMs);
    this.#rules.waits(state, delayMs, error);
  }

  /** Whoever is asked about it may give up just then. */
  #judge(run: Execution, level: number, state: RetryState, error: unknown): Judgement {
    if (run.givenUp(level)) return { stop: 'aborted' };
    const judgement = this.#rules.judge(run, level, state, error);
    return run.givenUp(level) ? { stop: 'aborted' } : judgement;
  }

  /**
   * In a function of its own, whose closures know of no error: the next one remembers in its stack who called, and would
   * keep the one before alive, and so on.
   */
  #wait(run: Execution, level: number, state: RetryState, delayMs: number): void {
    const delay = new Delay(run, level, () => {
      run.gone(delay);
      const stop = this.#rules.tooLate(run, level, state);
      if (stop === undefined) this.#again(run, level, state);
      else this.#end(run, level, state, state.takeBack(), stop, undefined);
    });
    run.inside = delay;
    // Whoever hears of it may take time; the wait runs meanwhile.
    try {
      delay.start(this.#rules, delayMs);
    } catch (error) {
      // The clock cannot set a timer.
      run.gone(delay);
      throw error;
    }
  }

  #again(run: Execution, level: number, state: RetryState): void {
    state.attempt++;
    this.#rules.beganAgain();
    const attempt = new Attempt(run, level, state.attempt);
    run.inside = attempt;
    attempt.enter(level + 1);
  }

  #end(
    run: Execution,
    level: number,
    state: RetryState,
    error: unknown,
    stop: RetryStop,
    retryAfterMs: number | undefined,
  ): void {
    state.note(error, stop, retryAfterMs);
    this.#rules.gaveUp(state, stop, error);
    run.outcome(level - 1, true, error);
  }
}

/** The wait before an attempt: ends when its time is over, or when nobody waits for the call any more. */
class Delay implements Inside {
  readonly #run: Execution;
  readonly #level: number;
  readonly #next: () => void;
  readonly #followers: AbortFollowers;
  #cancelTimer: (() => void) | undefined;
  #signal: PlatformAbortSignal | undefined;

  constructor(run: Execution, level: number, next: () => void) {
    this.#run = run;
    this.#level = level;
    this.#next = next;
    this.#followers = run.plan.followers;
  }

  start(rules: Pick<RetryRules, 'schedule'>, delayMs: number): void {
    // A clock may know of one wheel for all timers, and of nobody's context.
    const scope = asyncScope(this.#run.plan.held);
    this.#cancelTimer = rules.schedule(() => {
      this.#unfollow();
      inScope(scope, this.#next);
    }, delayMs);
    this.#signal = this.#run.caller?.signal;
    if (this.#signal !== undefined) this.#followers.follow(this.#signal, this.#aborted);
  }

  abort(reason: unknown): void {
    this.#cancelTimer?.();
    this.#unfollow();
    this.#run.gone(this);
    this.#run.outcome(this.#level - 1, true, reason);
  }

  readonly #aborted = (reason: unknown): void => {
    this.abort(reason);
  };

  #unfollow(): void {
    if (this.#signal !== undefined) this.#followers.unfollow(this.#signal, this.#aborted);
    this.#signal = undefined;
  }
}
