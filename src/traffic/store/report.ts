import type { MetricSample } from '../../core/component.js';
import { HealthStatus } from '../../core/health-status.js';

/** What somebody who shares a store says of it in a scrape. @internal */
export function storeMetrics(kind: string, name: string, lost: boolean, degraded: number): MetricSample[] {
  // The same labels whoever shares it: a family of samples has one set of them.
  const labels = { kind, name };
  return [
    {
      name: 'breakwater_store_available',
      type: 'gauge',
      help: 'Whether the shared store answers (1) or decisions are made without it (0).',
      value: lost ? 0 : 1,
      labels,
    },
    {
      name: 'breakwater_store_degraded_decisions_total',
      type: 'counter',
      help: 'Decisions that were made without the shared store.',
      value: degraded,
      labels,
    },
  ];
}

/** The same in a health report. @internal */
export function storeHealth(
  lost: boolean,
  onStoreError: 'local' | 'reject' | 'allow',
): { readonly status: HealthStatus; readonly message?: string } {
  if (!lost) return { status: HealthStatus.HEALTHY };
  const meanwhile = {
    local: 'each process decides by itself, with its share',
    reject: 'everything is refused',
    allow: 'everything is admitted',
  }[onStoreError];
  return { status: HealthStatus.DEGRADED, message: `the store does not answer; ${meanwhile}` };
}
