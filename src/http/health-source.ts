import type { Component } from '../core/component.js';
import { InvalidOptionsError, type OptionIssue } from '../core/errors.js';
import { HealthCheckService, type HealthCheckServiceOptions } from '../health/index.js';
import type { HealthSource } from './health-routes.js';
import { optionsOfPart } from './part-options.js';

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
  shared: HealthCheckServiceOptions,
  issues: OptionIssue[],
): HealthSource | undefined {
  if (value === undefined) return undefined;
  const source = value as HealthSource | null;
  if (REPORTS.every((report) => typeof source?.[report] === 'function')) return value as HealthSource;
  try {
    return new HealthCheckService({ ...shared, ...optionsOfPart(value, 'health', issues) });
  } catch (error) {
    if (!(error instanceof InvalidOptionsError)) throw error;
    for (const { path, message } of error.issues) issues.push({ path: `health.${path}`, message });
    return undefined;
  }
}
