import type { HealthStatus } from '../../core/health-status.js';
import type { HealthReport } from '../../health/index.js';

/** One component of a report, as far as the pipeline looks. */
export interface ReportedComponent {
  readonly name: string;
  readonly status: HealthStatus;
}

/** A report, as far as the pipeline looks. */
export interface Report {
  readonly status: HealthStatus;
  readonly components: readonly ReportedComponent[];
}

/** What the pipeline needs of health checks: `HealthCheckService` has it. */
export interface HealthSource {
  /** Everything that is checked. */
  check(): Promise<Report>;
  /** Whether the process works. */
  liveness(): Promise<Report>;
  /** Whether it may get traffic. */
  readiness(): Promise<Report>;
  /** What happened lately, for the status page: `{ checks: [{ name, results }] }` as `HealthCheckService` has it. */
  history?(): unknown;
}

/** Where a service is in its life. */
export type Phase = 'STARTING' | 'READY' | 'DRAINING' | 'STOPPED';

/** A source whose reports are whole, in time and safe to show. @internal */
export interface KnownSource {
  check(): Promise<HealthReport>;
  liveness(): Promise<HealthReport>;
  readiness(): Promise<HealthReport>;
  history?(): unknown;
}
