import type { MetricSample } from '../../core/component.js';
import type { PerformanceStats } from './series.js';

/** What is told of a metric, by the value of the label `statistic`. */
const STATISTICS = [
  ['min', 'min'],
  ['max', 'max'],
  ['avg', 'avg'],
  ['last', 'last'],
  ['p50', 'p50'],
  ['p95', 'p95'],
  ['p99', 'p99'],
  ['lifetime_sum', 'lifetimeSum'],
] as const;

/** The samples of one metric. @internal */
export function* seriesMetrics(monitor: string, metric: string, stats: PerformanceStats): Generator<MetricSample> {
  for (const [statistic, of] of STATISTICS) {
    const value = stats[of];
    if (value === null) continue;
    yield {
      name: 'breakwater_performance_value',
      type: 'gauge',
      help: 'Statistics of a metric, in its own unit: of its last values, quantiles of its window, the sum of all.',
      value,
      labels: { monitor, metric, statistic },
    };
  }
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
