export type { BulkheadSnapshot, BulkheadEvents, BulkheadRejection, BulkheadOptions } from './bulkhead/index.js';
export { Bulkhead, bulkhead, BulkheadFullError, BulkheadTimeoutError, BULKHEAD_DEFAULTS } from './bulkhead/index.js';
export type {
  CallContext,
  ExecuteOptions,
  Policy,
  PolicyAnswer,
  AttemptFailure,
  AttemptResult,
  AttemptSuccess,
  ErrorSummary,
  CircuitBreakerEvents,
  CircuitFailure,
  CircuitRejection,
  CircuitStateChange,
  CircuitSuccess,
  GuardedDecorator,
  Lease,
  CallOutcome,
  CircuitBreakerOptions,
  HalfOpenOptions,
  RampUpOptions,
  RecoveryBackoffOptions,
  AsyncMethodKeys,
  ProtectOptions,
  CircuitBreakerRegistryEvents,
  RegistryEviction,
  RegistryPressure,
  CircuitBreakerRegistryOptions,
  KeyedBreakerOptions,
  CircuitBreakerRegistrySnapshot,
  CircuitBreakerSnapshot,
  CircuitCounts,
  CircuitRate,
  CircuitMode,
  TransitionReason,
  Verdict,
  FailureRateOptions,
  SlowCallRateOptions,
  TripRule,
} from './circuit-breaker/index.js';
export {
  CircuitBreaker,
  classifyDatabaseError,
  CircuitOpenError,
  guarded,
  CIRCUIT_BREAKER_DEFAULTS,
  CircuitBreakerRegistry,
  CIRCUIT_BREAKER_REGISTRY_DEFAULTS,
  CircuitState,
  anyOf,
  consecutiveFailures,
  failureRate,
  slowCallRate,
} from './circuit-breaker/index.js';
export type { Fallback, FallbackEvents, FallbackSnapshot, FallbackUsed, FallbackOptions } from './fallback/index.js';
export { fallback, FALLBACK_DEFAULTS } from './fallback/index.js';
export type { Hedge, HedgeBegun, HedgeEvents, HedgeSnapshot, HedgeOptions } from './hedge/index.js';
export { SupersededError, hedge, HEDGE_DEFAULTS } from './hedge/index.js';
export type { Pipeline, PipelineSnapshot } from './pipeline/index.js';
export { pipeline } from './pipeline/index.js';
export type {
  RetryBudgetOptions,
  RetryBudgetShape,
  Jitter,
  RetryStop,
  RetryBudgetChange,
  RetryEvents,
  RetryGaveUp,
  RetryRecovered,
  RetryScheduled,
  RetryHistory,
  RetryAfterOptions,
  RetryOptions,
  Retry,
  RetrySnapshot,
} from './retry/index.js';
export { RETRY_BUDGET_DEFAULTS, RetryBudget, retryHistory, RETRY_DEFAULTS, retry, doNotRetry } from './retry/index.js';
export type {
  TimeLimitEvents,
  TimeLimitExceeded,
  TimeLimitOptions,
  TimeLimit,
  TimeLimitSnapshot,
} from './timeout/index.js';
export { DeadlineExceededError, TimeoutError, deadline, timeout } from './timeout/index.js';
