export type { DatabaseCheckOptions } from './checks/database-check.js';
export { DATABASE_CHECK_DEFAULTS, databaseCheck } from './checks/database-check.js';
export { CheckTimeoutError } from './errors.js';
export type { HealthEvents, HealthStatusChange } from './events.js';
export { HealthCheckService } from './health-check-service.js';
export type {
  HealthCheck,
  HealthCheckContext,
  HealthCheckDefaults,
  HealthCheckOptions,
  HealthCheckServiceOptions,
  HealthFinding,
  HealthKind,
  HealthOutcome,
} from './options.js';
export { HEALTH_CHECK_SERVICE_DEFAULTS } from './options.js';
export type { ComponentHealth, HealthReport, HealthSnapshot } from './report.js';
