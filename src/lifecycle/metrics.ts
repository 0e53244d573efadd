import type { MetricSample } from '../core/component.js';
import { PHASES } from './engine.js';
import type { LifecycleReport } from './report.js';

/** The samples of a lifecycle. @internal */
export function lifecycleMetrics({
  name,
  phase,
  requestsInFlight,
  trackedWork,
  start,
}: LifecycleReport): MetricSample[] {
  const gauge = (what: string, help: string, value: number, labels: Readonly<Record<string, string>> = {}) =>
    ({
      name: `breakwater_lifecycle_${what}`,
      type: 'gauge',
      help,
      value,
      labels: { lifecycle: name, ...labels },
    }) as const;
  return [
    ...PHASES.map((one) =>
      gauge('phase', 'Whether the process is in this phase of its life (1) or not (0).', one === phase ? 1 : 0, {
        phase: one,
      }),
    ),
    gauge('requests_in_flight', 'Requests that attached servers are answering.', requestsInFlight),
    gauge('tracked_work', 'Pieces of tracked work that hold the exit.', trackedWork),
    ...(start === undefined
      ? []
      : [gauge('start_duration_seconds', 'How long the start took, or has taken so far.', start.durationMs / 1_000)]),
  ];
}
