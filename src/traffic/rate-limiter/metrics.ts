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

/** What leases of a shared limiter did. @internal */
export function leaseMetrics(limiter: string, admitted: number, held: number): MetricSample[] {
  const labels = { limiter };
  return [
    {
      name: 'breakwater_rate_limit_lease_decisions_total',
      type: 'counter',
      help: 'Decisions that admitted by tokens which the process held, without a question to the store.',
      value: admitted,
      labels,
    },
    {
      name: 'breakwater_rate_limit_lease_tokens',
      type: 'gauge',
      help: 'Tokens that the process holds of all keys.',
      value: held,
      labels,
    },
  ];
}
