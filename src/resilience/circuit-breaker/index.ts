export type { CallContext, ExecuteOptions, Policy, PolicyAnswer } from '../call-context.js';
export type { AttemptFailure, AttemptResult, AttemptSuccess } from './attempt.js';
export { CircuitBreaker } from './circuit-breaker.js';
export { classifyDatabaseError } from './classify-database-error.js';
export type { ErrorSummary } from './error-summary.js';
export { CircuitOpenError } from './errors.js';
export type {
  CircuitBreakerEvents,
  CircuitFailure,
  CircuitRejection,
  CircuitStateChange,
  CircuitSuccess,
} from './events.js';
export type { GuardedDecorator } from './guarded.js';
export { guarded } from './guarded.js';
export type { Lease } from './lease.js';
export type {
  CallOutcome,
  CircuitBreakerOptions,
  HalfOpenOptions,
  KeyedBreakerOptions,
  RampUpOptions,
  RecoveryBackoffOptions,
} from './options.js';
export { CIRCUIT_BREAKER_DEFAULTS } from './options.js';
export type { AsyncMethodKeys, ProtectOptions } from './protect.js';
export { CircuitBreakerRegistry } from './registry.js';
export type { CircuitBreakerRegistryEvents, RegistryEviction, RegistryPressure } from './registry-events.js';
export type { CircuitBreakerRegistryOptions } from './registry-options.js';
export { CIRCUIT_BREAKER_REGISTRY_DEFAULTS } from './registry-options.js';
export type { CircuitBreakerRegistrySnapshot } from './registry-snapshot.js';
export type { CircuitBreakerSnapshot, CircuitCounts, CircuitRate } from './snapshot.js';
export type { CircuitMode, TransitionReason, Verdict } from './state.js';
export { CircuitState } from './state.js';
export type { FailureRateOptions, SlowCallRateOptions, TripRule } from './trip-rule-options.js';
export { anyOf, consecutiveFailures, failureRate, slowCallRate } from './trip-rules.js';
