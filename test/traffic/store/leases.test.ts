import type { Clock } from 'breakwater/core';
import { describe, expect, it } from 'vitest';
import { LEASES, leaseSetup as setup, times } from './lease-setup.js';

describe('leases', () => {
  it('are for keys that come often: what is seen now and then takes none', async () => {
    const { make, calls, clock, costs } = setup();
    const limiter = make();
    expect(await calls(limiter, 2)).toEqual(times(2, 'store'));
    for (let i = 0; i < 5; i++) {
      clock.advance(300);
      expect(await calls(limiter, 1, 1, 'ben')).toEqual(['store']);
    }
    clock.advance(501);
    expect(await calls(limiter, 2)).toEqual(times(2, 'store'));
    expect(costs()).toEqual(times(9, '').map(() => 1));
    expect(clock.pending).toBe(0);
  });

  it('given back by smaller limits make no tokens for larger ones', async () => {
    const { make, clock } = setup();
    const limits = { refillPerSecond: 0.01, leaseTokens: 10 };
    const [small, large] = [make({ ...limits, capacity: 200 }), make({ ...limits, capacity: 400 })];
    let admitted = 0;
    for (let i = 0; i < 20; i++) {
      if ((await small.check('ann')).allowed) admitted++;
      await clock.advanceAsync(0);
    }
    expect(small.snapshot().leasedTokens).toBeGreaterThan(0);
    const drain = async (): Promise<void> => {
      while ((await large.check('ann')).allowed) {
        admitted++;
        await clock.advanceAsync(0);
      }
    };
    await drain();
    await small.close();
    await drain();
    expect(admitted).toBe(400);
  });

  it('admit without a question, grow as they are used up, and say what is left', async () => {
    const { make, calls, clock, costs, left } = setup();
    const limiter = make();
    expect(await calls(limiter, 3)).toEqual(times(3, 'store'));
    expect(costs()).toEqual([1, 1, 1, 3]);
    expect(await limiter.check('ann', { cost: 2 })).toEqual({
      allowed: true,
      limit: 1_000,
      remaining: 995,
      retryAfterMs: 0,
      resetAfterMs: 60,
      cost: 2,
      policy: 'api',
      violated: [],
      source: 'lease',
      degraded: false,
      shadow: false,
    });
    expect(await calls(limiter, 96)).toEqual(times(96, 'lease'));
    expect(costs()).toEqual([1, 1, 1, 3, 6, 11, 22, 43, 85]);
    expect(limiter.snapshot()).toMatchObject({ admitted: 100, rejected: 0, degraded: 0, leased: 97, leasedTokens: 72 });
    expect(await left()).toBe(1_000 - 101 - 72);
    expect(clock.pending).toBe(1);
  });

  it('go back at their end, by one timer, and are smaller then, or none', async () => {
    const { make, calls, clock, costs, left } = setup();
    const limiter = make();
    for (const key of ['ann', 'ben']) await calls(limiter, 30, 1, key);
    expect([limiter.snapshot().leasedTokens, clock.pending]).toEqual([30, 1]);
    clock.advance(499);
    expect(limiter.snapshot().leasedTokens).toBe(30);
    await clock.advanceAsync(1);
    expect([limiter.snapshot().leasedTokens, clock.pending]).toEqual([0, 0]);
    expect(costs().slice(-2)).toEqual([-15, -15]);
    clock.advance(1_000);
    expect([await left('ann'), await left('ben')]).toEqual([1_000, 1_000]);
    expect(await calls(limiter, 2)).toEqual(times(2, 'store'));
  });

  it('never hold more than leaseTokens, nor last longer than leaseMs', async () => {
    const { make, calls, clock, costs } = setup();
    const limiter = make({ capacity: 100_000, leaseTokens: 40, leaseMs: 100 });
    let most = 0;
    for (let ms = 0; ms < 350; ms++) {
      await calls(limiter, 3);
      most = Math.max(most, limiter.snapshot().leasedTokens);
      clock.advance(1);
    }
    expect([most, Math.max(...costs()) <= 40]).toEqual([40, true]);
    await clock.advanceAsync(100);
    expect([limiter.snapshot().leasedTokens, clock.pending]).toEqual([0, 0]);
  });

  it('leave decisions near the limit to the store, which then has every token that there is', async () => {
    const { make, calls, clock } = setup();
    const [here, there] = [make({ capacity: 200, refillPerSecond: 1 }), make({ capacity: 200, refillPerSecond: 1 })];
    let admitted = 0;
    for (let i = 0; i < 150; i++) {
      for (const limiter of [here, there]) {
        if ((await limiter.check('ann')).allowed) admitted++;
        await clock.advanceAsync(0);
      }
    }
    expect(admitted).toBe(200);
    expect(await calls(here, 1)).toEqual(['store']);
  });

  it('are no more than is left in the store for everybody else', async () => {
    const { make, calls, costs } = setup();
    const limiter = make({ capacity: 12, refillPerSecond: 0.001, leaseTokens: 12 });
    const sources = await calls(limiter, 13);
    expect(costs()).toEqual([1, 1, 1, 3, 3, 1, 1, 1, 1]);
    expect(sources.slice(3)).toEqual([...times(6, 'lease'), ...times(4, 'store')]);
    const other = make({ name: 'other', capacity: 100, refillPerSecond: 0.001, leaseTokens: 100 });
    for (let i = 0; i < 100; i++) {
      expect(await calls(other, 1)).not.toEqual(['local']);
      expect(other.snapshot().leasedTokens).toBeLessThanOrEqual((await other.peek('ann')).remaining);
    }
    expect(other.snapshot()).toMatchObject({ admitted: 100, rejected: 0 });
    expect(other.snapshot().leased).toBeGreaterThan(80);
  });

  it('never keep a process alive', async () => {
    const { make, calls, clock } = setup();
    const asked: (boolean | undefined)[] = [];
    const watched: Clock = {
      now: () => clock.now(),
      wallNow: () => clock.wallNow(),
      schedule: (fn, delayMs, options) => {
        const cancel = clock.schedule(fn, delayMs);
        if (delayMs !== LEASES.leaseMs) return cancel;
        asked.push(options?.hold);
        return Object.assign(
          () => {
            cancel();
          },
          { hold: (hold: boolean) => asked.push(hold) },
        );
      },
    };
    const limiter = make({ clock: watched });
    await calls(limiter, 20);
    expect(asked.length).toBeGreaterThan(0);
    expect(asked).not.toContain(true);
    await limiter.close();
    expect(clock.pending).toBe(0);
  });

  it('do not stand in for several limiters, looks, and what costs more than they hold', async () => {
    const { make, calls } = setup();
    const [limiter, team] = [make(), make({ name: 'team' })];
    await calls(limiter, 20);
    const { leasedTokens } = limiter.snapshot();
    expect(leasedTokens).toBeGreaterThan(0);
    expect((await limiter.check('ann', { also: [{ limiter: team, key: 'red' }] })).source).toBe('store');
    expect((await limiter.peek('ann')).source).toBe('store');
    expect((await limiter.check('ann', { cost: leasedTokens + 1 })).source).toBe('store');
    expect(limiter.snapshot().leasedTokens).toBe(leasedTokens);
  });

  it('admit what is paid for before they believe what the store refused', async () => {
    const { make, calls, clock, mode, held } = setup();
    const limiter = make({ capacity: 10, refillPerSecond: 1, leaseTokens: 10, refusalCacheMs: 400 });
    await calls(limiter, 2);
    mode.hold = ({ cost }) => cost === 3;
    expect(await calls(limiter, 1)).toEqual(['store']);
    mode.hold = () => false;
    held[0]?.();
    await clock.advanceAsync(0);
    expect(await limiter.check('ann', { cost: 5 })).toMatchObject({ allowed: false, source: 'store' });
    expect(await calls(limiter, 3)).toEqual(times(3, 'lease'));
  });

  it('are fetched beside decisions: while one is under way, the store decides', async () => {
    const { make, calls, mode, held, clock, costs } = setup();
    const limiter = make();
    mode.hold = ({ cost }) => cost > 1;
    expect(await calls(limiter, 5)).toEqual(times(5, 'store'));
    expect(costs()).toEqual([1, 1, 1, 3, 1, 1]);
    held[0]?.();
    await clock.advanceAsync(0);
    expect(await calls(limiter, 3)).toEqual(times(3, 'lease'));
  });

  it('that nobody answered for are not spent, and those that come late go back', async () => {
    const { make, calls, mode, held, clock, costs } = setup();
    const limiter = make({ leaseMs: 20 });
    mode.hold = ({ cost }) => cost > 1;
    await calls(limiter, 3);
    await clock.advanceAsync(30);
    held[0]?.();
    await clock.advanceAsync(0);
    expect([limiter.snapshot().leasedTokens, costs().at(-1), clock.pending]).toEqual([0, -3, 0]);
    await calls(limiter, 3);
    await clock.advanceAsync(50);
    held[1]?.();
    await clock.advanceAsync(0);
    expect([limiter.snapshot().leasedTokens, costs().at(-1)]).toEqual([0, 3]);
    expect(await calls(limiter, 2)).toEqual(times(2, 'store'));
  });

  it('are over with their timer, also on a clock that stands still', async () => {
    const { make, calls, mode, held, clock, costs } = setup();
    const timers: (() => void)[] = [];
    const still: Clock = {
      now: () => 1_000,
      wallNow: () => 0,
      schedule: (fn, delayMs) => {
        if (delayMs !== LEASES.leaseMs) return clock.schedule(fn, delayMs);
        timers.push(fn);
        return () => undefined;
      },
    };
    const limiter = make({ clock: still });
    mode.hold = ({ cost }) => cost === 3;
    await calls(limiter, 3);
    for (const fire of timers) fire();
    held[0]?.();
    await clock.advanceAsync(0);
    expect([limiter.snapshot().leasedTokens, costs().at(-1)]).toEqual([0, -3]);
  });

  it('that went back count as held for a second, when the store did not say that it heard of it', async () => {
    const { make, calls, mode, clock } = setup();
    const limiter = make({ capacity: 1e6 });
    await calls(limiter, 20);
    mode.hold = ({ cost }) => cost < 0;
    await clock.advanceAsync(500);
    mode.hold = () => false;
    await clock.advanceAsync(50);
    expect(await calls(limiter, 20)).toEqual(times(20, 'store'));
    await clock.advanceAsync(999);
    expect(await calls(limiter, 20)).toEqual(times(20, 'store'));
    await clock.advanceAsync(1);
    expect(await calls(limiter, 2)).toEqual(['store', 'lease']);
  });

  it('are spent on while the store is lost, until their end', async () => {
    const { make, calls, state, clock, lose } = setup();
    const limiter = make();
    await calls(limiter, 20);
    await lose(limiter);
    expect(limiter.snapshot().storeAvailable).toBe(false);
    expect(await calls(limiter, 3)).toEqual(times(3, 'lease'));
    clock.advance(500);
    expect(await calls(limiter, 1)).toEqual(['fallback']);
    state.mode = 'well';
    await clock.advanceAsync(500);
    await calls(limiter, 1);
    await clock.advanceAsync(50);
    expect(await calls(limiter, 3)).toEqual(times(3, 'store'));
  });

  it('count along in the share of this process', async () => {
    const { make, calls, lose, clock } = setup();
    const limiter = make({ capacity: 100, refillPerSecond: 0.001, leaseTokens: 50, instances: 2 });
    const spent = (await calls(limiter, 40)).filter((source) => source === 'lease');
    expect(spent.length).toBeGreaterThan(20);
    await lose(limiter);
    await clock.advanceAsync(500);
    const { source, remaining } = await limiter.check('ann');
    expect([source, remaining]).toEqual(['fallback', 50 - 40 - 1]);
  });

  it('end for whoever is blocked: here at once, elsewhere with the next news', async () => {
    const { make, calls, clock } = setup();
    const [here, there] = [make(), make()];
    for (const limiter of [here, there]) await calls(limiter, 20);
    await here.block('ann', 60_000, 'enough');
    expect(await here.check('ann')).toMatchObject({ allowed: false, source: 'ban' });
    clock.advance(499);
    expect((await there.check('ann')).source).toBe('lease');
    await clock.advanceAsync(1);
    await there.check('nobody');
    await clock.advanceAsync(0);
    expect(await there.check('ann')).toMatchObject({ allowed: false, source: 'ban' });
    expect([here, there].map((limiter) => limiter.snapshot().leasedTokens)).toEqual([0, 0]);
  });

  it('are not spent by whoever was heard to be blocked, however long ago', async () => {
    const { make, calls, clock, lose } = setup();
    const [here, there] = [make({ leaseMs: 1_000 }), make()];
    await calls(here, 20);
    await there.block('ann', 60_000, 'enough');
    await here.peek('ann');
    await lose(here);
    clock.advance(800);
    expect(here.snapshot().leasedTokens).toBeGreaterThan(0);
    expect(await here.check('ann')).toMatchObject({ allowed: false, source: 'ban', degraded: true });
  });

  it('are no part of a bucket that was filled', async () => {
    const { make, calls, left } = setup();
    const limiter = make();
    for (const fill of ['reset', 'unblock'] as const) {
      await calls(limiter, 20);
      expect(limiter.snapshot().leasedTokens).toBeGreaterThan(0);
      await limiter[fill]('ann');
      expect([limiter.snapshot().leasedTokens, await left()]).toEqual([0, 1_000]);
    }
  });

  it.each([
    ['faster', { capacity: 1_000, refillPerSecond: 200 }, 1],
    ['slower', { capacity: 1_000, refillPerSecond: 50 }, 1 / 2],
    ['smaller', { capacity: 20, refillPerSecond: 100 }, 1],
  ])('go back when the limits of their key become %s, as much time as was charged at most', async (_, next, share) => {
    const { make, calls, costs, clock, takes } = setup();
    const plans = { now: { capacity: 1_000, refillPerSecond: 100 } };
    const limiter = make({ limitsFor: () => plans.now });
    await calls(limiter, 20);
    const { leasedTokens } = limiter.snapshot();
    plans.now = next;
    expect(await calls(limiter, 1)).toEqual(['store']);
    await clock.advanceAsync(0);
    expect(costs()).toContain(-Math.floor(Math.min(leasedTokens, next.capacity) * share));
    expect(takes.filter(({ cost }) => cost < 0)).toMatchObject([{ capacity: next.capacity }]);
    expect(limiter.snapshot().leasedTokens).toBe(0);
  });

  it('are tried out in shadow mode as they are enforced', async () => {
    const { make, calls } = setup();
    const limits = { capacity: 30, refillPerSecond: 0.1, leaseTokens: 30 };
    const [enforced, shadow] = [make(limits), make({ ...limits, mode: 'shadow' })];
    expect(await calls(shadow, 35)).toEqual(await calls(enforced, 35));
    expect(shadow.snapshot().rejected).toBe(5);
    expect(shadow.snapshot().leased).toBeGreaterThan(10);
    expect(enforced.snapshot().leased).toBe(shadow.snapshot().leased);
  });

  it('tell what they did in a scrape, where there are any', async () => {
    const { make, calls } = setup();
    const limiter = make();
    await calls(limiter, 20);
    const { leased, leasedTokens } = limiter.snapshot();
    const samples = [...limiter.metrics()].filter(({ name }) => name.includes('lease'));
    expect(samples.map(({ name, value, labels }) => [name, value, labels])).toEqual([
      ['breakwater_rate_limit_lease_decisions_total', leased, { limiter: 'api' }],
      ['breakwater_rate_limit_lease_tokens', leasedTokens, { limiter: 'api' }],
    ]);
    const without = make({ leaseTokens: 0, leaseMs: undefined });
    expect([...without.metrics()].filter(({ name }) => name.includes('lease'))).toEqual([]);
  });

  it.each([
    [{ leaseTokens: 1_001 }, 'leaseTokens'],
    [{ leaseTokens: -1 }, 'leaseTokens'],
    [{ leaseTokens: 0.5 }, 'leaseTokens'],
    [{ leaseMs: 0 }, 'leaseMs'],
    [{ leaseMs: 1_001 }, 'leaseMs'],
    [{ leaseTokens: 0, leaseMs: 100 }, 'leaseMs'],
    [{ leaseTokens: undefined, leaseMs: 100 }, 'leaseMs'],
  ])('are not made with %j', (options, name) => {
    expect(() => setup().make(options)).toThrow(name);
  });
});
