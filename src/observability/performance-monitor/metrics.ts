import type { MetricSample } from '../../core/component.js';
import type { PerformanceStats } from './series.js';

/** The statistics that are gauges, each with its label. */
const GAUGES = ['min', 'max', 'avg', 'last'] as const;
const QUANTILES = [
  ['p50', '0.5'],
  ['p95', '0.95'],
  ['p99', '0.99'],
] as const;

/** The samples of one metric. @internal */
export function* seriesMetrics(monitor: string, metric: string, stats: PerformanceStats): Generator<MetricSample> {
  const labels = { monitor, metric };
  for (const statistic of GAUGES) {
    yield {
      name: 'breakwater_performance_value',
      type: 'gauge',
      help: 'Figures of the last values of a metric, in its own unit.',
      value: stats[statistic],
      labels: { ...labels, statistic },
    };
  }
  for (const [statistic, quantile] of QUANTILES) {
    const value = stats[statistic];
    if (value === null) continue;
    yield {
      name: 'breakwater_performance_quantile',
      type: 'gauge',
      help: 'Quantiles of a metric in its window, in its own unit, within 1.1 percent.',
      value,
      labels: { ...labels, quantile },
    };
  }
  yield {
    name: 'breakwater_performance_sum',
    type: 'gauge',
    help: 'Sum of all values of a metric, in its own unit; values may be negative.',
    value: stats.lifetimeSum,
    labels,
  };
}

/** How often a metric was recorded. @internal */
export function recordedMetric(monitor: string, metric: string, value: number): MetricSample {
  const [name, help] = ['breakwater_performance_recorded_total', 'Values of a metric that were recorded or merged.'];
  return { name, type: 'counter', help, value, labels: { monitor, metric } };
}

/** What a monitor says of itself. @internal */
export function monitorMetrics(monitor: string, metrics: number, ignored: number, overflowed: number): MetricSample[] {
  const labels = { monitor };
  return [
    {
      name: 'breakwater_performance_metrics',
      type: 'gauge',
      help: 'Metrics that a performance monitor tells apart.',
      value: metrics,
      labels,
    },
    {
      name: 'breakwater_performance_ignored_total',
      type: 'counter',
      help: 'Values that were ignored, because they or the name were none.',
      value: ignored,
      labels,
    },
    {
      name: 'breakwater_performance_overflowed_total',
      type: 'counter',
      help: 'Values of metrics for which there was no room, counted under overflow.',
      value: overflowed,
      labels,
    },
  ];
}
