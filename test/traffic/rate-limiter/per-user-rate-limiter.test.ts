import { PerUserRateLimiter, type PerUserRateLimiterOptions } from 'breakwater/rate-limiter';
import { InvalidArgumentError, InvalidOptionsError } from 'breakwater/core';
import { ManualClock } from 'breakwater/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

function setup(options: Partial<PerUserRateLimiterOptions> = {}) {
  const clock = new ManualClock({ now: 1_000 });
  const limiter = new PerUserRateLimiter({ capacity: 10, refillPerSecond: 1, clock, ...options });
  const admitted = (key: string, times: number): number =>
    Array.from({ length: times }, () => limiter.check(key)).filter(({ allowed }) => allowed).length;
  return { clock, limiter, admitted };
}

describe('PerUserRateLimiter', () => {
  it('gives each key a bucket of its own', () => {
    const { clock, limiter, admitted } = setup();
    expect([admitted('a', 11), admitted('b', 11)]).toEqual([10, 10]);
    clock.advance(3_000);
    expect([admitted('a', 5), limiter.size]).toEqual([3, 2]);
  });

  it('TRA-14 looking creates no key and changes none', () => {
    const { limiter } = setup();
    expect(limiter.peek('nobody')).toMatchObject({ allowed: true, remaining: 10, cost: 0 });
    expect(limiter.check('nobody', { cost: 0 })).toMatchObject({ allowed: true });
    expect(limiter.size).toBe(0);
    limiter.check('a', { cost: 4 });
    expect([limiter.peek('a').remaining, limiter.peek('a').remaining]).toEqual([6, 6]);
  });

  it('TRA-13 TRA-15 TRA-16 a refused call takes nothing and creates no key', () => {
    const { limiter } = setup();
    expect(limiter.check('a', { cost: 11 })).toMatchObject({ allowed: false, retryAfterMs: Infinity, remaining: 10 });
    expect(limiter.size).toBe(0);
    limiter.check('a', { cost: 8 });
    expect(limiter.check('a', { cost: 5 })).toMatchObject({
      allowed: false,
      remaining: 2,
      retryAfterMs: 3_000,
      violated: ['per-user'],
    });
    expect(limiter.check('a')).toMatchObject({ allowed: true, remaining: 1 });
  });

  it.each([NaN, -3, 0.5, '2'])('TRA-17 a cost of %s is refused', (cost) => {
    expect(() => setup().limiter.check('a', { cost: cost as number })).toThrow(InvalidArgumentError);
  });

  it.each([undefined, null, '', 7, {}])('TRA-76 a missing identity (%j) is an error, never a bucket for all', (key) => {
    const { limiter } = setup();
    expect(() => limiter.check(key as string)).toThrow(InvalidArgumentError);
    expect(limiter.size).toBe(0);
  });

  it('TRA-27 keys that are names of an object are keys like others', () => {
    const { limiter, admitted } = setup();
    for (const key of ['__proto__', 'constructor', 'toString', '*']) expect(admitted(key, 11)).toBe(10);
    limiter.reset('*');
    expect(limiter.size).toBe(3);
  });

  it('TRA-29 a clock that steps back mints nothing, for any key', () => {
    const { clock, admitted } = setup();
    admitted('a', 10);
    clock.set(-1e6);
    expect(admitted('a', 1)).toBe(0);
    clock.set(1_000);
    expect(admitted('a', 1)).toBe(0);
  });

  it("TRA-39 reset and unblock of '*' are those of the key named '*', and of no other", () => {
    const { limiter, admitted } = setup({ capacity: 1 });
    const keys = ['*', 'a', 'a*', '?', '%', '[a-z]'];
    for (const key of keys) admitted(key, 1);
    limiter.reset('*');
    expect(keys.map((key) => limiter.peek(key).remaining)).toEqual([1, 0, 0, 0, 0, 0]);
    limiter.block('*', 1_000, 'x');
    limiter.block('a', 1_000, 'x');
    limiter.unblock('*');
    expect(keys.slice(0, 2).map((key) => limiter.peek(key).allowed)).toEqual([true, false]);
  });

  it('TRA-41 two calls of one moment have answers of their own', () => {
    const { limiter } = setup();
    const [first, second] = [limiter.check('a'), limiter.check('a')];
    expect([first.remaining, second.remaining]).toEqual([9, 8]);
  });

  it('TRA-43 filling the bucket of who is not known, or no longer, remembers nobody', () => {
    const { limiter, admitted } = setup({ maxKeys: 1 });
    limiter.reset('nobody');
    limiter.unblock('nobody');
    admitted('a', 1);
    admitted('b', 1);
    limiter.reset('a');
    limiter.unblock('a');
    expect([limiter.size, limiter.peek('a').remaining, limiter.peek('b').remaining]).toEqual([1, 10, 9]);
  });

  it('TRA-34 enforces a window of thirty days', () => {
    const { clock, admitted } = setup({ capacity: 2, refillPerSecond: 2 / (30 * 86_400) });
    expect(admitted('a', 3)).toBe(2);
    clock.advance(14 * 86_400_000);
    expect(admitted('a', 1)).toBe(0);
    clock.advance(86_400_000);
    expect(admitted('a', 2)).toBe(1);
  });

  it('TRA-77 junk keys do not push out a key that is near its limit', () => {
    const { limiter, admitted } = setup({ maxKeys: 500 });
    admitted('attacker', 10);
    for (let i = 0; i < 50_000; i++) limiter.check(`junk-${String(i)}`);
    expect(limiter.size).toBe(500);
    expect(admitted('attacker', 1)).toBe(0);
    expect(limiter.snapshot().evictedKeys).toBe(50_001 - 500);
  });

  it('never holds more than maxKeys, whatever keys come', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.tuple(fc.nat(60), fc.nat(3_000)), { maxLength: 200 }),
        (maxKeys, calls) => {
          const { clock, limiter } = setup({ maxKeys, capacity: 3 });
          for (const [key, waitMs] of calls) {
            limiter.check(`key-${String(key)}`);
            clock.advance(waitMs);
            expect(limiter.size).toBeLessThanOrEqual(maxKeys);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('stores long keys as digests: different ones stay different, none is kept', () => {
    const { limiter, admitted } = setup({ capacity: 1 });
    const long = 'x'.repeat(1_000_000);
    const told: string[] = [];
    limiter.on('rejected', ({ key }) => told.push(key));
    expect([admitted(`${long}a`, 2), admitted(`${long}b`, 1)]).toEqual([1, 1]);
    expect(told).toEqual([expect.stringMatching(/^digest:[0-9a-f]{32}$/)]);
    const at128 = 'y'.repeat(128);
    admitted(at128, 2);
    expect(told[1]).toBe(at128);
    admitted(`${at128}z`, 2);
    expect(told[2]).toMatch(/^digest:/);
  });

  it('blocks a key for a time, whatever its bucket holds', () => {
    const { clock, limiter } = setup();
    const told: unknown[] = [];
    limiter.on('rejected', (event) => told.push(event));
    limiter.block('a', 5_000, 'leaked token=abcd1234');
    expect(limiter.check('a')).toMatchObject({ allowed: false, source: 'ban', retryAfterMs: 5_000 });
    expect(limiter.peek('a')).toMatchObject({ allowed: false, source: 'ban' });
    expect(limiter.check('b').allowed).toBe(true);
    expect(told).toMatchObject([{ key: 'a', reason: 'leaked token=[secret]' }]);
    clock.advance(4_999);
    expect(limiter.check('a').allowed).toBe(false);
    clock.advance(1);
    expect(limiter.check('a')).toMatchObject({ allowed: true, source: 'local' });
    expect(limiter.snapshot().blockedKeys).toBe(0);
  });

  it('promises a blocked key no sooner than its bucket lets it pass', () => {
    const { clock, limiter, admitted } = setup({ capacity: 10, refillPerSecond: 1 });
    admitted('a', 10);
    limiter.block('a', 1_000, 'x');
    const ask = (cost: number) => limiter.check('a', { cost });
    expect(ask(10)).toMatchObject({ source: 'ban', remaining: 0, retryAfterMs: 10_000, resetAfterMs: 10_000 });
    expect(ask(1)).toMatchObject({ retryAfterMs: 1_000, resetAfterMs: 10_000 });
    expect(ask(11).retryAfterMs).toBe(Infinity);
    expect(limiter.peek('a')).toMatchObject({ retryAfterMs: 1_000, resetAfterMs: 10_000 });
    limiter.block('a', 60_000, 'x');
    expect(ask(10)).toMatchObject({ retryAfterMs: 60_000, resetAfterMs: 60_000 });
    limiter.block('a', 1_000, 'x');
    clock.advance(9_999);
    expect(ask(10)).toMatchObject({ source: 'local', retryAfterMs: 1 });
    clock.advance(1);
    expect(ask(10).allowed).toBe(true);
  });

  it('knows a blocked key by its own limits', () => {
    const limitsFor = () => ({ capacity: 2, refillPerSecond: 1 });
    const { limiter } = setup({ capacity: 10, refillPerSecond: 1, limitsFor });
    limiter.block('a', 1_000, 'x');
    expect(limiter.check('a', { cost: 3 })).toMatchObject({ source: 'ban', limit: 2, retryAfterMs: Infinity });
  });

  it('unblock lifts the block and clears the count; a block may last until then', () => {
    const { clock, limiter, admitted } = setup();
    admitted('a', 10);
    limiter.block('a', Infinity, 'abuse');
    clock.advance(1e10);
    expect(limiter.check('a').retryAfterMs).toBe(Infinity);
    limiter.unblock('a');
    expect(admitted('a', 11)).toBe(10);
    for (const ms of [0, -1, NaN, '5'])
      expect(() => {
        limiter.block('a', ms as number, 'x');
      }).toThrow(InvalidArgumentError);
  });

  it('in shadow mode admits everything and marks it', () => {
    const { limiter } = setup({ capacity: 1, mode: 'shadow' });
    limiter.check('a');
    expect(limiter.check('a')).toMatchObject({ allowed: true, shadow: true, violated: ['per-user'] });
    limiter.block('b', 1_000, 'x');
    expect(limiter.check('b')).toMatchObject({ allowed: true, shadow: true, source: 'ban' });
  });

  it('a rate of 0 makes buckets that are used once', () => {
    const { clock, admitted } = setup({ capacity: 3, refillPerSecond: 0 });
    expect(admitted('a', 5)).toBe(3);
    clock.advance(1e12);
    expect(admitted('a', 1)).toBe(0);
  });

  it('tells refusals without the key, and totals', () => {
    const { limiter } = setup({ capacity: 1 });
    const told: unknown[] = [];
    limiter.subscribe((event) => told.push(event));
    limiter.check('alice@example.com');
    limiter.check('alice@example.com');
    expect(told).toMatchObject([{ type: 'rejected', data: { limiter: 'per-user', source: 'local' } }]);
    expect(JSON.stringify([told, limiter.snapshot(), [...limiter.metrics()]])).not.toContain('alice');
    expect(limiter.snapshot()).toMatchObject({ keys: 1, admitted: 1, rejected: 1, maxKeys: 100_000 });
  });

  it('names every wrong option', () => {
    expect(
      () => new PerUserRateLimiter({ capacity: 1.5, refillPerSecond: 1, maxKey: 5, limitsFor: () => 1 } as never),
    ).toThrow(InvalidOptionsError);
    expect(() => new PerUserRateLimiter({ capacity: 1, refillPerSecond: 1, maxKey: 5 } as never)).toThrow(
      'did you mean maxKeys?',
    );
  });
});
