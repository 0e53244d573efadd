import fc from 'fast-check';
import { createMemoryStore, ManualClock } from 'breakwater/testing';
import { SharedPerUserRateLimiter } from 'breakwater/rate-limiter';
import { describe, expect, it } from 'vitest';
import { runs } from '../../runs.js';
import { perUserSetup as setup } from './setup.js';

const CACHED = { capacity: 2, refillPerSecond: 1, refusalCacheMs: 500 };

describe('refusals that are kept for a moment', () => {
  it('answer the same question again without the store, until it would be allowed', async () => {
    const { make, clock, asked } = setup();
    const limiter = make(CACHED);
    await limiter.check('ann', { cost: 2 });
    expect(await limiter.check('ann')).toMatchObject({ allowed: false, source: 'store', retryAfterMs: 1_000 });
    const before = asked('take');
    clock.advance(400);
    expect(await limiter.check('ann')).toMatchObject({
      allowed: false,
      source: 'local',
      degraded: false,
      remaining: 0,
      retryAfterMs: 600,
      resetAfterMs: 1_600,
    });
    expect([asked('take'), limiter.snapshot().rejected]).toEqual([before, 2]);
    clock.advance(100);
    expect(await limiter.check('ann')).toMatchObject({ allowed: false, source: 'store', retryAfterMs: 500 });
    clock.advance(499);
    expect(await limiter.check('ann')).toMatchObject({ allowed: false, source: 'local', retryAfterMs: 1 });
    clock.advance(1);
    expect(await limiter.check('ann')).toMatchObject({ allowed: true, source: 'store' });
  });

  it('TRA-16 leave alone what costs less, looks, other keys and other limits', async () => {
    const { make } = setup();
    const limits = { capacity: 5, refillPerSecond: 0.1 };
    const limiter = make({ ...CACHED, ...limits, limitsFor: () => limits });
    await limiter.check('ann', { cost: 2 });
    expect(await limiter.check('ann', { cost: 5 })).toMatchObject({ allowed: false, source: 'store' });
    expect(await limiter.check('ann', { cost: 5 })).toMatchObject({ allowed: false, source: 'local' });
    expect(await limiter.check('ann', { cost: 1 })).toMatchObject({ allowed: true, source: 'store' });
    expect(await limiter.peek('ann')).toMatchObject({ remaining: 2, source: 'store' });
    expect(await limiter.check('ben', { cost: 5 })).toMatchObject({ allowed: true, source: 'store' });
    await limiter.check('ann', { cost: 3 });
    limits.capacity = 6;
    expect(await limiter.check('ann', { cost: 3 })).toMatchObject({ limit: 6, source: 'store' });
  });

  it('end at once with a reset or an unblock here, and in a moment with one elsewhere', async () => {
    const { make, clock } = setup();
    const [here, there] = [make(CACHED), make(CACHED)];
    for (const lift of ['reset', 'unblock'] as const) {
      await here.reset('ann');
      await here.check('ann', { cost: 2 });
      expect(await here.check('ann')).toMatchObject({ allowed: false });
      await here[lift]('ann');
      expect(await here.check('ann', { cost: 2 })).toMatchObject({ allowed: true });
      expect(await here.check('ann')).toMatchObject({ allowed: false, source: 'store' });
      await there[lift]('ann');
      expect(await here.check('ann')).toMatchObject({ allowed: false, source: 'local' });
      clock.advance(500);
      expect(await here.check('ann')).toMatchObject({ allowed: true, source: 'store' });
    }
  });

  it('refuse for all of several limiters, and take from none', async () => {
    const { make } = setup();
    const user = make({ ...CACHED, name: 'user', capacity: 5 });
    const team = make({ ...CACHED, name: 'team' });
    await team.check('red', { cost: 2 });
    const also = [{ limiter: team, key: 'red' }];
    expect(await user.check('ann', { also })).toMatchObject({ allowed: false, violated: ['team'], source: 'store' });
    expect(await user.check('ann', { also })).toMatchObject({ allowed: false, violated: ['team'], source: 'local' });
    expect(await user.peek('ann')).toMatchObject({ remaining: 5 });
  });

  it('are not kept in shadow mode, nor unless they are asked for', async () => {
    const { make } = setup();
    for (const limiter of [make({ ...CACHED, mode: 'shadow' }), make({ capacity: 2, refillPerSecond: 1 })]) {
      await limiter.check('ann', { cost: 2 });
      for (let i = 0; i < 3; i++) expect(await limiter.check('ann')).toMatchObject({ source: 'store' });
    }
  });

  it.each([-1, 1_001, NaN, '500'])('are not kept for %s', (refusalCacheMs) => {
    const { make } = setup();
    expect(() => make({ ...CACHED, refusalCacheMs: refusalCacheMs as number })).toThrow('refusalCacheMs');
  });

  it('refuse nobody whom the store would admit, and admit nobody whom it would refuse', async () => {
    const step = fc.record({
      process: fc.nat(1),
      key: fc.constantFrom('ann', 'ben'),
      cost: fc.integer({ min: 0, max: 4 }),
      waitMs: fc.constantFrom(0, 0, 1, 50, 499, 500, 1_000),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 60 }),
        fc.integer({ min: 1, max: 1_000 }),
        async (steps, cacheMs) => {
          const clock = new ManualClock({ now: 1_000 });
          const make = (refusalCacheMs: number, store: ReturnType<typeof createMemoryStore>) =>
            new SharedPerUserRateLimiter({
              name: 'api',
              capacity: 3,
              refillPerSecond: 2,
              store,
              instances: 2,
              clock,
              refusalCacheMs,
            });
          const [kept, plain] = [createMemoryStore({ clock }), createMemoryStore({ clock })];
          const cached = [make(cacheMs, kept), make(cacheMs, kept)];
          const asking = [make(0, plain), make(0, plain)];
          for (const { process, key, cost, waitMs } of steps) {
            clock.advance(waitMs);
            const seen = await cached[process]?.check(key, { cost });
            const wanted = await asking[process]?.check(key, { cost });
            expect(seen?.allowed).toBe(wanted?.allowed);
            if (seen?.source === 'store') expect(seen).toEqual(wanted);
            // Another process may have taken what had come back meanwhile.
            else expect(seen?.retryAfterMs).toBeLessThanOrEqual(wanted?.retryAfterMs ?? NaN);
          }
        },
      ),
      { numRuns: runs(300) },
    );
  });
});
