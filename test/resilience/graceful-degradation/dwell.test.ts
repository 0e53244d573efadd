import { describe, expect, it } from 'vitest';
import { GracefulDegradation } from 'breakwater/error-recovery';
import { Ailing, setup } from './setup.js';

describe('GracefulDegradation: the shortest time degraded', () => {
  it('stays degraded for 4,999 ms and recovers at 5,000', () => {
    const { degradation, clock, of, told } = setup({ minDwellMs: 5_000 });
    degradation.degrade('search', { reason: 'slow' });
    degradation.recover('search');
    expect(of()).toMatchObject({ level: 'cached', degraded: true, reasons: [], recoversInMs: 5_000 });
    clock.advance(4_999);
    expect(of()).toMatchObject({ level: 'cached', recoversInMs: 1, degradedForMs: 4_999 });
    clock.advance(1);
    expect(told).toHaveLength(1);
    expect(of()).toMatchObject({ level: 'full', degraded: false, degradedForMs: 0 });
    expect(of()).not.toHaveProperty('recoversInMs');
    expect(told).toMatchObject([{ level: 'cached' }, { durationMs: 5_000 }]);
  });

  it('is 5,000 ms unless told otherwise', () => {
    const { clock } = setup();
    const degradation = new GracefulDegradation({ clock });
    degradation.register('x');
    degradation.degrade('x', { reason: 'a' });
    degradation.recover('x');
    clock.advance(4_999);
    expect(degradation.isDegraded('x')).toBe(true);
    clock.advance(1);
    expect(degradation.isDegraded('x')).toBe(false);
  });

  it('begins anew with each degradation, also for a reason that is there', () => {
    const { degradation, clock } = setup({ minDwellMs: 5_000 });
    degradation.degrade('search', { reason: 'slow' });
    clock.advance(3_000);
    degradation.degrade('search', { reason: 'slow' });
    degradation.recover('search');
    clock.advance(4_999);
    expect(degradation.isDegraded('search')).toBe(true);
    clock.advance(1);
    expect(degradation.isDegraded('search')).toBe(false);
  });

  it('does not delay a recovery that comes later', () => {
    const { degradation, clock, told } = setup({ minDwellMs: 5_000 });
    degradation.degrade('search', { reason: 'slow' });
    clock.advance(5_000);
    degradation.recover('search');
    expect(degradation.isDegraded('search')).toBe(false);
    expect(told[1]).toMatchObject({ durationMs: 5_000 });
  });

  it('is counted as of the moment when it was over, however late somebody looks', () => {
    const { degradation, clock, told } = setup({ minDwellMs: 5_000 });
    degradation.degrade('search', { reason: 'slow' });
    clock.advance(1_000);
    degradation.recover('search');
    clock.advance(3_600_000);
    expect(degradation.isDegraded('search')).toBe(false);
    expect(told[1]).toMatchObject({ durationMs: 5_000 });
    clock.advance(1);
    degradation.degrade('search', { reason: 'slow' });
    clock.advance(7_000);
    degradation.recover('search');
    expect(told[3]).toMatchObject({ durationMs: 7_000 });
  });

  it('a degradation after it was over begins a new time degraded, though nobody looked in between', () => {
    const { degradation, clock, told, of } = setup({ minDwellMs: 5_000 });
    degradation.degrade('search', { reason: 'a' });
    degradation.recover('search');
    clock.advance(9_000);
    degradation.degrade('search', { reason: 'b' });
    expect(told).toMatchObject([{ reasons: ['a'] }, { durationMs: 5_000, reasons: ['a'] }, { reasons: ['b'] }]);
    expect(of()).toMatchObject({ degradedForMs: 0, reasons: [{ reason: 'b' }] });
  });

  it('a degradation before it is over goes on with the same time degraded', () => {
    const { degradation, clock, told, of } = setup({ minDwellMs: 5_000 });
    degradation.degrade('search', { reason: 'a' });
    degradation.recover('search');
    clock.advance(4_000);
    degradation.degrade('search', { reason: 'b', level: 'off' });
    expect(of()).toMatchObject({ level: 'off', degradedForMs: 4_000 });
    degradation.recover('search');
    clock.advance(5_000);
    expect(degradation.isDegraded('search')).toBe(false);
    expect(told.at(-1)).toMatchObject({ from: 'off', durationMs: 9_000, reasons: ['a', 'b'] });
  });

  it('holds the level of the last reason, and lets a better one of what is left through', () => {
    const { degradation, level } = setup({ minDwellMs: 5_000 });
    degradation.degrade('search', { reason: 'a' });
    degradation.degrade('search', { reason: 'b', level: 'off' });
    degradation.recover('search', { reason: 'b' });
    expect(level()).toBe('cached');
    degradation.recover('search', { reason: 'a' });
    expect(level()).toBe('cached');
  });

  it('a component that flaps degrades the feature once', () => {
    const { degradation, clock, told } = setup({ minDwellMs: 5_000 });
    const part = new Ailing();
    degradation.link('search', part);
    for (let i = 0; i < 100; i++) {
      part.status = i % 2 === 0 ? 'DEGRADED' : 'HEALTHY';
      part.tell();
      clock.advance(100);
    }
    expect(told).toHaveLength(1);
    // It was degraded for the last time 200 ms before the loop was over.
    clock.advance(4_799);
    expect(degradation.isDegraded('search')).toBe(true);
    clock.advance(1);
    expect(degradation.isDegraded('search')).toBe(false);
    expect(told[1]).toMatchObject({ durationMs: 14_800 });
  });

  it('tells in a refusal when the feature will be back, once that is certain', async () => {
    const { degradation, clock } = setup({ minDwellMs: 5_000 });
    degradation.degrade('search', { reason: 'slow' });
    const refusal = (): Promise<unknown> => degradation.run('search', () => 1).catch((error: unknown) => error);
    expect(await refusal()).not.toHaveProperty('retryAfterMs');
    degradation.recover('search');
    clock.advance(2_000);
    expect(await refusal()).toMatchObject({ retryAfterMs: 3_000, reasons: [] });
  });

  it('needs no timer', () => {
    const { degradation, clock } = setup({ minDwellMs: 5_000 });
    degradation.link('search', new Ailing());
    degradation.degrade('search', { reason: 'slow' });
    degradation.recover('search');
    expect(clock.pending).toBe(0);
  });
});
