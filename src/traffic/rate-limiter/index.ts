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
