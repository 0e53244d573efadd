import { InvalidArgumentError } from '../../core/errors.js';
import { type WholeRate, LONGEST_US, wholeRate } from '../store/index.js';
import { NO_SHARED_RATE, type RateLimiterLimits } from './options.js';

/** The limits of a bucket as a store counts them. @internal */
export interface SharedBucket extends WholeRate {
  readonly capacity: number;
}

/**
 * Limits in whole numbers.
 *
 * @throws {@link InvalidArgumentError} when there are none.
 * @internal
 */
export function sharedBucket({ capacity, refillPerSecond }: Required<RateLimiterLimits>): SharedBucket {
  const rate = (capacity / refillPerSecond) * 1e6 > LONGEST_US ? undefined : wholeRate(refillPerSecond, capacity);
  if (rate === undefined) throw new InvalidArgumentError(`limitsFor: refillPerSecond ${NO_SHARED_RATE}`);
  return { capacity, ...rate };
}

/** Whether two are counted alike. @internal */
export function isSame(a: SharedBucket, b: SharedBucket): boolean {
  return a.capacity === b.capacity && a.refillTokens === b.refillTokens && a.refillUs === b.refillUs;
}
