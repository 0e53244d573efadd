import type { MetricSample } from '../../core/component.js';

/** How often a limiter admitted and refused. @internal */
export function limiterMetrics(limiter: string, admitted: number, rejected: number): MetricSample[] {
  return Object.entries({ admitted, rejected }).map(([outcome, value]) => ({
    name: 'breakwater_rate_limit_decisions_total',
    type: 'counter',
    help: 'Decisions of a rate limiter by what they were.',
    value,
    labels: { limiter, outcome },
  }));
}
