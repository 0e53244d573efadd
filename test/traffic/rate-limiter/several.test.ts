import { type AlsoLimit, PerUserRateLimiter, type PerUserRateLimiterOptions } from 'breakwater/rate-limiter';
import { InvalidArgumentError } from 'breakwater/core';
import { ManualClock } from 'breakwater/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

function setup(options: Partial<PerUserRateLimiterOptions> = {}) {
  const clock = new ManualClock({ now: 1_000 });
  const make = (name: string, capacity: number, more: Partial<PerUserRateLimiterOptions> = {}) =>
    new PerUserRateLimiter({ name, capacity, refillPerSecond: 1, clock, ...options, ...more });
  return { clock, make, user: make('user', 5), team: make('team', 3) };
}

describe('several limits for one call', () => {
  it('take from all, and the answer is that of the one that leaves least', () => {
    const { user, team } = setup();
    const also = [{ limiter: team, key: 'red' }];
    expect(user.check('ann', { also })).toMatchObject({
      allowed: true,
      policy: 'team',
      limit: 3,
      remaining: 2,
      violated: [],
    });
    expect(user.check('ann', { cost: 3, also: [{ limiter: team, key: 'red', cost: 0 }] })).toMatchObject({
      allowed: true,
      policy: 'user',
      remaining: 1,
      cost: 3,
    });
    expect([user.peek('ann').remaining, team.peek('red').remaining]).toEqual([1, 2]);
  });

  it('TRA-46 where one refuses none is charged, and only the one that refuses counts a refusal', () => {
    const { user, team } = setup();
    const told: string[] = [];
    for (const limiter of [user, team]) limiter.on('rejected', (event) => told.push(event.limiter));
    const also = [{ limiter: team, key: 'red', cost: 4 }];
    expect(user.check('ann', { also })).toMatchObject({
      allowed: false,
      policy: 'team',
      retryAfterMs: Infinity,
      violated: ['team'],
    });
    expect([user.size, team.size, told]).toEqual([0, 0, ['team']]);
    expect([user.snapshot(), team.snapshot()]).toMatchObject([
      { admitted: 0, rejected: 0 },
      { admitted: 0, rejected: 1 },
    ]);
  });

  it('TRA-47 names all that refuse, with the longest wait', () => {
    const { user, team, make } = setup();
    const global = make('everybody', 100);
    user.check('ann', { cost: 5 });
    team.check('red', { cost: 2 });
    const also = [
      { limiter: team, key: 'red', cost: 3 },
      { limiter: global, key: 'all' },
    ];
    expect(user.check('ann', { also })).toMatchObject({
      allowed: false,
      policy: 'team',
      retryAfterMs: 2_000,
      violated: ['user', 'team'],
    });
    expect(global.size).toBe(0);
  });

  it.each([
    ['one by the same name', (user: PerUserRateLimiter) => [{ limiter: user, key: 'x' }], /second one named 'user'/],
    ['no limiter', () => [{ limiter: {}, key: 'x' }], /also\[0\].limiter must be a PerUserRateLimiter, got an object/],
    ['nothing', () => [undefined], /also\[0\].limiter must be/],
    ['no list', () => 'team', /also must be a list, got a string/],
    ['too many', () => Array.from({ length: 1_000 }, () => ({})), /also must have at most 999 entries, got 1000/],
    ['no key', (_: PerUserRateLimiter, team: PerUserRateLimiter) => [{ limiter: team }], /key must be text/],
    [
      'half a cost',
      (_: PerUserRateLimiter, team: PerUserRateLimiter) => [{ limiter: team, key: 'x', cost: 0.5 }],
      /cost/,
    ],
  ])('TRA-47 refuse %s, and nothing is taken', (_, also, text) => {
    const { user, team } = setup();
    const given = also(user, team) as unknown as AlsoLimit[];
    expect(() => user.check('ann', { also: given })).toThrow(InvalidArgumentError);
    expect(() => user.check('ann', { also: given })).toThrow(text);
    expect([user.size, team.size, user.snapshot().rejected]).toEqual([0, 0, 0]);
  });

  it('one in shadow mode refuses nothing, takes nothing for what it would have, and says so', () => {
    const { user, make } = setup();
    const tried = make('tried', 1, { mode: 'shadow' });
    const also = [{ limiter: tried, key: 'ann' }];
    expect(user.check('ann', { also })).toMatchObject({ allowed: true, shadow: false });
    expect(user.check('ann', { also })).toMatchObject({ allowed: true, shadow: true, violated: ['tried'] });
    expect([user.peek('ann').remaining, tried.snapshot().rejected]).toEqual([3, 1]);
  });

  it('a block on one refuses the call', () => {
    const { user, team } = setup();
    team.block('red', 60_000, 'invoice');
    expect(user.check('ann', { also: [{ limiter: team, key: 'red' }] })).toMatchObject({
      allowed: false,
      source: 'ban',
      policy: 'team',
      retryAfterMs: 60_000,
    });
    expect(user.size).toBe(0);
  });

  it('admit exactly what each of them alone would, all of them together', () => {
    const calls = fc.array(
      fc.record({
        user: fc.constantFrom('a', 'b'),
        team: fc.constantFrom('x', 'y'),
        costs: fc.tuple(fc.nat(3), fc.nat(3)),
        waitMs: fc.nat(2_000),
      }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(calls, (all) => {
        const { clock, user, team, make } = setup();
        const [otherUser, otherTeam] = [make('user', 5), make('team', 3)];
        for (const { user: ann, team: red, costs, waitMs } of all) {
          clock.advance(waitMs);
          // First asked each alone what it would say, then told to take when both agree.
          const fits = [otherUser.peek(ann).remaining >= costs[0], otherTeam.peek(red).remaining >= costs[1]];
          if (fits.every(Boolean)) {
            otherUser.check(ann, { cost: costs[0] });
            otherTeam.check(red, { cost: costs[1] });
          }
          const decision = user.check(ann, { cost: costs[0], also: [{ limiter: team, key: red, cost: costs[1] }] });
          expect(decision.allowed).toBe(fits.every(Boolean));
          expect(user.peek(ann)).toEqual(otherUser.peek(ann));
          expect(team.peek(red)).toEqual(otherTeam.peek(red));
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('limits that differ by key', () => {
  const gold = { capacity: 50, refillPerSecond: 10 };

  it('apply to the keys that have them, the usual ones to all others', () => {
    const { clock, make } = setup();
    const asked: string[] = [];
    const limitsFor = (key: string) => (asked.push(key), key.startsWith('gold') ? gold : undefined);
    const limiter = make('plans', 5, { limitsFor });
    expect(limiter.check('gold-1', { cost: 20 })).toMatchObject({ allowed: true, limit: 50, remaining: 30 });
    expect(limiter.check('ann', { cost: 20 })).toMatchObject({ allowed: false, limit: 5, retryAfterMs: Infinity });
    limiter.check('gold-1', { cost: 30 });
    expect(limiter.check('gold-1').retryAfterMs).toBeCloseTo(100, 6);
    clock.advance(1_000);
    expect([limiter.peek('gold-1').remaining, limiter.peek('ann').remaining]).toEqual([10, 5]);
    // By the key itself, however long it is.
    limiter.check('x'.repeat(500));
    expect(asked.at(-1)).toHaveLength(500);
  });

  it('that change keep the time until the bucket is full, at most that of an empty one', () => {
    let plan: { capacity: number; refillPerSecond: number } | undefined = { capacity: 10, refillPerSecond: 1 };
    const { clock, make } = setup();
    const limiter = make('plans', 5, { limitsFor: () => plan });
    limiter.check('ann', { cost: 10 });
    clock.advance(2_000);
    // Eight seconds until full.
    plan = { capacity: 100, refillPerSecond: 10 };
    expect(limiter.peek('ann')).toMatchObject({ remaining: 20, resetAfterMs: 8_000 });
    plan = { capacity: 5, refillPerSecond: 1 };
    expect(limiter.peek('ann')).toMatchObject({ remaining: 0, resetAfterMs: 5_000 });
    clock.advance(1_000);
    plan.capacity = 50;
    expect(limiter.peek('ann')).toMatchObject({ limit: 50, remaining: 43 });
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no plan');
      },
      /no plan/,
    ],
    ['answers with a promise', () => Promise.resolve(gold), /must answer at once, .* got a promise/],
    ['answers with text', () => 'gold', /got a string/],
    ['answers with null', () => null, /got null/],
    ['answers with half', () => ({ capacity: 5 }), /refillPerSecond/],
    ['answers with a bucket that never fills', () => ({ capacity: 5, refillPerSecond: 0 }), /must be more than 0/],
    ['answers with NaN', () => ({ capacity: NaN, refillPerSecond: 1 }), /capacity must be an integer/],
  ])('are the usual ones, with a report, when the function %s', async (_, limitsFor, text) => {
    const reported: unknown[] = [];
    const { make } = setup({ onListenerError: (error) => reported.push(error) });
    const limiter = make('plans', 5, { limitsFor: limitsFor as never });
    expect(limiter.check('ann')).toMatchObject({ allowed: true, limit: 5 });
    await Promise.resolve();
    expect(reported.map(String)).toEqual([expect.stringMatching(text)]);
  });

  it('cannot stand beside a bucket that is used once', () => {
    const { make } = setup();
    expect(() => make('plans', 5, { refillPerSecond: 0, limitsFor: () => gold })).toThrow(/must be more than 0/);
    expect(() => make('plans', 5, { limitsFor: 'gold' as never })).toThrow(/limitsFor must be a function/);
  });
});
