import type { MetricSample } from '../../core/component.js';
import type { LiveConfigSnapshot } from './snapshot.js';

/** The samples of a live configuration. @internal */
export function liveConfigMetrics({ name, version, readAt, reloads, errors }: LiveConfigSnapshot): MetricSample[] {
  const gauge = (what: string, help: string, value: number): MetricSample => ({
    name: `breakwater_config_${what}`,
    type: 'gauge',
    help,
    value,
    labels: { config: name },
  });
  return [
    ...Object.entries(reloads).map(([outcome, value]): MetricSample => ({
      name: 'breakwater_config_reloads_total',
      type: 'counter',
      help: 'Reloads, by how they ended.',
      value: value as number,
      labels: { config: name, outcome },
    })),
    gauge('version', 'Which of its values are in use: 1 are the first.', version),
    gauge('read_timestamp_seconds', 'When the values in use were read.', readAt / 1_000),
    gauge(
      'rejected',
      'Whether the last reload was refused (1), so that earlier values are in use, or not (0).',
      errors.length > 0 ? 1 : 0,
    ),
  ];
}
