import type { MetricSample } from '../../core/component.js';
import type { DegradationReport } from './report.js';

/** The samples of all features: one gauge each, and one counter an outcome. @internal */
export function degradationMetrics({ name: degradation, features }: DegradationReport): MetricSample[] {
  return features.flatMap(({ feature, degraded, calls }) => [
    {
      name: 'breakwater_degradation_degraded',
      type: 'gauge',
      help: 'Whether the feature is degraded (1) or not (0).',
      value: degraded ? 1 : 0,
      labels: { degradation, feature },
    },
    ...Object.entries(calls).map(([path, value]: [string, number]): MetricSample => ({
      name: 'breakwater_degradation_calls_total',
      type: 'counter',
      help: 'Calls of a feature by what came of them.',
      value,
      labels: { degradation, feature, path },
    })),
  ]);
}
