import type { Clock } from './clock.js';
import { errorStack } from './error-text.js';
import { InvalidArgumentError } from './errors.js';
import { describe, type OptionKind } from './options.js';
import { redactText } from './redaction.js';
import { steady } from './steady.js';
import { isThenable, quiet } from './thenable.js';

/** A condition in the configuration or in a listener that deserves attention but stops nothing. */
export class BreakwaterWarning extends Error {
  /** Stable identifier, such as `BREAKWATER_W_LISTENER`. */
  readonly code: `BREAKWATER_W_${string}`;

  constructor(code: `BREAKWATER_W_${string}`, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }

  /** The class's name. */
  override get name(): string {
    return 'BreakwaterWarning';
  }
}

/**
 * Receives what a part must not throw: a listener's error, or a {@link BreakwaterWarning} about the configuration. It
 * may throw itself; that is ignored.
 */
export type ListenerErrorHandler = (error: unknown) => void;

/** The `onListenerError` option, as every part takes it. @internal */
export function onListenerErrorOption(): OptionKind<ListenerErrorHandler | undefined> {
  return {
    parse(value, path, report) {
      if (value !== undefined && typeof value !== 'function') report(path, 'must be a function');
      return value as ListenerErrorHandler | undefined;
    },
  };
}

const AT_MOST_EVERY_MS = 1_000;

/**
 * A part's way to say what it may not throw: listener errors at most once a second, each warning once.
 * @internal
 */
export class Reporter {
  readonly #owner: string;
  readonly #clock: Clock;
  readonly #handler: ListenerErrorHandler;
  readonly #warned = new Set<string>();
  // Made when it is first needed: most parts never report anything.
  #now: (() => number) | undefined;
  #quietUntilMs = 0;

  constructor(owner: string, clock: Clock, handler: ListenerErrorHandler = emitProcessWarning) {
    this.#owner = owner;
    this.#clock = clock;
    this.#handler = handler;
  }

  /** Passes a listener's error on, unless one was passed on within the last second. */
  listenerError(error: unknown): void {
    const nowMs = (this.#now ??= steady(this.#clock))();
    if (nowMs < this.#quietUntilMs) return;
    this.#quietUntilMs = nowMs + AT_MOST_EVERY_MS;
    this.#deliver(error);
  }

  /**
   * Reports what a promise that nobody waits for rejects with: one that nobody handles ends the process.
   *
   * @returns whether it is a promise.
   */
  watch(answer: unknown): boolean {
    if (!isThenable(answer)) return false;
    quiet(answer, (error) => {
      this.listenerError(error);
    });
    return true;
  }

  /**
   * Reports what a hook answered and may not answer. It may be a promise, of a hook that was to answer at once.
   *
   * @param must - such as `retryIf must answer at once, with true or false`.
   */
  wrongAnswer(must: string, answer: unknown): void {
    quiet(answer);
    this.listenerError(new InvalidArgumentError(`${must}, got ${describe(answer)}`));
  }

  /** Says something about the configuration; each code once in the life of the part. */
  warn(code: `BREAKWATER_W_${string}`, message: string): void {
    if (this.#warned.has(code)) return;
    this.#warned.add(code);
    this.#deliver(new BreakwaterWarning(code, `${this.#owner}: ${message}`));
  }

  /** Later and alone, so that neither a slow nor a throwing handler touches the call that caused the report. */
  #deliver(error: unknown): void {
    queueMicrotask(() => {
      try {
        // Asynchronous by mistake, perhaps.
        const handler: (error: unknown) => unknown = this.#handler;
        quiet(handler(error));
      } catch {
        // The handler of last resort failed; there is nobody left to tell.
      }
    });
  }
}

function emitProcessWarning(error: unknown): void {
  const warning = readWarning(error);
  if (warning !== undefined) {
    process.emitWarning(redactText(warning.message), { type: warning.name, code: warning.code });
    return;
  }
  process.emitWarning('a function of the service failed, a listener perhaps; what called it went on', {
    type: 'BreakwaterWarning',
    code: 'BREAKWATER_W_LISTENER',
    detail: redactText(errorStack(error)),
  });
}

function readWarning(error: unknown): BreakwaterWarning | undefined {
  try {
    return error instanceof BreakwaterWarning ? error : undefined;
  } catch {
    return undefined;
  }
}
