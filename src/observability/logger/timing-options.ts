import type { Clock } from '../../core/clock.js';
import {
  clockOption,
  durationMs,
  type OptionKind,
  optionalWithMethod,
  type ParsedOptions,
  parseOptions,
  text,
} from '../../core/options.js';
import { type ListenerErrorHandler, onListenerErrorOption } from '../../core/reporter.js';
import type { EventLogger } from './event-logger.js';

/** Something that remembers durations, such as a `PerformanceMonitor`. */
export interface DurationRecorder {
  /** Remembers one. @param metric - the operation. @param value - in ms. */
  record(metric: string, value: number): void;
}

/** Options of {@link timed} and {@link logPerformance}. */
export interface TimingOptions {
  /** The operation, in events and for the monitor; 1 to 200 characters. @defaultValue the function's name; of a method, with its class */
  readonly name?: string | undefined;
  /**
   * Gets the events; `false` for none.
   * @defaultValue of a method the `logger` of its object, if that has `event`; else a `StructuredLogger` of its own
   */
  readonly logger?: EventLogger | false | undefined;
  /** Gets the duration of every call, in ms. @defaultValue none */
  readonly monitor?: DurationRecorder | undefined;
  /** Only calls that take longer than this, in ms, are told of; at least 0. Failures always are. @defaultValue all calls */
  readonly slowMs?: number | undefined;
  /** Time source. @defaultValue `systemClock` */
  readonly clock?: Clock | undefined;
  /** Hears of loggers and monitors that fail. @defaultValue `process.emitWarning` */
  readonly onListenerError?: ListenerErrorHandler | undefined;
}

function loggerOption(): OptionKind<EventLogger | false | undefined> {
  const logger = optionalWithMethod<EventLogger>('event');
  return { parse: (value, path, report) => (value === false ? false : logger.parse(value, path, report)) };
}

function schema() {
  return {
    name: text(undefined),
    logger: loggerOption(),
    monitor: optionalWithMethod<DurationRecorder>('record'),
    slowMs: durationMs(undefined),
    clock: clockOption(),
    onListenerError: onListenerErrorOption(),
  };
}

/** @internal */
export type ParsedTimingOptions = ParsedOptions<ReturnType<typeof schema>>;

/** @internal */
export function parseTimingOptions(owner: string, options: TimingOptions | undefined): ParsedTimingOptions {
  return parseOptions(owner, schema(), options);
}
