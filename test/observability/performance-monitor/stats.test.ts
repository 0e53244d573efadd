import { InvalidOptionsError } from 'breakwater/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PerformanceMonitor, setup } from './setup.js';

/** What the ring holds, by the plainest means: whole numbers, so that every sum is exact. */
function model(values: readonly number[], keep: number) {
  const kept = values.slice(-keep);
  const sum = kept.reduce((all, value) => all + value, 0);
  return {
    count: kept.length,
    min: Math.min(...kept),
    max: Math.max(...kept),
    avg: sum / kept.length,
    last: kept.at(-1),
    lifetimeCount: values.length,
    lifetimeSum: values.reduce((all, value) => all + value, 0),
  };
}

describe('PerformanceMonitor', () => {
  it('OBS-M13 of 1,001 values it holds the last 1,000, and the sum and count of all apart', () => {
    const { monitor, recordAll } = setup();
    recordAll([-5_000, ...Array.from({ length: 999 }, (_, i) => i + 1)]);
    expect(monitor.stats('m')).toMatchObject({ count: 1_000, min: -5_000, max: 999, last: 999, lifetimeCount: 1_000 });
    recordAll([2_000]);
    expect(monitor.stats('m')).toMatchObject({
      count: 1_000,
      min: 1,
      max: 2_000,
      avg: (499_500 + 2_000) / 1_000,
      last: 2_000,
      lifetimeCount: 1_001,
      lifetimeSum: 499_500 + 2_000 - 5_000,
    });
  });

  it('OBS-M13 the last values are those of a plain array, for any values and any size', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -1_000_000, max: 1_000_000 }), { minLength: 1, maxLength: 120, size: 'max' }),
        fc.integer({ min: 1, max: 40 }),
        (values, keep) => {
          const { monitor } = setup({ keep });
          values.forEach((value, i) => {
            monitor.record('m', value);
            const { avg, ...rest } = model(values.slice(0, i + 1), keep);
            expect(monitor.stats('m')).toMatchObject(rest);
            expect(monitor.stats('m')?.avg).toBeCloseTo(avg, 6);
          });
        },
      ),
      { numRuns: 200 },
    );
  });

  it('OBS-M13 the average of large values does not drift, however many have come and gone', () => {
    const { monitor } = setup({ keep: 10 });
    for (let i = 0; i < 50_000; i++) monitor.record('m', i % 2 === 0 ? 1e9 + 0.1 : 1e-3);
    for (let i = 0; i < 10; i++) monitor.record('m', 0.1);
    expect(monitor.stats('m')?.avg).toBe(0.1);
    const { monitor: large } = setup();
    for (const value of [1e9 + 0.25, 1e9 + 0.5, 1e9 + 0.75]) large.record('m', value);
    expect(large.stats('m')?.avg).toBe(1e9 + 0.5);
    large.reset();
    for (const value of [1e16, ...Array.from({ length: 10 }, () => 1), -1e16]) large.record('m', value);
    expect(large.stats('m')?.avg).toBe(10 / 12);
  });

  it('OBS-M13 a lifetime of values that are no sums of halves has no more error than one rounding', () => {
    const { monitor, recordAll } = setup();
    recordAll([1e16, ...Array.from({ length: 1_000 }, () => 0.1), -1e16]);
    expect(monitor.stats('m')?.lifetimeSum).toBeCloseTo(100, 9);
  });

  it('OBS-M13 the largest numbers there are have an average, and a sum that is a number', () => {
    const { monitor, recordAll } = setup();
    recordAll([Number.MAX_VALUE, Number.MAX_VALUE, Number.MAX_VALUE]);
    expect(monitor.stats('m')).toMatchObject({ avg: Number.MAX_VALUE, lifetimeSum: Number.MAX_VALUE });
    recordAll([-Number.MAX_VALUE], 'n');
    recordAll([Number.MAX_VALUE], 'n');
    expect(monitor.stats('n')?.avg).toBe(0);
  });

  it('OBS-M14 nothing is known of what was never recorded, nor after a reset', () => {
    const { monitor, recordAll } = setup();
    const nothing = () => [monitor.stats('m'), monitor.quantile('m', 0.5), monitor.exportSketch('m')];
    expect(nothing()).toEqual([null, null, null]);
    recordAll([1, 2]);
    expect(nothing()).not.toContain(null);
    monitor.record('other', 1);
    monitor.reset('m');
    expect([...nothing(), monitor.metricNames()]).toEqual([null, null, null, ['other']]);
    monitor.reset();
    expect([monitor.stats('other'), monitor.metricNames()]).toEqual([null, []]);
    recordAll([7]);
    expect(monitor.stats('m')).toMatchObject({ count: 1, avg: 7, lifetimeCount: 1 });
  });

  it('OBS-M14 a metric whose values were all ignored is not there', () => {
    const { monitor } = setup();
    monitor.record('m', NaN);
    expect([monitor.stats('m'), monitor.metricNames()]).toEqual([null, []]);
  });

  it.each<unknown>([
    NaN,
    Infinity,
    -Infinity,
    '5',
    '',
    null,
    undefined,
    5n,
    {},
    [1],
    new Date(0),
    { valueOf: () => 5 },
  ])('OBS-M15 ignores %o and counts that', (value) => {
    const { monitor, recordAll } = setup();
    recordAll([3, 5]);
    const before = monitor.stats('m');
    monitor.record('m', value as number);
    expect(monitor.stats('m')).toEqual(before);
    expect(monitor.snapshot().ignored).toBe(1);
  });

  it('OBS-M15 zero and negative values are values', () => {
    const { monitor, recordAll } = setup();
    recordAll([-3, 0, -0, -1, Number.MIN_VALUE]);
    expect(monitor.stats('m')).toMatchObject({ count: 5, min: -3, max: Number.MIN_VALUE, p50: 0, windowCount: 5 });
    expect(monitor.snapshot().ignored).toBe(0);
  });

  it('OBS-M15 a name that is none is ignored and counted', () => {
    const { monitor } = setup();
    for (const name of [undefined, null, 5, {}, Symbol('s'), '']) monitor.record(name as string, 1);
    expect(monitor.snapshot()).toMatchObject({ ignored: 6, metricCount: 0 });
    expect(monitor.stats(undefined as never)).toBeNull();
  });

  it('names everything that is wrong with its options at once', () => {
    const make = () =>
      new PerformanceMonitor({ keep: 0, maxMetrics: 1.5, quantileWindowMs: 0, windowMs: 5, clock: {} } as never);
    expect(make).toThrow(InvalidOptionsError);
    for (const name of ['keep', 'maxMetrics', 'quantileWindowMs', 'windowMs', 'clock']) expect(make).toThrow(name);
    for (const quantileWindowMs of [NaN, -1, '5', null]) {
      expect(() => new PerformanceMonitor({ quantileWindowMs } as never)).toThrow('quantileWindowMs must be a number');
    }
    expect(new PerformanceMonitor().name).toBe('performance');
  });
});
