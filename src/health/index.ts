export type { AlgorithmState } from './checks/algorithm-check.js';
export { algorithmCheck } from './checks/algorithm-check.js';
export type { AuditCheckContext, AuditCheckOptions } from './checks/audit-check.js';
export { auditCheck } from './checks/audit-check.js';
export type { CertificateCheckOptions, CertificateTarget } from './checks/certificate-check.js';
export { CERTIFICATE_CHECK_DEFAULTS, certificateCheck } from './checks/certificate-check.js';
export type { DatabaseCheckOptions } from './checks/database-check.js';
export { DATABASE_CHECK_DEFAULTS, databaseCheck } from './checks/database-check.js';
export type { DiskCheckOptions, DiskReading } from './checks/disk-check.js';
export { DISK_CHECK_DEFAULTS, diskCheck } from './checks/disk-check.js';
export type { EventLoopCheckOptions } from './checks/event-loop-check.js';
export { EVENT_LOOP_CHECK_DEFAULTS, eventLoopCheck } from './checks/event-loop-check.js';
export type { HttpCheckFetch, HttpCheckOptions, HttpCheckRequest, HttpCheckResponse } from './checks/http-check.js';
export { HTTP_CHECK_DEFAULTS, httpCheck } from './checks/http-check.js';
export type { MemoryCheckOptions } from './checks/memory-check.js';
export { MEMORY_CHECK_DEFAULTS, memoryCheck } from './checks/memory-check.js';
export type { NotificationCheckOptions } from './checks/notification-check.js';
export { notificationCheck } from './checks/notification-check.js';
export type { CertificateAuthorities } from './checks/peer-certificate.js';
export type { PoolCheckOptions, PoolState } from './checks/pool-check.js';
export { POOL_CHECK_DEFAULTS, poolCheck } from './checks/pool-check.js';
export type { RedisCheckClient, RedisCheckOptions, RedisConnectionState } from './checks/redis-check.js';
export { REDIS_CHECK_DEFAULTS, redisCheck } from './checks/redis-check.js';
export type { EventLoopReading, MemoryReading } from './checks/runtime.js';
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
