import type { Clock } from '../core/clock.js';
import { DeadlineList } from '../internal/deadline-list.js';
import { discard } from './discard.js';
import type { Execution, Stage } from './execution.js';

/** What a limit is. @internal */
export interface LimitRule {
  /** Counts a run, and says how long it may take. */
  begin(run: Execution, level: number): number;
  /** Counts a run that took longer, and makes the error for it. */
  exceeded(run: Execution): unknown;
}

/** The stage of a limit: runs in the order of their deadlines. @internal */
export class LimitStage implements Stage {
  readonly part = 'limit';
  readonly #clock: Clock;
  readonly #rule: LimitRule;
  readonly #deadlines: DeadlineList<Execution>;

  constructor(clock: Clock, rule: LimitRule) {
    this.#clock = clock;
    this.#rule = rule;
    this.#deadlines = new DeadlineList(clock, (run) => {
      this.#expire(run);
    });
  }

  enter(run: Execution, level: number): boolean {
    const limitMs = this.#rule.begin(run, level);
    // A limit around this one that leaves less time will do; two of them would be over at the same moment.
    if (limitMs >= run.remainingAtMs(level)) return true;
    const nowMs = this.#clock.now();
    this.#deadlines.add(run, nowMs, nowMs + limitMs);
    return true;
  }

  leave(run: Execution, level: number, failed: boolean, value: unknown): void {
    if (run.expired) {
      if (!failed) discard(value);
      return;
    }
    if (run.dueMs !== undefined) {
      this.#deadlines.remove(run);
      run.dueMs = undefined;
    }
    run.outcome(level - 1, failed, value);
  }

  #expire(run: Execution): void {
    const level = run.plan.limitLevel;
    const reason = run.givenUp(level) ? run.reasonOfCaller() : this.#rule.exceeded(run);
    run.expire(reason);
    run.outcome(level - 1, true, reason);
  }
}
