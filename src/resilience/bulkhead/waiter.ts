import type { PlatformAbortSignal } from '../../core/platform.js';
import type { DeadlineNode } from '../../internal/deadline-list.js';
import { type AsyncScope, asyncScope, inScope } from '../async-scope.js';
import type { Execution, Inside } from '../execution.js';

/** A call in the queue of a bulkhead. @internal */
export class Waiter implements Inside, DeadlineNode<Waiter> {
  dueMs: number | undefined;
  earlier: Waiter | undefined;
  later: Waiter | undefined;
  readonly #run: Execution;
  readonly #level: number;
  readonly #leave: (waiter: Waiter) => void;
  readonly #signal: PlatformAbortSignal | undefined;
  /** It goes on when somebody else has ended. */
  readonly #scope: AsyncScope | undefined;

  /** @param leave - takes it out of the queue. */
  constructor(run: Execution, level: number, leave: (waiter: Waiter) => void) {
    this.#run = run;
    this.#level = level;
    this.#leave = leave;
    this.#signal = run.caller?.signal;
    this.#scope = asyncScope(run.plan.held);
    run.inside = this;
    if (this.#signal !== undefined) run.plan.followers.follow(this.#signal, this.#aborted);
  }

  /** Whether nobody waits for the call any more. */
  get givenUp(): boolean {
    return this.#run.givenUp(this.#level);
  }

  /** It has a slot now. */
  go(): void {
    this.end();
    inScope(this.#scope, () => {
      this.#run.enter(this.#level + 1);
    });
  }

  /** Takes it out of the queue. From now on nobody tells it of an abort: whoever hears that it has ended may cause one. */
  end(): void {
    this.#leave(this);
    this.#run.gone(this);
    if (this.#signal !== undefined) this.#run.plan.followers.unfollow(this.#signal, this.#aborted);
  }

  /**
   * What came of the wait, once it has ended.
   *
   * @param tell - tells others of it first.
   */
  fail(error: unknown, tell?: () => void): void {
    inScope(this.#scope, () => {
      tell?.();
      this.#run.outcome(this.#level - 1, true, error);
    });
  }

  /** Ends the wait of a call that nobody waits for. */
  giveUp(): void {
    this.abort(this.#run.reasonOfCaller());
  }

  abort(reason: unknown): void {
    this.end();
    this.fail(reason);
  }

  readonly #aborted = (reason: unknown): void => {
    this.abort(reason);
  };
}
