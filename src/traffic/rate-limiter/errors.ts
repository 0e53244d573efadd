import { RejectedError, type RejectedErrorOptions } from '../../core/errors.js';
import type { Decision } from '../decision.js';

/** The limit left no room for the call, now or within the time it would have waited. */
export class RateLimitedError extends RejectedError {
  readonly code = 'BREAKWATER_RATE_LIMITED';
  /** The decision that refused. */
  readonly decision: Decision;

  constructor(decision: Decision, options: Pick<RejectedErrorOptions, 'captureStack'> = {}) {
    const { policy, retryAfterMs, cost, limit } = decision;
    const never = retryAfterMs === Infinity;
    const wait = never ? ' and never will be' : `; try again in ${String(Math.ceil(retryAfterMs))} ms`;
    super(`rate limit '${policy}': ${String(cost)} of ${String(limit)} is not available${wait}`, {
      ...options,
      ...(never ? {} : { retryAfterMs }),
    });
    this.decision = decision;
  }

  /** The class's name. */
  override get name(): string {
    return 'RateLimitedError';
  }
}
