export type { DatabaseCheckOptions } from './checks/database-check.js';
export { DATABASE_CHECK_DEFAULTS, databaseCheck } from './checks/database-check.js';
export { CheckTimeoutError } from './errors.js';
export type { HealthEvents, HealthStatusChange } from './events.js';
export type { HealthFormat, HealthResponse, HealthResponseOptions } from './formats/health-response.js';
export { HEALTH_RESPONSE_DEFAULTS, healthResponse } from './formats/health-response.js';
export type { HealthGate, HealthGateState } from './gate.js';
export { HealthCheckService } from './health-check-service.js';
export type { HealthChange, HealthHistory, HealthSample } from './history.js';
export type {
  LivenessDown,
  LivenessServerEvents,
  LivenessServerOptions,
  LivenessServerSnapshot,
  LivenessStall,
  LivenessUp,
} from './liveness/index.js';
export { LIVENESS_SERVER_DEFAULTS, LivenessServer, LivenessServerState, LivenessStartError } from './liveness/index.js';
export type {
  HealthCheck,
  HealthCheckContext,
  HealthCheckDefaults,
  HealthCheckOptions,
  HealthCheckServiceOptions,
  HealthFinding,
  HealthKind,
  HealthOutcome,
  MaintenanceOptions,
} from './options.js';
export { HEALTH_CHECK_SERVICE_DEFAULTS } from './options.js';
export type { ComponentHealth, HealthReport, HealthSnapshot } from './report.js';
