import type { Clock } from '../../core/clock.js';
import type { MetricSample } from '../../core/component.js';
import {
  clockOption,
  count,
  describe,
  type OptionKind,
  optionalWithMethod,
  type ParsedOptions,
  parseOptions,
  type ReportIssue,
} from '../../core/options.js';
import { type ListenerErrorHandler, onListenerErrorOption } from '../../core/reporter.js';

/** What {@link observe} needs of a logger; a `StructuredLogger` is one. */
export interface ObserveLogger {
  /**
   * Tells of one event. What it throws, or rejects with, goes to `onListenerError`.
   *
   * @param options - its level, where the event has a higher one than events of this type usually have.
   */
  event(
    type: 'SYSTEM_EVENT' | 'ERROR_EVENT' | 'SECURITY_EVENT',
    message: string,
    fields?: object,
    options?: { readonly level: 'warn' },
  ): unknown;
}

/** What {@link observe} needs of metrics; a `MetricsCollector` is one. */
export interface ObserveMetrics {
  /** Asks `source` at every scrape; the returned function ends that. */
  collectFrom(source: () => Iterable<MetricSample>): () => void;
}

/** Options of {@link observe}: a logger, metrics, or both. */
export interface ObserveOptions {
  /** Gets a line for each event. */
  readonly logger?: ObserveLogger | undefined;
  /** Gets the values of the component, its health and exact counts of its events at every scrape. */
  readonly metrics?: ObserveMetrics | undefined;
  /**
   * Whether events that are no errors are `SECURITY_EVENT`, and not `SYSTEM_EVENT`.
   * @defaultValue `true` for what refuses clients, see {@link SECURITY_KINDS}; `false` for all else
   */
  readonly security?: boolean | undefined;
  /**
   * Most lines a second for one component and type of event, from 1 to 1,000,000; errors of the type are counted by
   * themselves. What is left out is told in the next line as `suppressed`.
   * @defaultValue `10`
   */
  readonly maxLinesPerSecond?: number | undefined;
  /** Time source. @defaultValue {@link systemClock} */
  readonly clock?: Clock | undefined;
  /** Receives what the component, the logger or the metrics throw, at most once a second. @defaultValue `process.emitWarning` */
  readonly onListenerError?: ListenerErrorHandler | undefined;
}

/** Defaults of {@link ObserveOptions}. The table in docs/observe.md is checked against this object. */
export const OBSERVE_DEFAULTS = /* @__PURE__ */ Object.freeze({ maxLinesPerSecond: 10 });

function optionalFlag(): OptionKind<boolean | undefined> {
  return {
    parse(value, path, report) {
      if (value !== undefined && typeof value !== 'boolean')
        report(path, `must be true or false, got ${describe(value)}`);
      return value as boolean | undefined;
    },
  };
}

function observeSchema() {
  return {
    logger: optionalWithMethod<ObserveLogger>('event'),
    metrics: optionalWithMethod<ObserveMetrics>('collectFrom'),
    security: optionalFlag(),
    maxLinesPerSecond: count({ min: 1, max: 1_000_000, default: OBSERVE_DEFAULTS.maxLinesPerSecond }),
    clock: clockOption(),
    onListenerError: onListenerErrorOption(),
  };
}

/** @internal */
export type ParsedObserveOptions = ParsedOptions<ReturnType<typeof observeSchema>>;

/** @internal */
export function parseObserveOptions(options: ObserveOptions): ParsedObserveOptions {
  return parseOptions('observe', observeSchema(), options, ({ logger, metrics }, report: ReportIssue) => {
    if (logger === undefined && metrics === undefined) {
      report('options', 'must name a logger, metrics or both: there is nobody to tell');
    }
  });
}
