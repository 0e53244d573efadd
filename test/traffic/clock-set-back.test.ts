import { DDoSProtection } from 'breakwater/ddos-protection';
import { PerUserRateLimiter, RateLimiter } from 'breakwater/rate-limiter';
import { ManualClock, seededRandom } from 'breakwater/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

describe('after the clock was set back by an hour', () => {
  it('TRA-29 limiters and blocks keep what they promised', () => {
    const clock = new ManualClock({ now: 3_600_000 });
    const limiter = new RateLimiter({ clock, capacity: 1, refillPerSecond: 1 });
    const users = new PerUserRateLimiter({ clock, capacity: 1, refillPerSecond: 1 });
    const ddos = new DDoSProtection({ clock, threshold: 1, blockDurationMs: 1_000 });
    limiter.tryAcquire();
    users.check('a');
    users.block('b', 1_000, 'test');
    ddos.check('203.0.113.5');
    ddos.check('203.0.113.5');
    clock.set(0);
    const waits = [limiter.tryAcquire(), users.check('a'), users.check('b'), ddos.check('203.0.113.5')];
    expect(waits.map(({ retryAfterMs }) => retryAfterMs)).toEqual([1_000, 1_000, 1_000, 1_000]);
    clock.advance(1_000);
    const after = [limiter.tryAcquire(), users.check('a'), users.check('b'), ddos.check('203.0.113.5')];
    expect(after.map(({ allowed }) => allowed)).toEqual([true, true, true, true]);
  });
});

describe('with a clock that counts from 1970', () => {
  it.each([1e5, 1e6, 1e7])('TRA-10 a burst is the capacity also at %d tokens a second', (refillPerSecond) => {
    const clock = new ManualClock({ now: 1.79e12 });
    const users = new PerUserRateLimiter({ capacity: 10, refillPerSecond, clock });
    const limiter = new RateLimiter({ capacity: 10, refillPerSecond, clock });
    let admitted = 0;
    for (let i = 0; i < 10_000; i++) {
      if (users.check('a').allowed) admitted++;
      if (limiter.tryAcquire().allowed) admitted++;
    }
    expect(admitted).toBe(20);
  });
});

it('TRA-10 after exactly the wait that was promised a call is admitted, whatever the window and the start', () => {
  const start = fc.oneof(
    fc.double({ min: 0, max: 1e7, noNaN: true }),
    fc.double({ min: 1.7e12, max: 1.8e12, noNaN: true }),
  );
  const windowMs = fc.oneof(
    fc.constantFrom(12, 1_000, 5_000, 10_000, 60_000, 100_000, 86_400_000),
    fc.double({ min: 12, max: 1e5, noNaN: true }),
  );
  fc.assert(
    fc.property(start, windowMs, fc.integer({ min: 1, max: 4 }), fc.nat(1e6), (now, window, threshold, seed) => {
      const clock = new ManualClock({ now });
      const random = seededRandom(seed);
      const ddos = new DDoSProtection({ clock, windowMs: window, threshold, blockDurationMs: window });
      for (let i = 0; i < 30; i++) {
        clock.advance((random.next() * window) / 6);
        const refused = ddos.check('203.0.113.5', { block: i % 4 === 0 });
        if (refused.allowed) continue;
        expect(refused.retryAfterMs).toBeGreaterThan(0);
        clock.advance(refused.retryAfterMs);
        expect(ddos.check('203.0.113.5', { block: false }).allowed).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});

it('TRA-10 the same holds for a limiter of each user', () => {
  const start = fc.oneof(
    fc.double({ min: 0, max: 1e7, noNaN: true }),
    fc.double({ min: 1.7e12, max: 1.8e12, noNaN: true }),
  );
  fc.assert(
    fc.property(start, fc.double({ min: -4, max: 3, noNaN: true }), fc.nat(1e6), (now, power, seed) => {
      const clock = new ManualClock({ now });
      const random = seededRandom(seed);
      const users = new PerUserRateLimiter({ clock, capacity: 5, refillPerSecond: 10 ** power });
      for (let i = 0; i < 30; i++) {
        const cost = 1 + Math.floor(random.next() * 3);
        const refused = users.check('a', { cost });
        if (refused.allowed || refused.retryAfterMs > 1e9) continue;
        expect(refused.retryAfterMs).toBeGreaterThan(0);
        clock.advance(refused.retryAfterMs);
        expect(users.check('a', { cost }).allowed).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});
