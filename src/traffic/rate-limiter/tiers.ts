import { InvalidArgumentError } from '../../core/errors.js';
import { describe } from '../../core/options.js';
import { type LimitsFor, parseLimits, type RateLimiterLimits } from './options.js';

interface Known<B> extends Required<RateLimiterLimits> {
  readonly bucket: B;
}

/**
 * The buckets of keys whose limits differ. Services have a few plans and say for each key which one it is: what was worked
 * out for an object is kept with it.
 * @internal
 */
export class Tiers<B> {
  readonly #limitsFor: LimitsFor;
  readonly #usual: B;
  readonly #make: (limits: Required<RateLimiterLimits>) => B;
  readonly #report: (error: unknown) => void;
  readonly #known = new WeakMap<object, Known<B>>();

  /**
   * @param make - what follows from limits; it may throw.
   * @param report - told when `limitsFor` throws or answers with what cannot be; the usual limits apply then.
   */
  constructor(
    limitsFor: LimitsFor,
    usual: B,
    make: (limits: Required<RateLimiterLimits>) => B,
    report: (error: unknown) => void,
  ) {
    this.#limitsFor = limitsFor;
    this.#usual = usual;
    this.#make = make;
    this.#report = report;
  }

  bucketOf(key: string): B {
    try {
      const limits: unknown = this.#limitsFor(key);
      return limits === undefined ? this.#usual : this.#bucketFor(limits);
    } catch (error) {
      this.#report(error);
      return this.#usual;
    }
  }

  #bucketFor(limits: unknown): B {
    if (typeof limits !== 'object' || limits === null || 'then' in limits) {
      const got = typeof limits === 'object' && limits !== null ? 'a promise' : describe(limits);
      throw new InvalidArgumentError(`limitsFor must answer at once, with limits or undefined, got ${got}`);
    }
    const { capacity, refillPerSecond } = limits as Partial<Known<B>>;
    const known = this.#known.get(limits);
    if (known?.capacity === capacity && known?.refillPerSecond === refillPerSecond && known !== undefined) {
      return known.bucket;
    }
    const parsed = parseLimits('limitsFor', limits as Required<RateLimiterLimits>);
    const bucket = this.#make(parsed);
    this.#known.set(limits, { ...parsed, bucket });
    return bucket;
  }
}
