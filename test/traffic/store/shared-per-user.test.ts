import { isBreakwaterError } from 'breakwater/core';
import { PerUserRateLimiter, SharedPerUserRateLimiter } from 'breakwater/rate-limiter';
import { seededRandom } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';
import { type Options, perUserSetup as setup } from './setup.js';

describe('SharedPerUserRateLimiter with a store that answers', () => {
  it('TRA-31 is one bucket for all processes, by the clock of the store', async () => {
    const { make, clock } = setup();
    const [here, there] = [make(), make()];
    for (let i = 0; i < 5; i++) {
      expect(await here.check('ann')).toMatchObject({ allowed: true, remaining: 9 - 2 * i, source: 'store' });
      expect(await there.check('ann')).toMatchObject({ allowed: true, remaining: 8 - 2 * i, degraded: false });
    }
    expect(await here.check('ann')).toEqual({
      allowed: false,
      limit: 10,
      remaining: 0,
      retryAfterMs: 1_000,
      resetAfterMs: 10_000,
      cost: 1,
      policy: 'api',
      violated: ['api'],
      source: 'store',
      degraded: false,
      shadow: false,
    });
    clock.advance(999);
    expect(await there.check('ann')).toMatchObject({ allowed: false, retryAfterMs: 1 });
    clock.advance(1);
    expect(await there.check('ann')).toMatchObject({ allowed: true });
    expect(await here.check('ben')).toMatchObject({ allowed: true, remaining: 9 });
  });

  it('TRA-40 admits exactly the capacity of many calls at once', async () => {
    const { make } = setup();
    const processes = Array.from({ length: 8 }, () => make({ capacity: 100 }));
    const decisions = await Promise.all(
      processes.flatMap((limiter) => Array.from({ length: 500 }, () => limiter.check('ann'))),
    );
    expect(decisions.filter(({ allowed }) => allowed)).toHaveLength(100);
  });

  it('decides as the limiter of one process does, over a random trace', async () => {
    const { make, clock } = setup();
    const options = { capacity: 7, refillPerSecond: 100 / 60 };
    const shared = make(options);
    const single = new PerUserRateLimiter({ name: 'api', ...options, clock });
    const random = seededRandom(7);
    for (let i = 0; i < 500; i++) {
      clock.advance(Math.floor(random.next() * 3) * 600);
      const [key, cost] = [`user${String(Math.floor(random.next() * 3))}`, Math.floor(random.next() * 9)];
      const [theirs, ours] = [single.check(key, { cost }), await shared.check(key, { cost })];
      expect({ ...ours, source: '', resetAfterMs: 0, retryAfterMs: 0 }).toEqual({
        ...theirs,
        source: '',
        resetAfterMs: 0,
        retryAfterMs: 0,
      });
      expect(ours.retryAfterMs).toBeCloseTo(theirs.retryAfterMs, 2);
      expect(ours.resetAfterMs).toBeCloseTo(theirs.resetAfterMs, 2);
    }
  });

  it('TRA-46 takes from several limiters in one step, or from none', async () => {
    const { make, asked } = setup();
    const user = make({ name: 'user', capacity: 5 });
    const team = make({ name: 'team', capacity: 3 });
    const also = [{ limiter: team, key: 'red', cost: 2 }];
    await user.check('warm-up');
    const before = asked('take');
    expect(await user.check('ann', { also })).toMatchObject({ allowed: true, policy: 'team', remaining: 1 });
    expect(asked('take') - before).toBe(1);
    expect(await user.check('ann', { also })).toMatchObject({
      allowed: false,
      violated: ['team'],
      retryAfterMs: 1_000,
    });
    expect([(await user.peek('ann')).remaining, (await team.peek('red')).remaining]).toEqual([4, 1]);
    expect([user.snapshot(), team.snapshot()]).toMatchObject([
      { admitted: 2, rejected: 0 },
      { admitted: 1, rejected: 1 },
    ]);
  });

  it('takes from the others when one that refuses is in shadow mode, and says so', async () => {
    const { make } = setup();
    const user = make({ name: 'user', capacity: 5 });
    const team = make({ name: 'team', capacity: 2, mode: 'shadow' });
    const also = [{ limiter: team, key: 'red', cost: 3 }];
    expect(await user.check('ann', { also })).toMatchObject({ allowed: true, shadow: true, violated: ['team'] });
    expect([(await user.peek('ann')).remaining, (await team.peek('red')).remaining]).toEqual([4, 2]);
  });

  it('TRA-14 TRA-16 looks without taking, and a cost that fits passes after one that does not', async () => {
    const { make } = setup();
    const limiter = make();
    await limiter.check('ann', { cost: 8 });
    expect(await limiter.peek('ann')).toMatchObject({ allowed: true, remaining: 2, cost: 0 });
    expect(await limiter.check('ann', { cost: 5 })).toMatchObject({ allowed: false, remaining: 2 });
    expect(await limiter.check('ann', { cost: 1 })).toMatchObject({ allowed: true, remaining: 1 });
    expect(await limiter.check('ann', { cost: 11 })).toMatchObject({ allowed: false, retryAfterMs: Infinity });
  });

  it('fills a bucket again with reset', async () => {
    const { make } = setup();
    const limiter = make();
    await limiter.check('ann', { cost: 10 });
    await limiter.reset('ann');
    expect(await limiter.peek('ann')).toMatchObject({ remaining: 10 });
  });

  it('has limits of their own for some keys, also those that cannot be counted', async () => {
    const { make } = setup();
    const gold = { capacity: 100, refillPerSecond: 10 };
    const errors: unknown[] = [];
    const limiter = make({
      limitsFor: (key) =>
        key === 'gold' ? gold : key === 'never' ? { capacity: 1, refillPerSecond: 1e-10 } : undefined,
      onListenerError: (error) => errors.push(error),
    });
    expect(await limiter.check('gold', { cost: 60 })).toMatchObject({ allowed: true, limit: 100, remaining: 40 });
    expect(await limiter.check('never')).toMatchObject({ limit: 10 });
    expect(errors).toEqual([expect.objectContaining({ message: expect.stringMatching(/within ten years/) as string })]);
  });

  it('does not let keys nor names meet, whatever they are made of (TRA-59)', async () => {
    const { make } = setup();
    const limiters = [make({ name: 'a' }), make({ name: 'a:b' }), make({ name: 'per-user-rate-limiter:a' })];
    const keys = [
      'b:c',
      'c',
      '__proto__',
      'constructor',
      '\ud800',
      '\ud801',
      'é',
      'e\u0301',
      '{x}',
      'x'.repeat(10_000),
    ];
    for (const limiter of limiters) {
      for (const key of keys) expect(await limiter.check(key)).toMatchObject({ remaining: 9 });
    }
  });

  it('tells nobody who has the store which keys are in it, with a secret', async () => {
    const { make, store } = setup();
    const seen: string[] = [];
    const take = store.take.bind(store);
    store.take = (rules) => {
      seen.push(...rules.map(({ group, subject }) => `${group} ${subject}`));
      return take(rules);
    };
    const secret = 'a secret that all replicas have';
    await make().check('ann@example.org');
    await make({ keySecret: secret }).check('ann@example.org');
    await make({ keySecret: secret }).check('ann@example.org');
    expect(seen.join()).not.toMatch(/ann/);
    expect(seen[0]).toMatch(/^[\w-]{11} [\w-]{22}$/);
    expect(seen[1]).toBe(seen[2]);
    expect(seen[0]).not.toBe(seen[1]);
  });

  it('TRA-80 blocks and frees a key in all processes, within a second', async () => {
    const { make, clock, asked } = setup();
    const [here, there] = [make(), make()];
    const told: unknown[] = [];
    there.on('rejected', (event) => told.push([event.key, event.reason, event.decision.source]));
    await here.block('ann', 60_000, 'password=hunter2 guessing');
    expect(await there.check('ann')).toMatchObject({ allowed: false, source: 'ban', retryAfterMs: 60_000 });
    expect(told).toEqual([['ann', 'password=[secret] guessing', 'ban']]);
    clock.advance(500);
    await there.check('ben');
    await clock.advanceAsync(0);
    const before = asked('take');
    expect(await there.check('ann')).toMatchObject({ allowed: false, retryAfterMs: 59_500 });
    expect(asked('take'), 'a block that is known costs no question').toBe(before);
    await here.unblock('ann');
    clock.advance(1_000);
    expect(await there.check('ann')).toMatchObject({ allowed: true, remaining: 9 });
  });

  it('frees a key also where nobody asked for an hour', async () => {
    const { make, clock } = setup();
    const [here, there] = [make(), make()];
    await here.block('ann', 7_200_000, 'x');
    await there.check('ann');
    await there.check('ben');
    await clock.advanceAsync(1_000);
    await here.unblock('ann');
    clock.advance(3_600_000);
    for (let i = 0; i < 3; i++) {
      expect(await there.check('ann')).toMatchObject({ allowed: true });
      await clock.advanceAsync(600);
    }
  });

  it.each([
    ['no key', (limiter: SharedPerUserRateLimiter) => limiter.check('')],
    ['a number', (limiter: SharedPerUserRateLimiter) => limiter.check(7 as unknown as string)],
    ['half a cost', (limiter: SharedPerUserRateLimiter) => limiter.check('a', { cost: 0.5 })],
    ['no cost at all (TRA-17)', (limiter: SharedPerUserRateLimiter) => limiter.check('a', { cost: NaN })],
    ['options that are none', (limiter: SharedPerUserRateLimiter) => limiter.check('a', 2 as never)],
    ['an endless block', (limiter: SharedPerUserRateLimiter) => limiter.block('a', Infinity, 'x')],
    ['a block without reason', (limiter: SharedPerUserRateLimiter) => limiter.block('a', 1, undefined as never)],
    ['itself as well', (limiter: SharedPerUserRateLimiter) => limiter.check('a', { also: [{ limiter, key: 'b' }] })],
    [
      'one of a single process',
      (limiter: SharedPerUserRateLimiter) => {
        const single = new PerUserRateLimiter({ capacity: 1, refillPerSecond: 1 });
        return limiter.check('a', { also: [{ limiter: single as never, key: 'b' }] });
      },
    ],
    [
      'one of another store',
      (limiter: SharedPerUserRateLimiter) =>
        limiter.check('a', { also: [{ limiter: setup().make({ name: 'b' }), key: 'b' }] }),
    ],
  ])('refuses %s, and asks for nothing', async (_, call) => {
    const { make, asked } = setup();
    const limiter = make();
    await expect(call(limiter)).rejects.toSatisfy((error) => isBreakwaterError(error, 'BREAKWATER_INVALID_ARGUMENT'));
    expect(asked('take') + asked('mark')).toBe(0);
  });

  it.each([
    [{ store: undefined }, /store is required: it must be a LimitStore/],
    [{ store: { take: () => undefined } }, /store must have the method count\(\), record\(\)/],
    [{ instances: undefined }, /instances is required with onStoreError 'local'/],
    [{ instances: 11 }, /capacity must be at least instances, 11/],
    [{ refillPerSecond: 0 }, /refillPerSecond must be more than 0/],
    [{ refillPerSecond: 1e-10 }, /within ten years/],
    [{ keySecret: 'short' }, /keySecret must be text of at least 16 characters, got 5/],
    [{ storeTimeoutMs: 0 }, /storeTimeoutMs must be/],
    [{ onStoreError: 'alow' }, /did you mean 'allow'\?/],
    [{ storeTimeotMs: 5 }, /did you mean storeTimeoutMs\?/],
  ])('refuses %o', (wrong, message) => {
    const { make } = setup();
    expect(() => make(wrong as Options)).toThrow(message);
  });
});
