import type { Clock } from './clock.js';
import type { OptionKind } from './options.js';
import { redactText } from './redaction.js';

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
  #quietUntil = -Infinity;

  constructor(owner: string, clock: Clock, handler: ListenerErrorHandler = emitProcessWarning) {
    this.#owner = owner;
    this.#clock = clock;
    this.#handler = handler;
  }

  /** Passes a listener's error on, unless one was passed on within the last second. */
  listenerError(error: unknown): void {
    const now = this.#clock.now();
    if (now < this.#quietUntil) return;
    this.#quietUntil = now + AT_MOST_EVERY_MS;
    this.#deliver(error);
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
        this.#handler(error);
      } catch {
        // The handler of last resort failed; there is nobody left to tell.
      }
    });
  }
}

function emitProcessWarning(error: unknown): void {
  if (error instanceof BreakwaterWarning) {
    process.emitWarning(error.message, { type: error.name, code: error.code });
    return;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.emitWarning('a listener threw; the guarded call was not affected', {
    type: 'BreakwaterWarning',
    code: 'BREAKWATER_W_LISTENER',
    detail: redactText(text),
  });
}
