import type { ParsedSharedPerUserOptions, RateLimiterLimits } from './options.js';
import { PerUserRateLimiter } from './per-user-rate-limiter.js';

/**
 * What one process may admit by itself: its part of each bucket. It counts along while the store decides, so that whoever
 * has used the bucket up through this process finds it used up when the store is away.
 * @internal
 */
export class LocalShare {
  readonly limiter: PerUserRateLimiter;
  readonly #instances: number;
  readonly #scaled = new WeakMap<object, Required<RateLimiterLimits>>();

  constructor(options: ParsedSharedPerUserOptions, instances: number) {
    this.#instances = instances;
    const { name, capacity, refillPerSecond, maxKeys, limitsFor, mode, clock } = options;
    this.limiter = new PerUserRateLimiter({
      name,
      ...this.#share({ capacity, refillPerSecond }),
      maxKeys,
      mode,
      clock,
      ...(limitsFor === undefined ? {} : { limitsFor: (key) => this.#shareFor(limitsFor(key)) }),
      // Whoever shares the store has reported it.
      onListenerError: () => undefined,
    });
  }

  /**
   * Takes what was taken in the store, as far as it is there, and what is not left there either: so that who has used a
   * bucket up, through whichever processes, finds no share of it here.
   */
  follow(key: string, cost: number, remaining: number): void {
    const here = this.limiter.peek(key).remaining;
    const taken = here - Math.max(0, Math.min(here - cost, remaining));
    if (taken > 0) this.limiter.check(key, { cost: taken });
  }

  #shareFor(limits: Required<RateLimiterLimits> | undefined): Required<RateLimiterLimits> | undefined {
    // Whatever else was answered has been reported.
    if (typeof limits !== 'object') return undefined;
    const { capacity, refillPerSecond } = this.#share(limits);
    const known = this.#scaled.get(limits);
    // The same object for the same plan, by which others remember it.
    if (known?.capacity === capacity && known.refillPerSecond === refillPerSecond) return known;
    const share = { capacity, refillPerSecond };
    this.#scaled.set(limits, share);
    return share;
  }

  #share({ capacity, refillPerSecond }: Required<RateLimiterLimits>): Required<RateLimiterLimits> {
    return { capacity: Math.floor(capacity / this.#instances), refillPerSecond: refillPerSecond / this.#instances };
  }
}
