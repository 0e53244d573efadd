import { hasMethod } from '../../core/options.js';
import { Reporter } from '../../core/reporter.js';
import { steady } from '../../core/steady.js';
import type { EventLogger } from './event-logger.js';
import { EventType } from './event-type.js';
import { StructuredLogger } from './structured-logger.js';
import type { ParsedTimingOptions } from './timing-options.js';

/** How a call ended. @internal */
export type Outcome = { readonly failed: false } | { readonly failed: true; readonly error: unknown };

/**
 * Tells logger and monitor how long calls took. Neither of them can hurt the call: whatever they throw is reported.
 * @internal
 */
export class TimingReport {
  /** Time in ms, which never goes back. */
  readonly now: () => number;
  readonly #options: ParsedTimingOptions;
  readonly #reporter: Reporter;
  #own: StructuredLogger | undefined;
  #telling = false;

  constructor(owner: string, options: ParsedTimingOptions) {
    this.#options = options;
    this.now = steady(options.clock);
    this.#reporter = new Reporter(owner, options.clock, options.onListenerError);
  }

  /** Whether a call comes from the logger or monitor that is being told. To tell of it as well would have no end. */
  get telling(): boolean {
    return this.#telling;
  }

  /** @param self - of a method, the object whose `logger` gets the event unless one was named. */
  tell(operation: string, durationMs: number, outcome: Outcome, self: unknown): void {
    const { monitor, logger, slowMs } = this.#options;
    this.#telling = true;
    if (monitor !== undefined) this.#safely(() => monitor.record(operation, durationMs));
    if (logger !== false && (outcome.failed || slowMs === undefined || durationMs > slowMs)) {
      this.#safely(() => writeEvent(logger ?? this.#found(self), operation, durationMs, outcome));
    }
    this.#telling = false;
  }

  /** The logger of the object, or one of its own. */
  #found(self: unknown): EventLogger {
    try {
      const { logger } = (self ?? {}) as { readonly logger?: unknown };
      if (hasMethod(logger, 'event')) return logger;
    } catch {
      // An object that does not let its logger be read has none.
    }
    return (this.#own ??= new StructuredLogger());
  }

  #safely(tell: () => unknown): void {
    try {
      this.#reporter.watch(tell());
    } catch (error) {
      this.#reporter.listenerError(error);
    }
  }
}

/** A logger that may answer with a promise. */
interface AnyLogger {
  event(type: EventType, message: string, fields?: object): unknown;
}

function writeEvent(logger: AnyLogger, operation: string, spentMs: number, outcome: Outcome): unknown {
  // Finer than a microsecond no clock of a service is.
  const durationMs = Math.round(spentMs * 1_000) / 1_000;
  const shown = `${spentMs.toFixed(1)} ms`;
  return outcome.failed
    ? logger.event(EventType.ERROR_EVENT, `${operation} failed after ${shown}`, {
        operation,
        durationMs,
        outcome: 'failure',
        // A field without a value would not be written.
        err: outcome.error === undefined ? 'undefined' : outcome.error,
      })
    : logger.event(EventType.PERFORMANCE_EVENT, `${operation} took ${shown}`, {
        operation,
        durationMs,
        outcome: 'success',
      });
}
