export type { Decision } from '../decision.js';
export type { Inheritance } from './engine.js';
export { RateLimitedError } from './errors.js';
export type {
  KeyedRateLimitRejection,
  PerUserRateLimiterEvents,
  RateLimiterEvents,
  RateLimitRejection,
} from './events.js';
export type { LimitsFor, PerUserRateLimiterOptions, RateLimiterLimits, RateLimiterOptions } from './options.js';
export { PER_USER_RATE_LIMITER_DEFAULTS, RATE_LIMITER_DEFAULTS } from './options.js';
export type { AlsoLimit, CheckOptions, PerUserRateLimiterSnapshot } from './per-user-rate-limiter.js';
export { PerUserRateLimiter } from './per-user-rate-limiter.js';
export type { AcquireOptions, RateLimiterSnapshot } from './rate-limiter.js';
export { RateLimiter } from './rate-limiter.js';
export type { Reservation } from './reservation.js';
export type { RefusalCacheOptions, SharedPerUserRateLimiterOptions, TokenLeaseOptions } from './options.js';
export type { SharedAlsoLimit, SharedCheckOptions } from './shared-per-user.js';
export { SharedPerUserRateLimiter } from './shared-per-user.js';
export type { SharedPerUserRateLimiterEvents, SharedPerUserRateLimiterSnapshot } from './shared-types.js';
export type {
  BucketAnswer,
  BucketRule,
  ChangedMark,
  EventAnswer,
  EventRule,
  LimitStore,
  MarkAnswer,
  MarkChange,
  MarkChanges,
  SharedStoreOptions,
  StoreCall,
  StoreKey,
  StoreLost,
  StoreMark,
  StoreRestored,
  WindowAnswer,
  WindowRule,
} from '../store/index.js';
export { SHARED_STORE_DEFAULTS, StoreUnavailableError } from '../store/index.js';
