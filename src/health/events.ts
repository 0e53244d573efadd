import type { ComponentEvent } from '../core/component.js';
import type { Emitter } from '../core/emitter.js';
import type { HealthStatus } from '../core/health-status.js';

/** The status of a component changed, as a run or a report found. */
export interface HealthStatusChange {
  /** Name of the service object. */
  readonly service: string;
  /** Name of the component. */
  readonly component: string;
  /** Absent when this is the first result; a first result of `HEALTHY` is no change. */
  readonly from?: HealthStatus;
  readonly to: HealthStatus;
  readonly critical: boolean;
  /** Why; redacted, at most 200 characters. */
  readonly message?: string;
}

/** The events of a {@link HealthCheckService}, by name. */
export interface HealthEvents {
  statusChange: HealthStatusChange;
}

/** What there is to subscribe to. @internal */
export const HEALTH_EVENTS = /* @__PURE__ */ Object.freeze(['statusChange'] as const);

const LEVELS = /* @__PURE__ */ Object.freeze({ HEALTHY: 'info', DEGRADED: 'warn', UNHEALTHY: 'error' });

/** Passes changes on as plain JSON; the returned function stops that. @internal */
export function tellAsJson(events: Emitter<HealthEvents>, listener: (event: ComponentEvent) => void): () => void {
  return events.on('statusChange', (data) => listener({ type: 'statusChange', level: LEVELS[data.to], data }));
}
