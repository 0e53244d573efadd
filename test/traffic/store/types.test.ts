import { type AbuseResult, SharedAbuseDetector, type SharedAbuseResult } from 'breakwater/abuse-detector';
import { type Decision, SharedDDoSProtection } from 'breakwater/ddos-protection';
import type { AddressLimiter, KeyLimiter } from 'breakwater/http';
import {
  type LimitStore,
  type PerUserRateLimiter,
  type SharedAlsoLimit,
  SharedPerUserRateLimiter,
} from 'breakwater/rate-limiter';
import { createMemoryStore } from 'breakwater/testing';
import { describe, expect, expectTypeOf, it } from 'vitest';

const store: LimitStore = createMemoryStore();
const bucket = { capacity: 10, refillPerSecond: 1 };

describe('types of what shares a store', () => {
  it('instances are required where each process decides by itself, and only there', () => {
    // @ts-expect-error -- how many processes?
    expect(() => new SharedPerUserRateLimiter({ ...bucket, store })).toThrow(/instances is required/);
    // @ts-expect-error -- the same by name
    expect(() => new SharedDDoSProtection({ store, onStoreError: 'local' })).toThrow(/instances is required/);
    // @ts-expect-error -- no such rule
    expect(() => new SharedAbuseDetector({ store, onStoreError: 'open' })).toThrow(/onStoreError/);
    // @ts-expect-error -- nothing to share
    expect(() => new SharedDDoSProtection({ instances: 2 })).toThrow(/store is required/);
    expect(new SharedDDoSProtection({ store, onStoreError: 'reject' }).name).toBe('ddos');
    expect(new SharedAbuseDetector({ store, instances: 2 }).name).toBe('abuse');
  });

  it('leases are numbers, and closing is a promise', () => {
    const limiter = new SharedPerUserRateLimiter({ ...bucket, store, instances: 2, leaseTokens: 5, leaseMs: 100 });
    expectTypeOf(limiter.close()).toEqualTypeOf<Promise<void>>();
    expectTypeOf(limiter.snapshot().leasedTokens).toEqualTypeOf<number>();
    // @ts-expect-error -- how many?
    expect(() => new SharedPerUserRateLimiter({ ...bucket, store, instances: 2, leaseTokens: true })).toThrow(
      /leaseTokens/,
    );
  });

  it('answers are promises, and limiters fit into the pipeline', () => {
    const users = new SharedPerUserRateLimiter({ ...bucket, store, instances: 2 });
    const ddos = new SharedDDoSProtection({ store, instances: 2 });
    const abuse = new SharedAbuseDetector({ store, instances: 2 });
    expectTypeOf(users.check('a')).toEqualTypeOf<Promise<Decision>>();
    expectTypeOf(ddos.check(undefined)).toEqualTypeOf<Promise<Decision>>();
    expectTypeOf(abuse.record('a')).toEqualTypeOf<Promise<SharedAbuseResult>>();
    expectTypeOf<SharedAbuseResult>().toExtend<AbuseResult>();
    expectTypeOf(ddos.isBlocked('a')).toEqualTypeOf<boolean>();
    expectTypeOf(users).toExtend<KeyLimiter>();
    expectTypeOf(ddos).toExtend<AddressLimiter>();
  });

  it('one of a single process is no other limit of a shared one', () => {
    expectTypeOf<PerUserRateLimiter>().not.toExtend<SharedAlsoLimit['limiter']>();
  });
});
