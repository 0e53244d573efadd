import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MINUTE, setup } from './setup.js';

/** The rule, written anew over a plain list of moments. */
function naive(atMs: readonly number[], nowMs: number) {
  const minute = (ms: number): number => Math.floor(ms / MINUTE);
  const now = minute(nowMs);
  const errors = atMs.filter((ms) => now - minute(ms) < 5).length;
  const previousErrors = atMs.filter((ms) => now - minute(ms) >= 5 && now - minute(ms) < 65).length;
  const minutes = Math.max(1, Math.min(now, 4) + (nowMs % MINUTE) / MINUTE);
  const hours = Math.min(60, Math.max(0, now - 4));
  const perMinute = errors / minutes;
  const previousPerMinute = hours === 0 ? 0 : previousErrors / hours;
  const chance = 2 * Math.sqrt(errors / minutes ** 2 + (hours === 0 ? 0 : previousErrors / hours ** 2));
  let direction = 'STEADY';
  if (errors >= 5 && perMinute > 1.5 * previousPerMinute && perMinute - previousPerMinute > chance)
    direction = 'RISING';
  if (
    previousPerMinute * minutes >= 5 &&
    previousPerMinute > 1.5 * perMinute &&
    previousPerMinute - perMinute > chance
  ) {
    direction = 'FALLING';
  }
  return { direction, perMinute, previousPerMinute, errors, previousErrors };
}

describe('ErrorRecoveryService.trend', () => {
  function withErrors(perMinute: readonly number[]) {
    const around = setup();
    for (const count of perMinute) {
      for (let i = 0; i < count; i++) around.recovery.recordError('x', 'e');
      around.clock.advance(MINUTE);
    }
    // To the end of the last minute, not the beginning of the next.
    return { ...around, trend: () => around.recovery.trend('x') };
  }
  const minutes = (count: number, errors: number): number[] => Array.from({ length: count }, () => errors);

  it('agrees with a recount of random moments', () => {
    const gap = fc.oneof(fc.nat(20_000), fc.nat(400_000), fc.constantFrom(0, MINUTE, 5 * MINUTE, 65 * MINUTE, 10 ** 8));
    fc.assert(
      fc.property(fc.array(fc.tuple(gap, fc.nat(8), fc.boolean()), { maxLength: 60 }), (steps) => {
        const { recovery, clock } = setup();
        const startedAtMs = clock.now();
        const atMs: number[] = [];
        for (const [gapMs, errors, look] of steps) {
          clock.advance(gapMs);
          const nowMs = clock.now() - startedAtMs;
          for (let i = 0; i < errors; i++) {
            recovery.recordError('x', 'e');
            atMs.push(nowMs);
          }
          if (look) expect(recovery.trend('x')).toEqual(naive(atMs, nowMs));
        }
        expect(recovery.trend('x')).toEqual(naive(atMs, clock.now() - startedAtMs));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is steady while errors come as before', () => {
    const { trend } = withErrors(minutes(90, 3));
    expect(trend()).toEqual({
      direction: 'STEADY',
      perMinute: 3,
      previousPerMinute: 3,
      errors: 12,
      previousErrors: 180,
    });
  });

  it('is steady for a service that has failed at the same rate since the start', () => {
    const { recovery, clock } = setup();
    const directions = new Set<string>();
    for (let minute = 0; minute < 20; minute++) {
      for (let i = 0; i < 6; i++) {
        clock.advance(10_000);
        recovery.recordError('x', 'e');
      }
      if (minute >= 8) directions.add(recovery.trend('x').direction);
    }
    expect([...directions]).toEqual(['STEADY']);
  });

  it('rises from the fifth error on, when there was none before', () => {
    const { recovery, trend, told } = withErrors(minutes(70, 0));
    for (let i = 0; i < 4; i++) recovery.recordError('x', 'e');
    expect(trend().direction).toBe('STEADY');
    recovery.recordError('x', 'e');
    expect(trend()).toMatchObject({ direction: 'RISING', errors: 5, perMinute: 1.25, previousPerMinute: 0 });
    expect(told.at(-1)).toEqual([
      'trend',
      {
        recovery: 'default',
        service: 'x',
        from: 'STEADY',
        to: 'RISING',
        perMinute: 1.25,
        previousPerMinute: 0,
        errors: 5,
        previousErrors: 0,
      },
    ]);
  });

  it('rises only beyond one and a half times as many', () => {
    // 100 a minute before, then 4 full minutes of the current five.
    const before = minutes(61, 100);
    expect(withErrors([...before, ...minutes(4, 150)]).trend()).toMatchObject({ perMinute: 150, direction: 'STEADY' });
    expect(withErrors([...before, 150, 150, 150, 151]).trend().direction).toBe('RISING');
  });

  it('rises only beyond what chance explains', () => {
    // Twice as many as before are 8 instead of 4: twice the deviation of that is more than 4.
    const before = minutes(61, 1);
    expect(withErrors([...before, ...minutes(4, 2)]).trend()).toMatchObject({ perMinute: 2, direction: 'STEADY' });
    expect(withErrors([...before, ...minutes(4, 4)]).trend()).toMatchObject({ perMinute: 4, direction: 'RISING' });
  });

  it('falls when there are fewer, and is steady when too few were expected to tell', () => {
    expect(withErrors([...minutes(61, 2), ...minutes(4, 0)]).trend()).toMatchObject({
      direction: 'FALLING',
      perMinute: 0,
      previousPerMinute: 2,
    });
    expect(withErrors([...minutes(61, 1), ...minutes(4, 0)]).trend()).toMatchObject({ direction: 'STEADY' });
  });

  it('forgets what is older than 65 minutes', () => {
    const { clock, trend } = withErrors([100]);
    clock.advance(63 * MINUTE);
    expect(trend().previousErrors).toBe(100);
    clock.advance(MINUTE);
    expect(trend()).toMatchObject({ errors: 0, previousErrors: 0, direction: 'STEADY' });
  });

  it('tells each change once, also one that only somebody who looks can find', () => {
    const { recovery, clock, told } = setup();
    const heard: unknown[] = [];
    const stop = recovery.subscribe(({ type, level }) => heard.push([type, level]));
    clock.advance(70 * MINUTE);
    for (let i = 0; i < 20; i++) recovery.recordError('x', 'e');
    clock.advance(7 * MINUTE);
    recovery.summary();
    recovery.summary();
    recovery.trend('x');
    stop();
    expect(told.filter(([type]) => type === 'trend').map(([, event]) => event)).toMatchObject([
      { from: 'STEADY', to: 'RISING' },
      { from: 'RISING', to: 'STEADY' },
    ]);
    expect(heard).toEqual([
      ['trend', 'warn'],
      ['trend', 'info'],
    ]);
  });

  it('does not mind a clock that is set back', () => {
    const { recovery, clock, trend } = withErrors(minutes(10, 2));
    clock.set(0);
    recovery.recordError('x', 'e');
    expect(trend().direction).toBe('STEADY');
    clock.set(5_000 + 11 * MINUTE);
    expect(trend().errors).toBeGreaterThan(0);
  });
});
