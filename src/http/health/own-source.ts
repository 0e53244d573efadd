import type { Clock } from '../../core/clock.js';
import { HealthStatus, isHealthStatus } from '../../core/health-status.js';
import { redactValue } from '../../core/redaction.js';
import { BreakwaterWarning } from '../../core/reporter.js';
import type { ComponentHealth, HealthReport } from '../../health/index.js';
import type { HealthSource, KnownSource } from './report.js';
import { LONGEST_WAIT_MS, within } from './within.js';

const CODE = 'BREAKWATER_W_HEALTH_SOURCE';

/** What a source has to answer. @internal */
export const REPORTS = /* @__PURE__ */ Object.freeze(['check', 'liveness', 'readiness'] as const);
type ReportName = (typeof REPORTS)[number];

/** A source of the service's own: its reports come in time, are reports and are safe to show, or there is none. @internal */
export function ownSource(source: HealthSource, clock: Clock): KnownSource {
  const ask = async (name: ReportName): Promise<HealthReport> => {
    const late = (): never => {
      throw new BreakwaterWarning(CODE, `health.${name}() had no answer within ${String(LONGEST_WAIT_MS)} ms`);
    };
    const given = await within(clock, Promise.resolve<unknown>(source[name]()), late);
    return readReport(name, given, () => clock.wallNow());
  };
  const reports = { check: () => ask('check'), liveness: () => ask('liveness'), readiness: () => ask('readiness') };
  return typeof source.history === 'function' ? { ...reports, history: () => source.history?.() } : reports;
}

function readReport(name: ReportName, given: unknown, wallNow: () => number): HealthReport {
  const report = redactValue(given) as { readonly status?: unknown; readonly components?: unknown } | null | undefined;
  if (isHealthStatus(report?.status) && Array.isArray(report.components) && report.components.every(isComponent)) {
    const { status, components } = report;
    return { status, components: components.map((component) => wholeComponent(component, wallNow)) };
  }
  throw new BreakwaterWarning(CODE, `health.${name}() must give { status, components }, each with name and status`);
}

type Given = { readonly name: string; readonly status: HealthStatus } & Readonly<Record<string, unknown>>;

function isComponent(value: unknown): value is Given {
  const { name, status } = (value ?? {}) as { readonly name?: unknown; readonly status?: unknown };
  return typeof name === 'string' && isHealthStatus(status);
}

/** With what every form of a report shows: a component that says no more than its status was asked just now. */
function wholeComponent(given: Given, wallNow: () => number): ComponentHealth {
  const { name, status, message, details } = given;
  const number = (field: string, otherwise: () => number): number => {
    const value = given[field];
    return typeof value === 'number' ? value : otherwise();
  };
  return {
    name,
    status,
    responseTimeMs: number('responseTimeMs', () => 0),
    ...(typeof message === 'string' ? { message } : {}),
    ...(details === undefined ? {} : { details }),
    observedAt: number('observedAt', wallNow),
    ageMs: number('ageMs', () => 0),
    cached: given['cached'] === true,
    critical: given['critical'] === true,
    consecutiveFailures: number('consecutiveFailures', () => (status === HealthStatus.HEALTHY ? 0 : 1)),
  };
}
