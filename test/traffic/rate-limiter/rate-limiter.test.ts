import { RateLimitedError, RateLimiter, type RateLimiterOptions } from 'breakwater/rate-limiter';
import { InvalidArgumentError, InvalidOptionsError } from 'breakwater/core';
import { ManualClock } from 'breakwater/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

function setup(options: Partial<RateLimiterOptions> = {}) {
  const clock = new ManualClock({ now: 1_000 });
  const limiter = new RateLimiter({ capacity: 10, refillPerSecond: 1, clock, ...options });
  const drain = (): void => {
    while (limiter.tryAcquire().allowed);
  };
  return { clock, limiter, drain };
}

describe('RateLimiter', () => {
  it('TRA-1 carries the fraction: ten tokens in 100 ns give one more after 3 ns', () => {
    const { clock, limiter } = setup({ refillPerSecond: 1e8 });
    expect(limiter.tryAcquire(10).allowed).toBe(true);
    clock.advance(97e-6);
    expect(limiter.tryAcquire(9).allowed).toBe(true);
    expect(limiter.tryAcquire().allowed).toBe(false);
    clock.advance(3e-6);
    expect(limiter.tryAcquire().allowed).toBe(true);
    expect(limiter.tryAcquire().allowed).toBe(false);
  });

  it('TRA-2 a bucket that is full keeps no fraction', () => {
    const { clock, limiter } = setup({ capacity: 2 });
    limiter.tryAcquire();
    clock.advance(1_900);
    expect(limiter.tokens()).toBe(2);
    limiter.tryAcquire(2);
    clock.advance(100);
    expect(limiter.tryAcquire().allowed).toBe(false);
    clock.advance(900);
    expect(limiter.tryAcquire().allowed).toBe(true);
  });

  it('TRA-3 says the exact wait for one and for three', () => {
    const { clock, limiter, drain } = setup();
    drain();
    clock.advance(200);
    expect(limiter.delayMs(1)).toBeCloseTo(800, 6);
    expect(limiter.delayMs(3)).toBeCloseTo(2_800, 6);
    expect(limiter.tryAcquire(3).retryAfterMs).toBeCloseTo(2_800, 6);
  });

  it('TRA-4 a long idle time at a high rate leaves exactly the capacity', () => {
    const { clock, limiter } = setup({ capacity: 1e9, refillPerSecond: 1e8 });
    limiter.tryAcquire(1e9);
    clock.advance(13 * 3_600_000);
    expect(limiter.tokens()).toBe(1e9);
    expect(limiter.tryAcquire()).toMatchObject({ allowed: true, remaining: 1e9 - 1 });
    // After a thousand days a token is less than the clock can tell, and still none is free.
    clock.advance(1_000 * 86_400_000);
    limiter.tryAcquire(1e9);
    expect(limiter.tryAcquire(100).allowed).toBe(false);
  });

  it('TRA-5 a tiny rate admits once and not again', () => {
    const { clock, limiter } = setup({ capacity: 1, refillPerSecond: 1e-10 });
    expect(limiter.tryAcquire().allowed).toBe(true);
    clock.advance(86_400_000);
    expect(limiter.tryAcquire().allowed).toBe(false);
  });

  it('TRA-7 a rate without a short decimal form admits the first call', () => {
    expect(setup({ capacity: 1, refillPerSecond: 0.7692307692307693 }).limiter.tryAcquire().allowed).toBe(true);
  });

  it('TRA-8 five times the rate offered for five seconds admits what the rate allows', () => {
    const { clock, limiter } = setup({ capacity: 100, refillPerSecond: 100 });
    let admitted = 0;
    for (let i = 0; i < 2_500; i++) {
      if (limiter.tryAcquire().allowed) admitted++;
      clock.advance(2);
    }
    const ideal = 100 + 100 * 5;
    expect(admitted).toBeGreaterThanOrEqual(0.999 * ideal - 1);
    expect(admitted).toBeLessThanOrEqual(ideal + 1);
  });

  it('TRA-10 admits at the promised time and never before', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 10_000, noNaN: true }),
        fc.integer({ min: 1, max: 50 }),
        fc.double({ min: 0, max: 1e9, noNaN: true }),
        (refillPerSecond, capacity, startMs) => {
          const clock = new ManualClock({ now: startMs });
          const limiter = new RateLimiter({ capacity, refillPerSecond, clock });
          limiter.tryAcquire(capacity);
          for (let i = 0; i < 20; i++) {
            const { allowed, retryAfterMs } = limiter.tryAcquire();
            expect(allowed).toBe(false);
            // A millionth of the interval, as long as the clock can tell it from nothing.
            const littleMs = Math.max(
              retryAfterMs * 1e-6,
              (clock.now() + (1_000 * capacity) / refillPerSecond) * 1e-14,
            );
            const promisedMs = clock.now() + retryAfterMs;
            clock.set(promisedMs - littleMs);
            expect(limiter.tryAcquire().allowed).toBe(false);
            clock.set(promisedMs);
            expect(limiter.tryAcquire().allowed).toBe(true);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('TRA-12 admits as many as the capacity and not one more', () => {
    const { limiter } = setup({ capacity: 100 });
    const allowed = Array.from({ length: 101 }, () => limiter.tryAcquire().allowed);
    expect([allowed[99], allowed[100]]).toEqual([true, false]);
  });

  it('TRA-19 a bucket that owes has nothing to give: never less than 0, and taking what there is takes nothing', () => {
    const { limiter } = setup();
    limiter.reserve(10).commit(25);
    expect([limiter.tokens(), limiter.snapshot().tokens, limiter.tryAcquire(0).remaining]).toEqual([0, 0, 0]);
    expect(limiter.tryAcquire(Math.floor(limiter.tokens()))).toMatchObject({ allowed: true, cost: 0 });
    expect(limiter.delayMs(1)).toBeCloseTo(16_000, 6);
  });

  it('TRA-41 two calls of one moment have answers of their own', () => {
    const { limiter } = setup();
    const [first, second] = [limiter.tryAcquire(), limiter.tryAcquire()];
    expect([first.remaining, second.remaining]).toEqual([9, 8]);
  });

  it('TRA-11 after the full recovery time the whole capacity remains', () => {
    const { clock, limiter } = setup({ capacity: 7, refillPerSecond: 3 });
    const { resetAfterMs } = limiter.tryAcquire(7);
    clock.advance(resetAfterMs);
    expect(limiter.tryAcquire(0).remaining).toBe(7);
  });

  it('TRA-13 a cost over the capacity is refused for ever, changes nothing, and fails at once when it would wait', async () => {
    const { limiter } = setup();
    expect(limiter.tryAcquire(11)).toMatchObject({ allowed: false, retryAfterMs: Infinity, remaining: 10 });
    expect(limiter.delayMs(11)).toBe(Infinity);
    const error = await limiter.acquire({ cost: 11 }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(RateLimitedError);
    expect(error).toMatchObject({ code: 'BREAKWATER_RATE_LIMITED', decision: { retryAfterMs: Infinity } });
    expect(error).not.toHaveProperty('retryAfterMs');
    expect(limiter.tokens()).toBe(10);
  });

  it('TRA-14 a cost of 0 only looks', () => {
    const { limiter, drain } = setup();
    drain();
    const before = limiter.snapshot();
    expect(limiter.tryAcquire(0)).toMatchObject({ allowed: true, remaining: 0, cost: 0 });
    expect(limiter.snapshot()).toEqual(before);
  });

  it('TRA-15 TRA-16 a refused call takes nothing, and a cheaper one still passes', () => {
    const { limiter } = setup();
    limiter.tryAcquire(8);
    expect(limiter.tryAcquire(5)).toMatchObject({ allowed: false, remaining: 2 });
    expect(limiter.tryAcquire(1)).toMatchObject({ allowed: true, remaining: 1 });
  });

  it.each([NaN, -3, 0.5, '2', null, Infinity, 2 ** 53])('TRA-17 a cost of %s is refused', async (cost) => {
    const { limiter } = setup();
    expect(() => limiter.tryAcquire(cost as number)).toThrow(InvalidArgumentError);
    expect(() => limiter.delayMs(cost as number)).toThrow(InvalidArgumentError);
    expect(() => {
      limiter.refund(cost as number);
    }).toThrow(InvalidArgumentError);
    await expect(limiter.acquire({ cost: cost as number })).rejects.toThrow(InvalidArgumentError);
    expect(limiter.tokens()).toBe(10);
  });

  it('TRA-18 giving back never fills beyond the capacity', () => {
    const { limiter } = setup();
    limiter.refund(5);
    expect(limiter.tokens()).toBe(10);
    limiter.tryAcquire(3);
    limiter.refund(5);
    expect(limiter.tokens()).toBe(10);
  });

  it('TRA-29 a clock that steps back and returns mints no token', () => {
    const { clock, limiter, drain } = setup();
    drain();
    clock.set(-50_000);
    expect(limiter.tryAcquire().allowed).toBe(false);
    clock.set(1_000);
    expect(limiter.tryAcquire().allowed).toBe(false);
    clock.set(2_000);
    expect(limiter.tryAcquire().allowed).toBe(true);
    expect(limiter.tryAcquire().allowed).toBe(false);
  });

  it('a rate of 0 makes a bucket that is used once', () => {
    const { clock, limiter } = setup({ capacity: 2, refillPerSecond: 0 });
    limiter.tryAcquire();
    limiter.tryAcquire();
    clock.advance(1e12);
    expect(limiter.tryAcquire()).toMatchObject({ allowed: false, retryAfterMs: Infinity, resetAfterMs: Infinity });
    limiter.refund(1);
    expect(limiter.tokens()).toBe(1);
    limiter.reset();
    expect(limiter.tokens()).toBe(2);
  });

  it('agrees with exact rational arithmetic on any trace', () => {
    const step = fc.record({ waitMs: fc.nat(5_000), cost: fc.nat(6), refund: fc.constantFrom(0, 0, 0, 1, 3) });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 97 }),
        fc.array(step, { maxLength: 60 }),
        (capacity, perSecond, steps) => {
          const clock = new ManualClock();
          const limiter = new RateLimiter({ capacity, refillPerSecond: perSecond, clock });
          // Thousandths of a token, as whole numbers: one millisecond brings exactly `perSecond` of them.
          const full = BigInt(capacity) * 1_000n;
          let tokens = full;
          for (const { waitMs, cost, refund } of steps) {
            clock.advance(waitMs);
            tokens += BigInt(waitMs) * BigInt(perSecond);
            if (tokens > full) tokens = full;
            const wanted = BigInt(cost) * 1_000n;
            const { allowed, remaining, retryAfterMs } = limiter.tryAcquire(cost);
            expect(allowed).toBe(wanted <= tokens);
            if (allowed) tokens -= wanted;
            else if (wanted <= full) expect(retryAfterMs).toBeCloseTo(Number(wanted - tokens) / perSecond, 5);
            else expect(retryAfterMs).toBe(Infinity);
            expect(remaining).toBe(Number(tokens / 1_000n));
            limiter.refund(refund);
            tokens += BigInt(refund) * 1_000n;
            if (tokens > full) tokens = full;
            expect(limiter.tokens()).toBeCloseTo(Number(tokens) / 1_000, 6);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('in shadow mode admits everything, marks what it would have refused and takes nothing for it', () => {
    const { limiter } = setup({ capacity: 1, mode: 'shadow' });
    expect(limiter.tryAcquire()).toMatchObject({ allowed: true, shadow: false, violated: [] });
    expect(limiter.tryAcquire()).toMatchObject({
      allowed: true,
      shadow: true,
      violated: ['rate-limiter'],
      retryAfterMs: 1_000,
    });
    expect(limiter.snapshot()).toMatchObject({ tokens: 0, admitted: 1, rejected: 1 });
  });

  it('names every wrong option', () => {
    expect(() => new RateLimiter({ capacity: 0, refillPerSecond: -1, capcity: 3 } as never)).toThrow(
      InvalidOptionsError,
    );
    expect(() => new RateLimiter({} as never)).toThrow(/capacity is required.*refillPerSecond is required/);
    expect(() => new RateLimiter({ capacity: 1, refillPerSecond: 1e9 })).toThrow(
      'refillPerSecond must be a finite number from 0 to 100000000',
    );
  });

  it('tells refusals, snapshot and metrics', () => {
    const { limiter } = setup({ capacity: 1, name: 'mail' });
    const told: unknown[] = [];
    limiter.subscribe((event) => told.push(event));
    limiter.tryAcquire();
    limiter.tryAcquire();
    limiter.tryAcquire(2);
    expect(told).toMatchObject([
      { type: 'rejected', level: 'warn', data: { limiter: 'mail', cost: 1, retryAfterMs: 1_000 } },
      { type: 'rejected', data: { cost: 2, retryAfterMs: null } },
    ]);
    expect(limiter.snapshot()).toEqual({
      name: 'mail',
      capacity: 1,
      refillPerSecond: 1,
      mode: 'enforce',
      tokens: 0,
      waiting: 0,
      admitted: 1,
      rejected: 2,
    });
    expect([...limiter.metrics()].map(({ value, labels }) => [labels?.outcome, value])).toEqual([
      ['admitted', 1],
      ['rejected', 2],
    ]);
  });
});
