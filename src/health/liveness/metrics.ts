import type { MetricSample } from '../../core/component.js';
import type { LivenessServerSnapshot } from './snapshot.js';

/** The samples of a liveness server. @internal */
export function livenessMetrics(snapshot: LivenessServerSnapshot): MetricSample[] {
  const { name: liveness, state, heartbeatAgeMs, probes, stalls, longestStallMs, restarts } = snapshot;
  const sample = (
    type: MetricSample['type'],
    what: string,
    help: string,
    value: number,
    labels: Readonly<Record<string, string>> = {},
  ): MetricSample => ({ name: `breakwater_liveness_${what}`, type, help, value, labels: { liveness, ...labels } });
  const probed = 'Probes by what they were told.';
  return [
    sample('gauge', 'down', 'Whether it is to answer probes and cannot (1) or not (0).', state === 'DOWN' ? 1 : 0),
    sample(
      'gauge',
      'heartbeat_age_seconds',
      'How long ago the main thread gave a sign of life.',
      heartbeatAgeMs / 1_000,
    ),
    sample('gauge', 'longest_stall_seconds', 'The longest time that the main thread was busy.', longestStallMs / 1_000),
    sample('counter', 'probes_total', probed, probes.alive, { outcome: 'alive' }),
    sample('counter', 'probes_total', probed, probes.stalled, { outcome: 'stalled' }),
    sample('counter', 'stalls_total', 'Times that the main thread was busy for a second or more.', stalls),
    sample('counter', 'restarts_total', 'Times that it was started anew after it had gone down.', restarts),
  ];
}
