import { isBreakwaterError } from 'breakwater/core';
import { describe, expect, it } from 'vitest';
import { type Options, perUserSetup as setup } from './setup.js';

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
    // In two seconds; each probe takes from a bucket of nobody's.
    expect(asked('take') - before).toBeLessThanOrEqual(4);
    expect(told).toEqual([['storeLost', { name: 'api', reason: expect.stringContaining('ECONNREFUSED') as string }]]);
    expect(JSON.stringify(told)).not.toContain('hunter2secret');
    state.mode = 'well';
    clock.advance(500);
    expect(await limiter.check('ann'), 'nobody waits for the probe').toMatchObject({ source: 'fallback' });
    await clock.advanceAsync(0);
    expect(await limiter.check('ann')).toMatchObject({ source: 'store', degraded: false });
    expect(told.slice(1)).toEqual([['storeRestored', { name: 'api', lostForMs: 2_550 }]]);
    expect(limiter.health()).toEqual({ status: 'HEALTHY' });
  });

  it('asks a lost store by one probe at a time, twice a second', async () => {
    const { make, lose, state, within } = setup();
    const limiter = make();
    await lose(limiter, 'hangs');
    const before = state.asked.length;
    for (let i = 0; i < 100; i++) await within(100, limiter.check('ann'));
    // In ten seconds; each probe asks for news and takes from a bucket of nobody's.
    expect(state.asked.length - before).toBeGreaterThan(32);
    expect(state.asked.length - before).toBeLessThanOrEqual(40);
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
