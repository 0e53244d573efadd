import type { MetricSample } from '../core/component.js';
import { HealthStatus } from '../core/health-status.js';
import type { HealthSnapshot } from './report.js';

/** The samples of a service: one gauge a status for the whole and for each component, and how each was found. @internal */
export function healthMetrics({ name: health, status, components }: HealthSnapshot): MetricSample[] {
  const gauge = (
    what: string,
    help: string,
    value: number,
    labels: Readonly<Record<string, string>>,
  ): MetricSample => ({
    name: `breakwater_health_${what}`,
    type: 'gauge',
    help,
    value,
    labels: { health, ...labels },
  });
  const states = (
    what: string,
    help: string,
    now: HealthStatus,
    labels: Readonly<Record<string, string>>,
  ): MetricSample[] =>
    Object.values(HealthStatus).map((one) => gauge(what, help, one === now ? 1 : 0, { ...labels, status: one }));
  return [
    ...states('status', 'Whether the service as a whole is in this state (1) or not (0).', status, {}),
    ...components.flatMap(({ name: check, critical, status: found, responseTimeMs, ageMs, consecutiveFailures }) => [
      ...states('check_status', 'Whether the check is in this state (1) or not (0).', found, { check }),
      gauge('check_critical', 'Whether the service cannot serve without it (1) or can (0).', critical ? 1 : 0, {
        check,
      }),
      gauge('check_duration_seconds', 'How long the latest run of the check took.', responseTimeMs / 1_000, { check }),
      gauge('check_age_seconds', 'How old the latest result of the check is.', ageMs / 1_000, { check }),
      gauge('check_consecutive_failures', 'Runs in a row that did not find it well.', consecutiveFailures, { check }),
    ]),
  ];
}
