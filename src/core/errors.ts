/** Set on every Breakwater error; survives several copies of the package, where `instanceof` does not. */
const BRAND = /* @__PURE__ */ Symbol.for('breakwater.error');
/** The same for every refusal. */
const REFUSAL = /* @__PURE__ */ Symbol.for('breakwater.rejected');

/**
 * Base of every error that Breakwater creates. Recognise one with {@link isBreakwaterError}, which also works when the
 * application holds two copies of the package; decide by `code`, which is stable, and never by `message`, which is not.
 */
export abstract class BreakwaterError extends Error {
  /** Stable identifier, `BREAKWATER_` and the kind. */
  abstract readonly code: `BREAKWATER_${string}`;

  /** @internal */
  get [BRAND](): true {
    return true;
  }

  // A getter on the prototype, so that the name costs no field and stacks read right.
  /** The class's name. */
  override get name(): string {
    return 'BreakwaterError';
  }
}

/** What a {@link RejectedError} carries besides its message. */
export interface RejectedErrorOptions {
  /** What made the library refuse. */
  readonly cause?: unknown;
  /** Milliseconds until a new try may be admitted; left out when that is unknown. */
  readonly retryAfterMs?: number;
  /**
   * Whether the error records where it was created. Off by default: the frames cost more than the whole refusal, and a
   * refusal is an answer, not a bug.
   * @defaultValue `false`
   */
  readonly captureStack?: boolean;
}

/** The library refused to run the call: nothing was attempted, so it is safe to try again later. */
export abstract class RejectedError extends BreakwaterError {
  /** Milliseconds until a new try may be admitted; absent when that is unknown. */
  // Declared only: a field that is not set should not be there.
  declare readonly retryAfterMs?: number;

  constructor(message: string, options: RejectedErrorOptions = {}) {
    const limit = Error.stackTraceLimit;
    if (options.captureStack !== true) setStackTraceLimit(0);
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    if (options.captureStack !== true) setStackTraceLimit(limit);
    if (options.retryAfterMs !== undefined) this.retryAfterMs = options.retryAfterMs;
  }

  /** @internal */
  get [REFUSAL](): true {
    return true;
  }

  /** The class's name. */
  override get name(): string {
    return 'RejectedError';
  }
}

/** Whether a guard refused to run the call, from whichever copy of the package. @internal */
export function isRejectedError(error: unknown): error is RejectedError {
  return hasMark(error, REFUSAL);
}

/** Whatever was thrown may be unreadable, such as a proxy that was revoked. */
function hasMark(error: unknown, mark: symbol): boolean {
  try {
    return typeof error === 'object' && error !== null && (error as Readonly<Record<symbol, unknown>>)[mark] === true;
  } catch {
    return false;
  }
}

/** Hardened runtimes freeze `Error`; a refusal then merely carries its frames. */
function setStackTraceLimit(limit: number): void {
  try {
    Error.stackTraceLimit = limit;
  } catch {
    // Read-only: nothing to restore either.
  }
}

/** One thing that is wrong with an options object. */
export interface OptionIssue {
  /** Where: the option's name, with dots for nested ones, such as `halfOpen.maxCalls`. */
  readonly path: string;
  /** What is wrong and what would be right. Never contains the text of a value that might be secret. */
  readonly message: string;
}

/** Options that cannot work. Thrown by constructors, with every problem at once. */
export class InvalidOptionsError extends BreakwaterError {
  readonly code = 'BREAKWATER_INVALID_OPTIONS';
  /** Every problem found, in the order of the options. */
  readonly issues: readonly OptionIssue[];

  /**
   * @param owner - the part whose options these are, such as `CircuitBreaker`.
   * @param issues - at least one.
   */
  constructor(owner: string, issues: readonly OptionIssue[]) {
    super(`${owner}: ${issues.map(({ path, message }) => (path === '' ? message : `${path} ${message}`)).join('; ')}`);
    this.issues = issues;
  }

  /** The class's name. */
  override get name(): string {
    return 'InvalidOptionsError';
  }
}

/** An argument of a single call that cannot work. Thrown before anything has happened. */
export class InvalidArgumentError extends BreakwaterError {
  readonly code = 'BREAKWATER_INVALID_ARGUMENT';

  /** The class's name. */
  override get name(): string {
    return 'InvalidArgumentError';
  }
}

/**
 * Whether `error` comes from Breakwater, from whichever copy of the package.
 *
 * @param code - when given, the error must also have exactly this code.
 *
 * @example
 * if (isBreakwaterError(error, 'BREAKWATER_CIRCUIT_OPEN')) reply.status(503);
 */
export function isBreakwaterError(error: unknown, code?: string): error is BreakwaterError {
  return hasMark(error, BRAND) && (code === undefined || (error as BreakwaterError).code === code);
}
