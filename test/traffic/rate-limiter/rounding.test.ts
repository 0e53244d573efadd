import { PerUserRateLimiter, RateLimiter } from 'breakwater/rate-limiter';
import { ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';

describe('the token bucket over a long time', () => {
  it.each([
    [3, 3, 1_000],
    [7, 7, 1_000],
    [100, 100 / 60, 60_000],
  ])('TRA-10 TRA-11 %i tokens at %d a second are all there at every exact refill', (capacity, refillPerSecond, ms) => {
    const clock = new ManualClock({ now: 1_234_567 });
    const limiter = new RateLimiter({ capacity, refillPerSecond, clock });
    const users = new PerUserRateLimiter({ capacity, refillPerSecond, clock });
    let refused = 0;
    for (let round = 0; round < 10_000; round++) {
      clock.set(1_234_567 + round * ms);
      for (let i = 0; i < capacity; i++) {
        if (!limiter.tryAcquire().allowed) refused++;
        if (!users.check('u').allowed) refused++;
      }
      if (limiter.tryAcquire().allowed || users.check('u').allowed) refused = NaN;
    }
    expect(refused).toBe(0);
  });

  it('refuses numbers with which it would admit everything', () => {
    expect(() => new RateLimiter({ capacity: 1, refillPerSecond: 1e-306 })).toThrow(/refillPerSecond is too small/);
    expect(() => new PerUserRateLimiter({ capacity: 1, refillPerSecond: 1e-306 })).toThrow(/refillPerSecond/);
    expect(() => new RateLimiter({ capacity: 2 ** 52, refillPerSecond: 1 })).toThrow(/capacity must be an integer/);
    const clock = new ManualClock();
    const slow = new RateLimiter({ capacity: 1, refillPerSecond: 1e-300, clock });
    expect([slow.tryAcquire().allowed, slow.tryAcquire().allowed]).toEqual([true, false]);
  });

  it('a long key that is no well-formed text has a bucket of its own', () => {
    const users = new PerUserRateLimiter({ capacity: 1, refillPerSecond: 0 });
    const long = 'a'.repeat(200);
    expect([users.check(`${long}\ud800`).allowed, users.check(`${long}\ud801`).allowed]).toEqual([true, true]);
  });

  it('only a bucket that is not full counts as evicted', () => {
    const clock = new ManualClock();
    const users = new PerUserRateLimiter({ capacity: 1, refillPerSecond: 1, maxKeys: 10, clock });
    for (let i = 0; i < 10; i++) users.check(`a${String(i)}`);
    clock.advance(1_000);
    for (let i = 0; i < 10; i++) users.check(`b${String(i)}`);
    expect(users.snapshot()).toMatchObject({ keys: 10, evictedKeys: 0 });
    users.check('c');
    expect(users.snapshot().evictedKeys).toBe(1);
  });
});
