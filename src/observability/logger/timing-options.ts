import type { Clock } from '../../core/clock.js';
import {
  clockOption,
  describe,
  durationMs,
  type OptionKind,
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

/** Whether a value has such a method. Reading it may do anything, and so may fail. @internal */
export function hasMethod<K extends string>(value: unknown, name: K): value is Record<K, () => unknown> {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  return typeof (value as Record<string, unknown>)[name] === 'function';
}

function optionalWith<T extends object>(method: keyof T & string): OptionKind<T | undefined> {
  return {
    parse(value, path, report) {
      if (value === undefined) return undefined;
      if (!hasMethod(value, method)) report(path, `must have the method ${method}(), got ${describe(value)}`);
      return value as unknown as T;
    },
  };
}

function loggerOption(): OptionKind<EventLogger | false | undefined> {
  const logger = optionalWith<EventLogger>('event');
  return { parse: (value, path, report) => (value === false ? false : logger.parse(value, path, report)) };
}

function schema() {
  return {
    name: text(undefined),
    logger: loggerOption(),
    monitor: optionalWith<DurationRecorder>('record'),
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
