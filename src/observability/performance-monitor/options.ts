import type { Clock } from '../../core/clock.js';
import {
  clockOption,
  count,
  describe,
  type OptionKind,
  type ParsedOptions,
  parseOptions,
  text,
} from '../../core/options.js';
import { type ListenerErrorHandler, onListenerErrorOption } from '../../core/reporter.js';

/** Options of {@link PerformanceMonitor}. */
export interface PerformanceMonitorOptions {
  /** Shown in events and metrics; 1 to 200 characters. @defaultValue `'performance'` */
  readonly name?: string | undefined;
  /** Values of each metric that are kept for count, min, max and average. Integer from 1 to 100,000. @defaultValue `1_000` */
  readonly keep?: number | undefined;
  /**
   * Most metrics that are told apart. Integer from 1 to 100,000. Values of further ones go to the metric `overflow`, and
   * that is said once. @defaultValue `1_000`
   */
  readonly maxMetrics?: number | undefined;
  /**
   * How old, in ms, values become that count for the quantiles. From 1; `Infinity` for all values ever. They leave by
   * fifths of it: what counts is between four fifths of it and all of it. @defaultValue `600_000`
   */
  readonly quantileWindowMs?: number | undefined;
  /** Time source. @defaultValue `systemClock` */
  readonly clock?: Clock | undefined;
  /** Hears of listeners that throw and of configuration warnings. @defaultValue `process.emitWarning` */
  readonly onListenerError?: ListenerErrorHandler | undefined;
}

/** Defaults of {@link PerformanceMonitorOptions}. */
export const PERFORMANCE_MONITOR_DEFAULTS = /* @__PURE__ */ Object.freeze({
  name: 'performance',
  keep: 1_000,
  maxMetrics: 1_000,
  quantileWindowMs: 600_000,
});

const MOST = 100_000;

/** A duration that may have no end. */
function windowMs(fallback: number): OptionKind<number> {
  return {
    parse(value, path, report) {
      if (value === undefined) return fallback;
      if (typeof value !== 'number' || !(value >= 1)) {
        report(path, `must be a number of milliseconds of at least 1, or Infinity, got ${describe(value)}`);
      }
      return value as number;
    },
  };
}

function schema() {
  const { name, keep, maxMetrics, quantileWindowMs } = PERFORMANCE_MONITOR_DEFAULTS;
  return {
    name: text(name),
    keep: count({ min: 1, max: MOST, default: keep }),
    maxMetrics: count({ min: 1, max: MOST, default: maxMetrics }),
    quantileWindowMs: windowMs(quantileWindowMs),
    clock: clockOption(),
    onListenerError: onListenerErrorOption(),
  };
}

/** @internal */
export function parsePerformanceMonitorOptions(
  options: PerformanceMonitorOptions | undefined,
): ParsedOptions<ReturnType<typeof schema>> {
  return parseOptions('PerformanceMonitor', schema(), options);
}
