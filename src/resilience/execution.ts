import type { PlatformAbortSignal } from '../core/platform.js';
import { settled } from '../core/thenable.js';
import type { AbortFollowers } from '../internal/abort-followers.js';
import type { CallContext } from './call-context.js';
import { OwnSignal } from './own-signal.js';

/** What a policy guards. @internal */
export type Operation = (call: CallContext) => unknown;

/** Who made a call, as far as a run looks: the options of a user's call, or the context of a run around it. @internal */
export interface Caller {
  readonly signal?: PlatformAbortSignal | undefined;
  /** Which attempt the call belongs to. */
  readonly attempt?: number;
  remainingMs?(): number;
}

/** A run around this one, with a policy from elsewhere between the two. @internal */
export class Between implements Caller {
  readonly #run: Execution;
  readonly #call: Caller;

  /** @param call - what the policy hands to its operation. */
  constructor(run: Execution, call: Caller) {
    this.#run = run;
    this.#call = call;
  }

  get signal(): PlatformAbortSignal {
    return this.#call.signal ?? this.#run.signal;
  }

  get attempt(): number {
    return this.#run.attempt;
  }

  remainingMs(): number {
    return Math.min(this.#run.remainingMs(), this.#call.remainingMs?.() ?? Infinity);
  }
}

/** Whatever stands for a run at the moment when its operation does not: a delay, a place in a queue, another attempt. @internal */
export interface Inside {
  /** Gives up; an outcome follows. */
  abort(reason: unknown): void;
}

/**
 * One policy's part in the runs of a plan. Outcomes travel from the operation outwards, from stage to stage; a stage may
 * change one, hold it back, or answer before anything ran.
 * @internal
 */
export interface Stage {
  /** Of each of these a plan has one at most, since a run keeps the numbers of one. */
  readonly part: 'breaker' | 'limit' | 'retry' | undefined;
  /** Lets a run in: `true` to go on; `false` when the stage has answered, or will go on with `run.enter` later. */
  enter(run: Execution, level: number): boolean;
  /** Takes the outcome of what is inside, and passes one on with `run.outcome(level - 1, …)`: once for each time it let in. */
  leave(run: Execution, level: number, failed: boolean, value: unknown): void;
}

/** The stage of a time limit. @internal */
export interface Limiting extends Stage {
  readonly part: 'limit';
  /** The time, on the scale of a run's `dueMs`. */
  now(): number;
}

/** What runs in the place of the operation: more stages, or a policy from elsewhere around them. @internal */
export type Inner = (run: Execution, operation: Operation) => unknown;

/** How a run goes. @internal */
export interface RunPlan {
  /** From the outermost to the innermost; the operation comes after them. */
  readonly stages: readonly Stage[];
  readonly inner: Inner | undefined;
  /** Of the time limit; beyond all levels without one. */
  readonly limitLevel: number;
  readonly limit: Limiting | undefined;
  /** Whether runs may be aborted without their caller, so that the caller's signal is not enough. */
  readonly ownSignals: boolean;
  /** Whether a stage repeats runs, and counts them. */
  readonly retries: boolean;
  readonly followers: AbortFollowers;
  /** Whether `AsyncLocalStorage` may hold something for the run that began last; once it does, it goes on to. */
  held: boolean;
}

/** `dueMs` of a run whose time limit is over. */
const EXPIRED = -Infinity;

/**
 * One run of an operation through the stages of a plan. It is the operation's context as well: one object a call.
 *
 * Each stage finds its numbers in the run, so that a call through several policies costs no more objects than one.
 * @internal
 */
export abstract class Execution implements CallContext {
  readonly plan: RunPlan;
  readonly operation: Operation;
  readonly caller: Caller | Execution | undefined;
  /** The outermost stages up to this level belong to another run. */
  abstract readonly floor: number;
  abstract readonly attempt: number;

  // The breaker's numbers.
  generation = 0;
  ticket: unknown;
  // The time limit's: places in its list.
  dueMs: number | undefined;
  earlier: Execution | undefined;
  later: Execution | undefined;
  /** The retry's, from its first failure on. */
  retry: { operated: boolean | undefined } | undefined;
  inside: Inside | undefined;
  /** Made when it is needed; `null` when the run was over before. */
  #own: OwnSignal | undefined | null;

  constructor(plan: RunPlan, operation: Operation, caller: Caller | Execution | undefined) {
    this.plan = plan;
    this.operation = operation;
    this.caller = caller;
  }

  /** Takes the outcome of everything that belongs to this run. */
  protected abstract finish(failed: boolean, value: unknown): void;

  get signal(): PlatformAbortSignal {
    const { plan, caller } = this;
    const over = this.#own === null;
    if (!plan.ownSignals && (over || this.#own === undefined) && caller?.signal !== undefined) return caller.signal;
    const own = (this.#own ??= new OwnSignal(plan.followers));
    if (over) own.close();
    return own.read(over ? undefined : caller?.signal);
  }

  remainingMs(): number {
    return Math.min(this.#limitMs(), this.remainingOutsideMs());
  }

  /** Time that is left by the limits around this run. */
  protected remainingOutsideMs(): number {
    return this.caller?.remainingMs?.() ?? Infinity;
  }

  #limitMs(): number {
    if (this.dueMs === undefined || this.plan.limit === undefined) return Infinity;
    return Math.max(0, this.dueMs - this.plan.limit.now());
  }

  /** Time that is left for what is inside of the stage at `level`, by the limits that stand outside of it. */
  remainingAtMs(level: number): number {
    return this.plan.limitLevel < level && this.plan.limitLevel > this.floor
      ? this.remainingMs()
      : this.remainingOutsideMs();
  }

  /** Whether those outside of the stage at `level` want no answer any more. */
  givenUp(level: number): boolean {
    return (this.plan.limitLevel < level && this.dueMs === EXPIRED) || this.#givenUpByCaller();
  }

  #givenUpByCaller(): boolean {
    const { caller } = this;
    if (caller === undefined) return false;
    return caller instanceof Execution ? caller.givenUp(Infinity) : caller.signal?.aborted === true;
  }

  /** Why they do not. */
  reasonOfCaller(): unknown {
    return this.caller?.signal?.reason;
  }

  get expired(): boolean {
    return this.dueMs === EXPIRED;
  }

  /** A further attempt has ended: whether its operation was begun. */
  attempted(operated: boolean): void {
    if (this.retry !== undefined) this.retry.operated = operated;
  }

  /** What the retry around this run knows of it. */
  get retryState(): object | undefined {
    return this.retry;
  }

  /** Whether the operation of this run was begun, and has settled. */
  get operated(): boolean {
    return this.#own === null || this.#own?.closed === true;
  }

  /** Marks that the time limit is over, and tells everything inside of it. */
  expire(reason: unknown): void {
    this.dueMs = EXPIRED;
    this.#tell(reason);
  }

  /** Tells the operation, or whatever stands for it, that nobody waits any more. */
  abort(reason: unknown): void {
    this.#tell(reason);
  }

  #tell(reason: unknown): void {
    if (this.#own !== null) (this.#own ??= new OwnSignal(this.plan.followers)).abort(reason);
    const { inside } = this;
    this.inside = undefined;
    inside?.abort(reason);
  }

  /** What stood for this run does so no longer; something else may by now. */
  gone(inside: Inside): void {
    if (this.inside === inside) this.inside = undefined;
  }

  /** Goes on inwards from the stage at `level`, to the operation. */
  enter(level: number): void {
    const { stages } = this.plan;
    for (let i = level; i < stages.length; i++) {
      try {
        if (stages[i]?.enter(this, i) === false) return;
      } catch (error) {
        // What a stage was given, such as a clock, has failed. It has let nothing in.
        this.outcome(i - 1, true, error);
        return;
      }
    }
    this.#operate();
  }

  /** Hands an outcome to the stage at `level`, or to whoever began this run. */
  outcome(level: number, failed: boolean, value: unknown): void {
    if (level <= this.floor) {
      this.finish(failed, value);
      return;
    }
    try {
      this.plan.stages[level]?.leave(this, level, failed, value);
    } catch (error) {
      // As above; passing on is the last thing that a stage does, so that it has not been done yet.
      this.outcome(level - 1, true, error);
    }
  }

  #operate(): void {
    const { plan, operation } = this;
    try {
      void settled(
        Promise.resolve(plan.inner === undefined ? operation(this) : plan.inner(this, operation)),
        (value) => {
          this.#operated(false, value);
        },
        (error) => {
          this.#operated(true, error);
        },
      );
    } catch (error) {
      // The operation threw, or its promise cannot be waited for: later, like every other outcome, so that many that throw
      // one after the other do not fill the stack.
      queueMicrotask(() => {
        this.#operated(true, error);
      });
    }
  }

  #operated(failed: boolean, value: unknown): void {
    if (this.#own === undefined) this.#own = null;
    else this.#own?.close();
    this.outcome(this.plan.stages.length - 1, failed, value);
  }
}

/** A run with a promise for its outcome. @internal */
export class Root extends Execution {
  readonly #resolve: (value: unknown) => void;
  readonly #reject: (error: unknown) => void;

  constructor(
    plan: RunPlan,
    operation: Operation,
    caller: Caller | Execution | undefined,
    resolve: (value: unknown) => void,
    reject: (error: unknown) => void,
  ) {
    super(plan, operation, caller);
    this.#resolve = resolve;
    this.#reject = reject;
  }

  get floor(): number {
    return -1;
  }

  /** That of whoever repeats it; a plan with a retry of its own begins to count. */
  get attempt(): number {
    return this.plan.retries ? 1 : (this.caller?.attempt ?? 1);
  }

  protected finish(failed: boolean, value: unknown): void {
    if (failed) this.#reject(value);
    else this.#resolve(value);
  }
}

/** A further run of what is inside of one stage: its outcome goes to that stage. @internal */
export class Attempt extends Execution {
  readonly floor: number;
  readonly attempt: number;
  readonly #of: Execution;

  constructor(of: Execution, floor: number, attempt: number) {
    super(of.plan, of.operation, of.caller);
    this.#of = of;
    this.floor = floor;
    this.attempt = attempt;
  }

  override get retryState(): object | undefined {
    return this.#of.retryState;
  }

  override givenUp(level: number): boolean {
    return this.#of.givenUp(this.floor) || super.givenUp(level);
  }

  protected override remainingOutsideMs(): number {
    return this.#of.remainingAtMs(this.floor);
  }

  protected finish(failed: boolean, value: unknown): void {
    this.#of.gone(this);
    this.#of.attempted(this.operated);
    this.#of.outcome(this.floor, failed, value);
  }
}

/** A run beside others, or in the place of one, for something inside of the stage at `level`. @internal */
export class Branch extends Execution {
  /** Which one it is of those beside each other. */
  readonly number: number;
  readonly #of: Execution;
  readonly #level: number;
  readonly #done: (failed: boolean, value: unknown, branch: Branch) => void;
  #abandoned = false;

  /** @param done - takes the outcome. */
  constructor(
    plan: RunPlan,
    operation: Operation,
    of: Execution,
    level: number,
    number: number,
    done: (failed: boolean, value: unknown, branch: Branch) => void,
  ) {
    super(plan, operation, of.caller);
    plan.held = of.plan.held;
    this.#of = of;
    this.#level = level;
    this.number = number;
    this.#done = done;
  }

  get floor(): number {
    return -1;
  }

  /** A retry inside of it counts anew. */
  get attempt(): number {
    return this.plan.retries ? 1 : this.number;
  }

  override givenUp(level: number): boolean {
    return this.#abandoned || this.#of.givenUp(this.#level) || super.givenUp(level);
  }

  override abort(reason: unknown): void {
    this.#abandoned = true;
    super.abort(reason);
  }

  protected override remainingOutsideMs(): number {
    return this.#of.remainingAtMs(this.#level);
  }

  protected finish(failed: boolean, value: unknown): void {
    this.#done(failed, value, this);
  }
}
