import type { Clock } from '../../core/clock.js';
import type { Component } from '../../core/component.js';
import type { OptionIssue } from '../../core/errors.js';
import { HealthStatus } from '../../core/health-status.js';
import { redactValue } from '../../core/redaction.js';
import { BreakwaterWarning } from '../../core/reporter.js';
import { HealthCheckService, type HealthCheckServiceOptions } from '../../health/index.js';
import type { HealthSource, Report } from './health-routes.js';
import { madePart, optionsOfPart } from '../part-options.js';
import { LONGEST_WAIT_MS, within } from './within.js';

/** Components as a report of their own, by what each says of itself. @internal */
export function watched(
  components: readonly Component[],
  shared: HealthCheckServiceOptions,
  issues: OptionIssue[],
): HealthSource {
  const service = new HealthCheckService({ ...shared, name: 'components' });
  for (const [i, component] of components.entries()) {
    try {
      service.watch(component);
    } catch (error) {
      issues.push({
        path: `components[${String(i)}]`,
        message: error instanceof Error ? error.message : String(error),
      });
    }
  }
  return service;
}

const REPORTS = ['check', 'liveness', 'readiness'] as const;

/** The `health` option: an instance, options for one, or nothing. @internal */
export function healthSource(
  value: unknown,
  shared: HealthCheckServiceOptions & { readonly clock: Clock },
  issues: OptionIssue[],
): HealthSource | undefined {
  if (value === undefined) return undefined;
  const { clock } = shared;
  const source = value as HealthSource | null;
  if (value instanceof HealthCheckService) return value;
  if (source !== null && REPORTS.every((report) => typeof source[report] === 'function')) return bounded(source, clock);
  const options = optionsOfPart(value, 'health', issues);
  return madePart(issues, 'health', () => new HealthCheckService({ ...shared, ...options }));
}

/** A source of the service's own: its reports come in time, are reports and are safe to show, or there is none. */
function bounded(source: HealthSource, clock: Clock): HealthSource {
  const ask = async (name: (typeof REPORTS)[number]): Promise<Report> => {
    const late = (): never => {
      throw new BreakwaterWarning(CODE, `health.${name}() had no answer within ${String(LONGEST_WAIT_MS)} ms`);
    };
    return readReport(name, await within(clock, Promise.resolve<unknown>(source[name]()), late));
  };
  const reports = { check: () => ask('check'), liveness: () => ask('liveness'), readiness: () => ask('readiness') };
  return typeof source.history === 'function' ? { ...reports, history: () => source.history?.() } : reports;
}

const CODE = 'BREAKWATER_W_HEALTH_SOURCE';

function readReport(name: string, given: unknown): Report {
  const report = redactValue(given) as { readonly status?: unknown; readonly components?: unknown } | null | undefined;
  if (isStatus(report?.status) && Array.isArray(report.components) && report.components.every(isComponent)) {
    return report as Report;
  }
  throw new BreakwaterWarning(CODE, `health.${name}() must give { status, components }, each with name and status`);
}

function isComponent(value: unknown): boolean {
  const { name, status } = (value ?? {}) as { readonly name?: unknown; readonly status?: unknown };
  return typeof name === 'string' && isStatus(status);
}

function isStatus(value: unknown): value is HealthStatus {
  return typeof value === 'string' && Object.hasOwn(HealthStatus, value);
}
