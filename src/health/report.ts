import type { HealthStatus } from '../core/health-status.js';

/** How one component of the service is doing: plain JSON, safe to print. */
export interface ComponentHealth {
  /** Name of the check; `kind:name` for a watched component. */
  readonly name: string;
  readonly status: HealthStatus;
  /** Milliseconds that the check took; for one without any result yet, how long it has been running. */
  readonly responseTimeMs: number;
  /** Why the status is what it is; redacted, at most 200 characters. */
  readonly message?: string;
  /** What the check said besides, as plain JSON with secrets masked. */
  readonly details?: unknown;
  /** When the status was observed, in ms since the Unix epoch. */
  readonly observedAt: number;
  /** Milliseconds since then, by the monotonic clock. */
  readonly ageMs: number;
  /** Whether the result had been there before this report was asked for. */
  readonly cached: boolean;
  /** Whether the service cannot serve without this component. */
  readonly critical: boolean;
  /** Runs in a row, up to the latest, that did not find the component `HEALTHY`; a watched one has 0 or 1. */
  readonly consecutiveFailures: number;
}

/** How the service is doing. */
export interface HealthReport {
  /** The worst of the components, where one that is not critical counts as `DEGRADED` at most. */
  readonly status: HealthStatus;
  /** In the order in which they were registered. */
  readonly components: readonly ComponentHealth[];
}

/** What a {@link HealthCheckService} knows without running a check. */
export interface HealthSnapshot extends HealthReport {
  /** Version of this shape. */
  readonly version: 1;
  /** Name of the service object. */
  readonly name: string;
}
