import { ManualClock } from 'breakwater/testing';
import { PerformanceMonitor, type PerformanceMonitorOptions } from 'breakwater/metrics';

export { type ExportedSketch, PerformanceMonitor, type PerformanceMonitorOptions } from 'breakwater/metrics';

/** What quantiles may be off by, as a share of the exact ones. */
export const MOST_ERROR = 0.011;

export function setup(options: PerformanceMonitorOptions = {}) {
  const clock = new ManualClock();
  const reported: unknown[] = [];
  const onListenerError = (error: unknown): void => void reported.push(error);
  const monitor = new PerformanceMonitor({ clock, onListenerError, ...options });
  const recordAll = (values: Iterable<number>, metric = 'm'): void => {
    for (const value of values) monitor.record(metric, value);
  };
  return { clock, monitor, reported, recordAll };
}

/** The exact quantile: the value of rank `ceil(ratio * n)`, or the first. In thousandths, so that no rounding decides. */
export function exact(values: readonly number[], ratio: number): number {
  const sorted = Float64Array.from(values).sort();
  const rank = Math.max(1, Math.ceil((Math.round(ratio * 1_000) * sorted.length) / 1_000));
  return sorted[rank - 1] ?? NaN;
}
