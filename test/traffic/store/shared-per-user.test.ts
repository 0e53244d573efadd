import { isBreakwaterError } from 'breakwater/core';
import {
  PerUserRateLimiter,
  SharedPerUserRateLimiter,
  type SharedPerUserRateLimiterOptions,
} from 'breakwater/rate-limiter';
import { seededRandom } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';
import { sharedSetup } from './setup.js';

type Options = Partial<SharedPerUserRateLimiterOptions>;

function setup() {
  const made = sharedSetup();
  const make = (options: Options = {}) =>
    new SharedPerUserRateLimiter({
      name: 'api',
      capacity: 10,
      refillPerSecond: 1,
      store: made.store,
      instances: 2,
      clock: made.clock,
      ...options,
    } as SharedPerUserRateLimiterOptions);
  const lose = async (limiter: SharedPerUserRateLimiter, mode: 'hangs' | 'rejects' = 'rejects') => {
    made.state.mode = mode;
    for (let i = 0; i < 3; i++) await made.within(50, limiter.peek(`nobody${String(i)}`));
  };
  return { ...made, make, lose };
}

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

describe('SharedPerUserRateLimiter without its store', () => {
  it.each(['hangs', 'rejects', 'throws', 'lies'] as const)(
    'TRA-51 TRA-53 decides within the deadline when the store %s, and says that it was degraded',
    async (mode) => {
      const { make, state, within, clock } = setup();
      const limiter = make();
      await limiter.check('ann');
      state.mode = mode;
      const startMs = clock.now();
      const decision = await within(50, limiter.check('ann'));
      expect(decision).toMatchObject({ allowed: true, source: 'fallback', degraded: true, limit: 5 });
      expect(clock.now() - startMs).toBeLessThanOrEqual(50);
    },
  );

  it('TRA-50 TRA-52 asks once, and an answer that comes too late changes nothing here', async () => {
    const { make, state, within, asked } = setup();
    const limiter = make();
    await limiter.check('warm-up');
    state.mode = 'hangs';
    const before = asked('take');
    const decision = await within(50, limiter.check('ann'));
    expect(asked('take') - before).toBe(1);
    for (const answer of state.late) answer();
    await within(0, Promise.resolve());
    expect(decision).toMatchObject({ degraded: true });
    expect(limiter.snapshot()).toMatchObject({ admitted: 2, degraded: 1 });
  });

  it('TRA-57 all processes together admit no more than one limit', async () => {
    const { make, lose } = setup();
    const processes = Array.from({ length: 4 }, () => make({ capacity: 10, refillPerSecond: 1, instances: 4 }));
    for (const limiter of processes) await lose(limiter);
    let admitted = 0;
    for (const limiter of processes) {
      for (let i = 0; i < 10; i++) if ((await limiter.check('ann')).allowed) admitted++;
    }
    expect(admitted).toBe(8);
  });

  it('goes on from what this process has admitted already', async () => {
    const { make, lose } = setup();
    const limiter = make({ capacity: 10, refillPerSecond: 0.001, instances: 2 });
    for (let i = 0; i < 4; i++) await limiter.check('ann');
    await lose(limiter);
    const decisions = [await limiter.check('ann'), await limiter.check('ann')];
    expect(decisions).toMatchObject([{ allowed: true }, { allowed: false, source: 'fallback', violated: ['api'] }]);
    expect(await limiter.check('ben', { cost: 6 })).toMatchObject({ allowed: false, retryAfterMs: 1_000 });
    expect(await limiter.check('ben', { cost: 11 })).toMatchObject({ allowed: false, retryAfterMs: Infinity });
  });

  it('TRA-56 stops asking after three failures, tells once, and TRA-55 comes back by itself', async () => {
    const { make, lose, state, clock, asked, within } = setup();
    const limiter = make();
    const told: unknown[] = [];
    limiter.subscribe(({ type, data }) => told.push([type, data]));
    await lose(limiter);
    expect(limiter.health()).toEqual({
      status: 'DEGRADED',
      message: 'the store does not answer; each process decides by itself, with its share',
    });
    const before = asked('take');
    for (let i = 0; i < 20; i++) await within(100, limiter.check(`user${String(i)}`));
    expect(asked('take')).toBe(before);
    expect(told).toEqual([['storeLost', { name: 'api', reason: expect.stringContaining('ECONNREFUSED') as string }]]);
    expect(JSON.stringify(told)).not.toContain('hunter2secret');
    state.mode = 'well';
    clock.advance(500);
    expect(await limiter.check('ann'), 'nobody waits for the probe').toMatchObject({ source: 'fallback' });
    await clock.advanceAsync(0);
    expect(await limiter.check('ann')).toMatchObject({ source: 'store', degraded: false });
    expect(told.slice(1)).toEqual([['storeRestored', { name: 'api', lostForMs: 2_600 }]]);
    expect(limiter.health()).toEqual({ status: 'HEALTHY' });
  });

  it('asks a lost store by one probe at a time, twice a second', async () => {
    const { make, lose, state, asked, within } = setup();
    const limiter = make();
    await lose(limiter, 'hangs');
    const before = state.asked.length;
    for (let i = 0; i < 100; i++) await within(100, limiter.check('ann'));
    // In ten seconds.
    expect(state.asked.length - before).toBeGreaterThan(16);
    expect(state.asked.length - before).toBeLessThanOrEqual(20);
    expect(asked('take')).toBeLessThanOrEqual(3);
  });

  it.each([
    ['reject', { allowed: false, retryAfterMs: 1_000, violated: ['api'] }],
    ['allow', { allowed: true, retryAfterMs: 0, violated: [] }],
  ] as const)('does as it is told by %s', async (onStoreError, expected) => {
    const { make, lose } = setup();
    const limiter = make({ onStoreError, instances: undefined } as Options);
    await lose(limiter);
    for (let i = 0; i < 20; i++) {
      expect(await limiter.check('ann')).toMatchObject({ ...expected, source: 'fallback', degraded: true });
    }
  });

  it('goes on refusing those who are known to be blocked', async () => {
    const { make, lose } = setup();
    const limiter = make({ onStoreError: 'allow' });
    await limiter.block('ann', 60_000, 'x');
    await lose(limiter);
    expect(await limiter.check('ann')).toMatchObject({ allowed: false, source: 'ban', degraded: true });
    expect(await limiter.check('ben')).toMatchObject({ allowed: true });
  });

  it('takes from none of several when one refuses', async () => {
    const { make, lose } = setup();
    const user = make({ name: 'user', capacity: 10, refillPerSecond: 0.001 });
    const team = make({ name: 'team', capacity: 4, refillPerSecond: 0.001 });
    await lose(user);
    await lose(team);
    const also = [{ limiter: team, key: 'red' }];
    const allowed = [];
    for (let i = 0; i < 4; i++) allowed.push((await user.check('ann', { also })).allowed);
    expect(allowed).toEqual([true, true, false, false]);
    expect(await user.peek('ann')).toMatchObject({ remaining: 3 });
  });

  it('says that a change may not have been made', async () => {
    const { make, lose } = setup();
    const limiter = make();
    await lose(limiter);
    for (const change of [limiter.block('a', 1, 'x'), limiter.unblock('a'), limiter.reset('a')]) {
      await expect(change).rejects.toSatisfy((error) => isBreakwaterError(error, 'BREAKWATER_STORE_UNAVAILABLE'));
    }
  });

  it('keeps no timer when nothing is asked', async () => {
    const { make, lose, clock } = setup();
    const limiter = make();
    await limiter.check('ann');
    await lose(limiter, 'hangs');
    await clock.advanceAsync(10_000);
    expect(clock.pending).toBe(0);
  });
});
