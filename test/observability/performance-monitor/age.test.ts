import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../../runs.js';
import { exact, MOST_ERROR, setup } from './setup.js';

describe('the window of a PerformanceMonitor', () => {
  it('OBS-M17 forgets a value after the window, and holds it for four fifths of it', () => {
    const { clock, monitor, recordAll } = setup({ quantileWindowMs: 1_000 });
    clock.advance(199);
    recordAll([5]);
    clock.advance(800);
    expect(monitor.stats('m')).toMatchObject({ windowCount: 1, p50: 5 });
    clock.advance(1);
    expect(monitor.stats('m')).toMatchObject({ windowCount: 0, p50: null, p95: null, p99: null, count: 1, last: 5 });
    expect([monitor.quantile('m', 0.5), monitor.exportSketch('m')]).toEqual([null, null]);
    recordAll([9]);
    expect(monitor.stats('m')).toMatchObject({ windowCount: 1, p50: 9, count: 2, lifetimeCount: 2 });
  });

  it('OBS-M17 each part of the window has its own values: one that ends takes no others along', () => {
    const { clock, monitor, recordAll } = setup({ quantileWindowMs: 1_000 });
    for (const value of [1, 2, 4, 8, 16]) {
      recordAll([value, value]);
      clock.advance(200);
    }
    // The first part is over at the very end of the window.
    for (const [least, count] of [
      [2, 8],
      [4, 6],
      [8, 4],
      [16, 2],
    ] as const) {
      expect(monitor.stats('m')).toMatchObject({ windowCount: count });
      expect([monitor.quantile('m', 0), monitor.quantile('m', 1)]).toEqual([least, 16]);
      clock.advance(200);
    }
    expect(monitor.stats('m')?.windowCount).toBe(0);
  });

  it('OBS-M17 is the same as a list of values with their ages, whatever the clock does', () => {
    const step = fc.oneof(
      fc.record({ value: fc.integer({ min: -500, max: 500 }) }),
      fc.record({ moveMs: fc.integer({ min: -3_000, max: 700 }) }),
      fc.record({ moveMs: fc.integer({ min: 0, max: 300 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80, size: 'max' }), fc.constantFrom(5, 500, 1_000), (steps, windowMs) => {
        const { clock, monitor } = setup({ quantileWindowMs: windowMs });
        const seen: { readonly value: number; readonly period: number }[] = [];
        let timeMs = 0;
        // A clock that went back and is put forth again to where it was has moved no time by that.
        let returnMs = Infinity;
        const period = () => Math.floor((timeMs * 5) / windowMs);
        for (const step of steps) {
          if ('value' in step) {
            monitor.record('m', step.value);
            seen.push({ value: step.value, period: period() });
          } else {
            const [fromMs, toMs] = [clock.now(), clock.now() + step.moveMs];
            if (toMs < fromMs) returnMs = returnMs === Infinity ? fromMs : Math.max(returnMs, fromMs);
            else if (toMs >= returnMs) [timeMs, returnMs] = [timeMs + toMs - returnMs, Infinity];
            else timeMs += toMs - fromMs;
            clock.set(toMs);
            monitor.snapshot();
          }
          const live = seen.filter((entry) => entry.period > period() - 5).map(({ value }) => value);
          expect(monitor.stats('m')?.windowCount ?? 0).toBe(live.length);
          if (live.length === 0) continue;
          const wanted = exact(live, 0.5);
          const error = Math.abs((monitor.quantile('m', 0.5) ?? NaN) - wanted);
          expect(error).toBeLessThanOrEqual(MOST_ERROR * Math.abs(wanted));
        }
      }),
      { numRuns: runs(500) },
    );
  });

  it('OBS-M17 has no end when it is infinite, and then asks for no time', () => {
    const asked: number[] = [];
    const clock = { now: () => asked.push(0), wallNow: () => 0, schedule: () => () => undefined };
    const { monitor, recordAll } = setup({ quantileWindowMs: Infinity, clock });
    const before = asked.length;
    recordAll([1, 2, 3]);
    expect(monitor.stats('m')?.windowCount).toBe(3);
    expect(asked.length).toBe(before);
  });

  it('sets no timer', () => {
    const { clock, recordAll } = setup();
    recordAll([1]);
    expect(clock.pending).toBe(0);
  });
});
