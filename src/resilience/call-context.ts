import { InvalidArgumentError } from '../core/errors.js';
import { describe } from '../core/options.js';
import type { PlatformAbortSignal } from '../core/platform.js';

/** What a guarded operation is told about the call it serves. */
export interface CallContext {
  /**
   * Aborts when the caller gives up, or a time limit around the operation is over. Made on first read, so an operation
   * that ignores it pays nothing.
   */
  readonly signal: PlatformAbortSignal;
  /** Which attempt this is, from 1, as the innermost policy that repeats calls counts. */
  readonly attempt: number;
  /** Milliseconds until the first of the deadlines and time limits around the operation; `Infinity` without one. */
  remainingMs(): number;
}

/**
 * Options of a single guarded call. The context of a call around this one may be handed on as it is, and brings its
 * deadline along: `inner.execute(operation, call)`.
 */
export interface ExecuteOptions {
  /** Lets the caller give up. A call that was given up counts neither as success nor as failure. */
  readonly signal?: PlatformAbortSignal | undefined;
}

declare const ANSWER: unique symbol;

/**
 * Anything that runs an operation under a rule. `F` is what it may answer instead of the operation's own result.
 */
export interface Policy<F = never> {
  /**
   * For the compiler alone, which cannot find `F` in a method that is generic itself: a policy that may answer with
   * something of its own is none that may not. Nothing has it at run time.
   */
  readonly [ANSWER]?: () => F;
  /** Runs `operation` under the rule. */
  execute<T>(operation: (call: CallContext) => T | PromiseLike<T>, options?: ExecuteOptions): Promise<T | F>;
}

/** What a policy may answer instead of the operation's own result; `unknown` for one that does not say so. */
export type PolicyAnswer<P> = P extends Policy
  ? never
  : P extends {
        /** That of {@link Policy}. */
        readonly [ANSWER]?: () => infer F;
      }
    ? F
    : unknown;

/** The context of a call through one guard that neither repeats nor limits it; what is around that shows through. @internal */
export class SingleCall implements CallContext {
  readonly #around: Partial<CallContext> | undefined;
  #signal: PlatformAbortSignal | undefined;

  /**
   * @param around - the options of the call, which may be the context of a call around it.
   * @param signal - their signal, read once: the object may be used again.
   */
  constructor(around: ExecuteOptions | undefined, signal: PlatformAbortSignal | undefined) {
    this.#around = around as Partial<CallContext> | undefined;
    this.#signal = signal;
  }

  get signal(): PlatformAbortSignal {
    // Creating a signal costs several microseconds, far more than the whole breaker.
    return (this.#signal ??= new AbortController().signal);
  }

  get attempt(): number {
    return this.#around?.attempt ?? 1;
  }

  remainingMs(): number {
    return this.#around?.remainingMs?.() ?? Infinity;
  }
}

/** Whether the options of a call are the context of a call around it. @internal */
export function isContext(options: object | undefined): options is CallContext {
  const { attempt, remainingMs } = (options ?? {}) as Partial<CallContext>;
  return typeof attempt === 'number' && typeof remainingMs === 'function';
}

/** What a guard answers to anything else: a promise most likely, whose call has begun already. @internal */
export function notAFunction(method: string, value: unknown): InvalidArgumentError {
  return new InvalidArgumentError(`${method}: expected a function such as () => query(), got ${describe(value)}`);
}
