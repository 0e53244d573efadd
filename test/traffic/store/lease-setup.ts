import type { BucketRule, SharedPerUserRateLimiter } from 'breakwater/rate-limiter';
import type { LimitStore } from 'breakwater/testing';
import { type Options, perUserSetup } from './setup.js';

export const LEASES = { capacity: 1_000, refillPerSecond: 100, leaseTokens: 100, leaseMs: 500 };

/** A store that remembers what was asked, and answers only when it is let. */
export function leaseSetup() {
  const made = perUserSetup();
  const takes: BucketRule[] = [];
  const held: (() => void)[] = [];
  const mode = { hold: (_: BucketRule): boolean => false };
  const store: LimitStore = {
    ...made.store,
    take: async (rules, call) => {
      const [rule] = rules as [BucketRule];
      takes.push(rule);
      if (mode.hold(rule)) await new Promise<void>((resolve) => held.push(resolve));
      return made.store.take(rules, call);
    },
  };
  const make = (options: Options = {}) => made.make({ ...LEASES, store, ...options } as Options);
  /** Calls one after the other; where each was decided. */
  const calls = async (limiter: SharedPerUserRateLimiter, count: number, cost = 1, key = 'ann') => {
    const sources: string[] = [];
    for (let i = 0; i < count; i++) {
      const { source } = await limiter.check(key, { cost });
      sources.push(source);
      // What is fetched beside it comes before the next.
      await made.clock.advanceAsync(0);
    }
    return sources;
  };
  /** What is left in the store, as whoever holds nothing sees it. */
  const left = async (key = 'ann') =>
    (await made.make({ ...LEASES, leaseTokens: 0, leaseMs: undefined }).peek(key)).remaining;
  const costs = () => takes.map(({ cost }) => cost);
  return { ...made, store, make, calls, left, costs, takes, held, mode };
}

/** The same so many times. */
export const times = (count: number, what: string) => new Array<string>(count).fill(what);
