import { InvalidArgumentError, InvalidOptionsError } from 'breakwater/core';
import { HealthCheckService, POOL_CHECK_DEFAULTS, type PoolState, poolCheck } from 'breakwater/health';
import { ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';
import { run, shown } from './run.js';

const FULL = { active: 10, idle: 0, max: 10, waiting: 3 };

function setup(state: unknown = FULL, saturatedAfterMs?: number) {
  const clock = new ManualClock();
  const pool = { state };
  const check = poolCheck(() => pool.state as PoolState, { clock, saturatedAfterMs });
  return { clock, pool, check, at: async (ms: number) => (clock.advance(ms), await run(check)) };
}

describe('poolCheck', () => {
  it('HLD-25 saturation is DEGRADED only once it has lasted, and says since when', async () => {
    const { at } = setup();
    expect(await at(0)).toEqual({ status: 'HEALTHY', details: { ...FULL, saturatedForMs: 0 } });
    expect(await at(4_999)).toMatchObject({ status: 'HEALTHY' });
    expect(await at(1)).toEqual({
      status: 'DEGRADED',
      message: 'saturated for 5000 ms: 10 of 10 in use and 3 waiting',
      details: { ...FULL, saturatedForMs: 5_000 },
    });
    expect(await at(60_000)).toMatchObject({ status: 'DEGRADED', details: { saturatedForMs: 65_000 } });
  });

  it.each([
    ['a free connection', { ...FULL, active: 9 }],
    ['nobody who waits', { ...FULL, waiting: 0 }],
    ['a state that cannot be read', undefined],
  ])('HLD-25 a break begins it anew: %s', async (_, between) => {
    const { at, pool } = setup();
    await at(0);
    pool.state = between;
    await at(4_000);
    pool.state = FULL;
    expect(await at(2_000)).toMatchObject({ status: 'HEALTHY', details: { saturatedForMs: 0 } });
    expect(await at(5_000)).toMatchObject({ status: 'DEGRADED' });
  });

  it('HLD-25 a pool that is in full use while nobody waits is HEALTHY for ever', async () => {
    const { at } = setup({ ...FULL, waiting: 0 });
    for (let i = 0; i < 5; i++) expect(await at(60_000)).toMatchObject({ status: 'HEALTHY', details: { active: 10 } });
  });

  it('a pool that does not know who waits is saturated when all are in use', async () => {
    const { at } = setup({ active: 12, max: 10 }, 100);
    await at(0);
    expect(await at(100)).toMatchObject({ status: 'DEGRADED', message: 'saturated for 100 ms: 12 of 10 in use' });
  });

  it('HLD-25 takes no connection and waits for nothing: a promise is refused, also one that fails', async () => {
    const { at } = setup(Promise.reject(new Error('no connection')));
    expect(await at(0)).toEqual({
      status: 'DEGRADED',
      message: 'invalid result: the source must answer at once, got an object',
    });
  });

  it('never says UNHEALTHY, not even when it cannot read a critical pool', async () => {
    const failing = poolCheck(() => {
      throw new Error('closed');
    });
    expect(await shown(failing, true)).toMatchObject({
      status: 'DEGRADED',
      message: 'the pool cannot be read: closed',
    });
  });

  it.each([
    [{ active: -1, max: 10 }, 'active must be a number of at least 0, got -1'],
    [{ active: 1, max: 0 }, 'max must be a number of at least 1, got 0'],
    [{ active: 1, max: 10, waiting: 'no' }, 'waiting must be a number of at least 0, got a string'],
    [{ active: 1, max: 10, idle: NaN }, 'idle must be a number of at least 0, got NaN'],
    [7, 'the source must answer { active, max }, got 7'],
  ])('HLD-9 nonsense is never HEALTHY: %o', async (state, problem) => {
    expect(await setup(state).at(0)).toEqual({ status: 'DEGRADED', message: `invalid result: ${problem}` });
  });

  it('HLD-25 is told by the service as one of its own', async () => {
    const { clock, check } = setup(FULL, 2_000);
    const health = new HealthCheckService({ clock });
    health.register('pool', check, { critical: true });
    expect((await health.readiness()).status).toBe('HEALTHY');
    clock.advance(2_000);
    expect(await health.readiness()).toMatchObject({ status: 'DEGRADED', components: [{ name: 'pool' }] });
  });

  it('goes on counting when the clock is set back', async () => {
    const { clock, at } = setup();
    clock.advance(10_000);
    await at(0);
    clock.set(0);
    await at(0);
    expect(await at(4_999)).toMatchObject({ status: 'HEALTHY' });
    expect(await at(1)).toMatchObject({ status: 'DEGRADED' });
  });

  it('refuses what cannot work', () => {
    expect(() => poolCheck(FULL as never)).toThrow(InvalidArgumentError);
    expect(() => poolCheck(() => FULL, { saturatedAfterMs: -1 })).toThrow(InvalidOptionsError);
    expect(Object.isFrozen(POOL_CHECK_DEFAULTS)).toBe(true);
  });
});
