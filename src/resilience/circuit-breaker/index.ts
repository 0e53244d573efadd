export type { CallContext, ExecuteOptions, Policy } from '../call-context.js';
export type { AttemptFailure, AttemptResult, AttemptSuccess } from './attempt.js';
export { CircuitBreaker } from './circuit-breaker.js';
export { CircuitOpenError } from './errors.js';
export type {
  CircuitBreakerEvents,
  CircuitFailure,
  CircuitRejection,
  CircuitStateChange,
  CircuitSuccess,
} from './events.js';
export type { Lease } from './lease.js';
export type { CallOutcome, CircuitBreakerOptions, HalfOpenOptions } from './options.js';
export { CIRCUIT_BREAKER_DEFAULTS } from './options.js';
export type { AsyncMethodKeys, ProtectOptions } from './protect.js';
export type { CircuitBreakerSnapshot, CircuitCounts, ErrorSummary } from './snapshot.js';
export type { TransitionReason, Verdict } from './state.js';
export { CircuitState } from './state.js';
