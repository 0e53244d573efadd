import { describe, expect, it } from 'vitest';
import { perUserSetup } from './setup.js';

/** Three that ask a store that says nothing yet, and a process that then has no time for anything. */
async function busySetup() {
  const made = perUserSetup();
  const { make, state, clock } = made;
  const limiter = make();
  await limiter.check('warm-up');
  const told: string[] = [];
  limiter.subscribe(({ type }) => told.push(type));
  state.mode = 'hangs';
  const decisions = Promise.all(['ann', 'ben', 'cem'].map((key) => limiter.check(key)));
  const beBusy = (): void => {
    clock.set(clock.now() + 300);
    clock.advance(0);
  };
  return { ...made, limiter, told, decisions, beBusy };
}

describe('a process that has been busy', () => {
  it('hears first what the store said meanwhile', async () => {
    const { state, clock, told, decisions, beBusy } = await busySetup();
    beBusy();
    for (const answer of state.late) answer();
    await clock.advanceAsync(0);
    expect(await decisions).toMatchObject([{ degraded: false }, { degraded: false }, { degraded: false }]);
    expect(told).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it('loses no store by what was not even sent in time', async () => {
    const { state, clock, told, decisions, beBusy, limiter } = await busySetup();
    beBusy();
    for (const fail of state.fail) fail(new Error('no answer in time'));
    await clock.advanceAsync(0);
    expect(await decisions).toMatchObject([{ degraded: true }, { degraded: true }, { degraded: true }]);
    expect(told).toEqual([]);
    expect(limiter.health()).toEqual({ status: 'HEALTHY' });
  });

  it('TRA-51 waits for five milliseconds more, and a store that says nothing then is lost', async () => {
    const { clock, told, decisions, beBusy } = await busySetup();
    beBusy();
    await clock.advanceAsync(4.9);
    expect(told).toEqual([]);
    await clock.advanceAsync(0.1);
    expect(await decisions).toMatchObject([{ degraded: true }, { degraded: true }, { degraded: true }]);
    expect(told).toEqual(['storeLost']);
  });
});
