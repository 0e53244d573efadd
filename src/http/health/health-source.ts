import type { Clock } from '../../core/clock.js';
import type { Component } from '../../core/component.js';
import type { OptionIssue } from '../../core/errors.js';
import { HealthCheckService, type HealthCheckServiceOptions } from '../../health/index.js';
import { madePart, optionsOfPart } from '../part-options.js';
import { withItsBreakers } from './breaker-listing.js';
import { ownSource, REPORTS } from './own-source.js';
import type { HealthSource, KnownSource } from './report.js';

/** Components as a report of their own, by what each says of itself. @internal */
export function watched(
  components: readonly Component[],
  shared: HealthCheckServiceOptions,
  issues: OptionIssue[],
): KnownSource {
  const service = new HealthCheckService({ ...shared, name: 'components' });
  for (const [i, component] of components.entries()) {
    try {
      service.watch(withItsBreakers(component));
    } catch (error) {
      issues.push({
        path: `components[${String(i)}]`,
        message: error instanceof Error ? error.message : String(error),
      });
    }
  }
  return service;
}

/** The `health` option: an instance, options for one, or nothing for one without checks. @internal */
export function healthSource(
  value: unknown,
  shared: HealthCheckServiceOptions & { readonly clock: Clock },
  issues: OptionIssue[],
): KnownSource | undefined {
  const source = value as HealthSource | null | undefined;
  if (value instanceof HealthCheckService) return value;
  if (source !== null && REPORTS.every((report) => typeof source?.[report] === 'function')) {
    return ownSource(source as HealthSource, shared.clock);
  }
  const options = optionsOfPart(value, 'health', issues);
  return madePart(issues, 'health', () => new HealthCheckService({ ...shared, ...options }));
}
