import { asyncScope, inScope } from '../async-scope.js';
import { discard } from '../discard.js';
import { Branch, type Execution, type Inside, type Operation } from '../execution.js';
import type { Plan } from '../plan.js';
import { SupersededError } from './errors.js';

/** What a race asks the policy. @internal */
export interface RaceRules {
  readonly maxHedges: number;
  /** Runs `fn` after the delay; the returned function cancels. */
  afterDelay(fn: () => void): () => void;
  /** Whether one more attempt may begin; takes a token for it. */
  mayHedge(): boolean;
  /** An attempt beside the first begins. */
  began(attempt: number): void;
  /** The attempt of this number, from 1, answered first. */
  won(attempt: number): void;
}

/** The attempts of one call: the first success is its answer, and the last failure when all have failed. @internal */
export class Race implements Inside {
  readonly #rules: RaceRules;
  readonly #run: Execution;
  readonly #plan: Plan;
  readonly #operation: Operation;
  readonly #running = new Set<Branch>();
  readonly #settle: (failed: boolean, value: unknown) => void;
  #begun = 0;
  #over = false;
  #cancelTimer: (() => void) | undefined;

  constructor(
    rules: RaceRules,
    run: Execution,
    plan: Plan,
    operation: Operation,
    settle: (failed: boolean, value: unknown) => void,
  ) {
    this.#rules = rules;
    this.#run = run;
    this.#plan = plan;
    this.#operation = operation;
    this.#settle = settle;
  }

  /** Begins one attempt, and waits for the time of the next. */
  begin(): void {
    const attempt = ++this.#begun;
    const level = this.#run.plan.stages.length;
    const branch = new Branch(this.#plan, this.#operation, this.#run, level, attempt, this.#ended);
    this.#running.add(branch);
    if (this.#begun <= this.#rules.maxHedges) {
      const scope = asyncScope(this.#run.plan.held);
      this.#cancelTimer = this.#rules.afterDelay(() => {
        inScope(scope, this.#hedge);
      });
    }
    branch.enter(0);
  }

  /** The attempts are told; what they answer all the same is for whoever asked. */
  abort(reason: unknown): void {
    this.#cancelTimer?.();
    for (const branch of this.#running) branch.abort(reason);
  }

  readonly #hedge = (): void => {
    if (!this.#wanted() || !this.#rules.mayHedge() || !this.#wanted()) return;
    this.#rules.began(this.#begun + 1);
    // Whoever was told of it may have given up just then.
    if (this.#wanted()) this.begin();
  };

  #wanted(): boolean {
    return !this.#over && !this.#run.givenUp(this.#run.plan.stages.length);
  }

  readonly #ended = (failed: boolean, value: unknown, branch: Branch): void => {
    this.#running.delete(branch);
    if (this.#over) {
      if (!failed) discard(value);
      return;
    }
    if (failed && this.#running.size > 0) return;
    this.#over = true;
    this.#cancelTimer?.();
    // First of all, since an attempt that is aborted may end at once.
    this.#settle(failed, value);
    if (failed) return;
    this.#rules.won(branch.number);
    const superseded = new SupersededError('another attempt of this call answered first');
    for (const loser of this.#running) loser.abort(superseded);
  };
}
