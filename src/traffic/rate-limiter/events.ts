import type { Decision } from '../decision.js';

/** A call was refused, or would have been. */
export interface RateLimitRejection {
  /** Name of the limiter. */
  readonly limiter: string;
  /** The decision. */
  readonly decision: Decision;
}

/** The events of a {@link RateLimiter}, by name. */
export interface RateLimiterEvents {
  rejected: RateLimitRejection;
}

/** A key's call was refused, or would have been. */
export interface KeyedRateLimitRejection extends RateLimitRejection {
  /** The key, as it is stored: longer than 128 characters it is a digest. */
  readonly key: string;
  /** Why the key is blocked, when that is what refused it. */
  readonly reason?: string;
}

/** The events of a {@link PerUserRateLimiter}, by name. */
export interface PerUserRateLimiterEvents {
  rejected: KeyedRateLimitRejection;
}

/** What there is to subscribe to, in either of them. @internal */
export const LIMITER_EVENTS = /* @__PURE__ */ Object.freeze(['rejected'] as const);

/** A refusal as plain JSON, without the key: that is a person's. @internal */
export function rejectionData({ limiter, decision }: RateLimitRejection): object {
  const { cost, retryAfterMs, source, shadow } = decision;
  return { limiter, cost, source, shadow, retryAfterMs: retryAfterMs === Infinity ? null : retryAfterMs };
}
