import { liveSignal } from '../core/call-signal.js';
import { AbortFollowers } from '../internal/abort-followers.js';
import { mayHold } from './async-scope.js';
import { notAFunction } from './call-context.js';
import {
  Between,
  type Caller,
  Execution,
  type Inner,
  type Limiting,
  type Operation,
  Root,
  type RunPlan,
  type Stage,
} from './execution.js';

/** Of all calls: a signal has one listener, however many policies it goes through. */
const FOLLOWERS = /* @__PURE__ */ new AbortFollowers();

/** What counts of a call's options, or of a context that is no run. They are read once: an object may be used again. */
function given(method: string, options: Caller | undefined): Caller | undefined {
  const signal = liveSignal(method, options);
  if (options === undefined || options instanceof Between) return options;
  const { attempt } = options;
  const context = typeof options.remainingMs === 'function' ? options : undefined;
  if (signal === undefined && context === undefined && attempt === undefined) return undefined;
  return {
    signal,
    ...(typeof attempt === 'number' ? { attempt } : {}),
    remainingMs: () => context?.remainingMs?.() ?? Infinity,
  };
}

const nothing = (): void => undefined;

/** How calls run: through these stages, from the outermost to the innermost, then the operation. @internal */
export class Plan implements RunPlan {
  readonly stages: readonly Stage[];
  readonly inner: Inner | undefined;
  readonly limitLevel: number;
  readonly limit: Limiting | undefined;
  readonly ownSignals: boolean;
  readonly retries: boolean;
  readonly followers = FOLLOWERS;
  held = false;
  #resolve: (value: unknown) => void = nothing;
  #reject: (error: unknown) => void = nothing;

  /** @param beside - whether several runs of it belong to one call, each with a signal of its own. */
  constructor(stages: readonly Stage[], inner?: Inner, beside = false) {
    this.stages = stages;
    this.inner = inner;
    const limit = stages.find((stage): stage is Limiting => stage.part === 'limit');
    this.limit = limit;
    this.limitLevel = limit === undefined ? Infinity : stages.indexOf(limit);
    this.retries = stages.some(({ part }) => part === 'retry');
    this.ownSignals = beside || this.retries || limit !== undefined;
  }

  /**
   * Runs an operation; the promise is that of the outermost stage.
   *
   * @param method - for texts.
   */
  run(method: string, operation: Operation, caller: Caller | Execution | undefined): Promise<unknown> {
    let around = caller;
    try {
      if (typeof operation !== 'function') throw notAFunction(method, operation);
      // A run around this one looks after its signal itself, and reading that would make one.
      if (!(caller instanceof Execution)) around = given(method, caller);
      else if (caller.givenUp(Infinity)) throw caller.signal.reason;
    } catch (error) {
      // The caller's own reason, whatever it is.
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
      return Promise.reject(error);
    }
    const promise = new Promise<unknown>(this.#take);
    this.held = mayHold(promise);
    const root = new Root(this, operation, around, this.#resolve, this.#reject);
    // Kept, they would keep what the call answers.
    this.#resolve = nothing;
    this.#reject = nothing;
    root.enter(0);
    return promise;
  }

  // One function for all runs: a closure a call is what most of the garbage would be.
  readonly #take = (resolve: (value: unknown) => void, reject: (error: unknown) => void): void => {
    this.#resolve = resolve;
    this.#reject = reject;
  };
}
