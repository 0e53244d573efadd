// The entry point of both classes: a service that uses one usually wants the other beside it.
export type {
  DegradationEvents,
  DegradationReport,
  FeatureCall,
  FeatureCalls,
  FeatureDegraded,
  FeatureOptions,
  FeatureRecovered,
  FeatureReport,
  FeatureResult,
  GracefulDegradationOptions,
  LinkOptions,
  ReasonReport,
} from '../graceful-degradation/index.js';
export {
  FeatureDegradedError,
  GRACEFUL_DEGRADATION_DEFAULTS,
  GracefulDegradation,
} from '../graceful-degradation/index.js';
export type {
  CallContext,
  CircuitState,
  ErrorSummary,
  ExecuteOptions,
  KeyedBreakerOptions,
  Policy,
} from '../circuit-breaker/index.js';
export type { RetryOptions } from '../retry/index.js';
export type { ErrorTrend } from './engine.js';
export type { ErrorGroup } from './error-groups.js';
export type { RecordedError } from './error-log.js';
export { ErrorRecoveryService } from './error-recovery-service.js';
export type { ErrorRecoveryEvents, ServiceError, ServiceRecovered, TrendChange } from './events.js';
export type { BreakerSource, ErrorRecoveryServiceOptions, RecoveryOptions } from './options.js';
export { ERROR_RECOVERY_SERVICE_DEFAULTS } from './options.js';
export type { ErrorRecoverySummary, ServiceSummary } from './summary.js';
