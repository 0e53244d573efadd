import type { Clock } from '../core/clock.js';
import { DeadlineList } from '../internal/deadline-list.js';
import { type AsyncScope, asyncScope, fromNowhere, inScope } from './async-scope.js';
import { discard } from './discard.js';
import type { Execution, Limiting } from './execution.js';

/** What a limit is. @internal */
export interface LimitRule {
  /** Counts a run, and says how long it may take. */
  begin(run: Execution, level: number): number;
  /** Counts a run that took longer, and makes the error for it. */
  exceeded(run: Execution): unknown;
  /** Tells of it, once nothing can change the outcome any more. */
  tell?(): void;
}

/** How much later than a limit around it, which is to answer, a limit ends that has no less time. */
const MOMENT_MS = 1;
/** For how long it waits for the one around it, whose timer may come later. */
const PATIENCE_MS = 100;

/** The stage of a limit. @internal */
export class LimitStage implements Limiting {
  readonly part = 'limit';
  readonly #rule: LimitRule;
  readonly #deadlines: DeadlineList<Execution>;
  /** From where the runs come: the timer is that of the first of them. */
  readonly #scopes = new Map<Execution, AsyncScope>();

  /** @param usualMs - what most runs may take. */
  constructor(clock: Clock, usualMs: number, rule: LimitRule) {
    this.#rule = rule;
    this.#deadlines = new DeadlineList(clock, fromNowhere(clock), usualMs, (run) => {
      inScope(this.#scopes.get(run), () => {
        this.#expire(run);
      });
    });
  }

  now(): number {
    return this.#deadlines.now();
  }

  enter(run: Execution, level: number): boolean {
    const limitMs = this.#rule.begin(run, level);
    const aroundMs = run.remainingAtMs(level);
    // When those around get their answer, what stands between the two limits must not wait for the operation.
    this.#deadlines.add(run, limitMs < aroundMs ? limitMs : aroundMs + MOMENT_MS);
    const scope = asyncScope(run.plan.held);
    if (scope !== undefined) this.#scopes.set(run, scope);
    return true;
  }

  leave(run: Execution, level: number, failed: boolean, value: unknown): void {
    if (run.expired) {
      if (!failed) discard(value);
      return;
    }
    this.#deadlines.remove(run);
    if (this.#scopes.size > 0) this.#scopes.delete(run);
    run.dueMs = undefined;
    run.outcome(level - 1, failed, value);
  }

  #expire(run: Execution): void {
    const level = run.plan.limitLevel;
    const givenUp = run.givenUp(level);
    if (!givenUp && run.remainingAtMs(level) <= 0 && this.#deadlines.lateMs(run) < PATIENCE_MS) {
      this.#deadlines.later(run, MOMENT_MS);
      return;
    }
    const reason = givenUp ? run.reasonOfCaller() : this.#rule.exceeded(run);
    this.#scopes.delete(run);
    run.expire(reason);
    if (!givenUp) this.#rule.tell?.();
    run.outcome(level - 1, true, reason);
  }
}
