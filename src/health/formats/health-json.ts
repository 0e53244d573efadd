import type { HealthStatus } from '../../core/health-status.js';
import type { HealthReport } from '../report.js';

const WORDS = /* @__PURE__ */ Object.freeze({ HEALTHY: 'pass', DEGRADED: 'warn', UNHEALTHY: 'fail' });

interface Measurement {
  readonly componentId: string;
  readonly componentType: 'component';
  readonly observedValue: number;
  readonly observedUnit: 'ms';
  readonly status: string;
  readonly time?: string;
  readonly output?: string;
}

/**
 * The report in the words of draft-inadarei-api-health-check: `warn` still serves, and each component is a list of its
 * measurements, of which there is one, how long its check took.
 * @internal
 */
export function healthJson(
  report: HealthReport,
  details: boolean,
  serviceId: string | undefined,
  releaseId: string | undefined,
): object {
  const status = word(report.status);
  if (!details) return { status };
  const checks = new Map<string, Measurement[]>();
  for (const component of report.components) {
    // The colon separates name and measurement there. Two names that become one share a list, as the format has it.
    const key = `${component.name.replaceAll(':', '/')}:responseTime`;
    const { message } = component;
    const time = isoTime(component.observedAt);
    const measurement: Measurement = {
      componentId: component.name,
      componentType: 'component',
      observedValue: component.responseTimeMs,
      observedUnit: 'ms',
      status: word(component.status),
      ...(time === undefined ? {} : { time }),
      ...(message === undefined || component.status === 'HEALTHY' ? {} : { output: message }),
    };
    checks.set(key, [...(checks.get(key) ?? []), measurement]);
  }
  return {
    status,
    ...(serviceId === undefined ? {} : { serviceId }),
    ...(releaseId === undefined ? {} : { releaseId }),
    checks: Object.fromEntries(checks),
  };
}

function word(status: HealthStatus): string {
  return WORDS[status];
}

const LATEST = 8.64e15;

function isoTime(atMs: number): string | undefined {
  return Math.abs(atMs) <= LATEST ? new Date(atMs).toISOString() : undefined;
}
