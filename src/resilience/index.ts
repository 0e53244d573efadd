export type { BulkheadSnapshot, BulkheadEvents, BulkheadRejection, BulkheadOptions } from './bulkhead/index.js';
export { Bulkhead, bulkhead, BulkheadFullError, BulkheadTimeoutError, BULKHEAD_DEFAULTS } from './bulkhead/index.js';
export type {
  CallContext,
  ExecuteOptions,
  Policy,
  AttemptFailure,
  AttemptResult,
  AttemptSuccess,
  CircuitBreakerEvents,
  CircuitFailure,
  CircuitRejection,
  CircuitStateChange,
  CircuitSuccess,
  Lease,
  CallOutcome,
  CircuitBreakerOptions,
  HalfOpenOptions,
  AsyncMethodKeys,
  ProtectOptions,
  CircuitBreakerSnapshot,
  CircuitCounts,
  ErrorSummary,
  TransitionReason,
  Verdict,
} from './circuit-breaker/index.js';
export { CircuitBreaker, CircuitOpenError, CIRCUIT_BREAKER_DEFAULTS, CircuitState } from './circuit-breaker/index.js';
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
