import type { ComponentEvent } from '../../core/component.js';

/** Events of {@link MetricsCollector}. */
export interface MetricsCollectorEvents {
  /** A metric has as many series as it may have; told once for each. */
  readonly seriesLimit: { readonly collector: string; readonly metric: string; readonly limit: number };
  /** A source or a foreign registry has a name that is taken; told once for each name, of the first hundred. */
  readonly conflict: { readonly collector: string; readonly metric: string; readonly holder: string };
  /** What was asked for a scrape threw, gave what it may not, or did not answer. */
  readonly collectError: { readonly collector: string; readonly message: string };
}

/** @internal */
export const METRICS_EVENTS = ['seriesLimit', 'conflict', 'collectError'] as const;

/** How much attention each deserves. @internal */
export function componentEvent(type: keyof MetricsCollectorEvents, data: object): ComponentEvent {
  return { type, level: type === 'collectError' ? 'error' : 'warn', data };
}
