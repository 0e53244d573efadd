import { InvalidArgumentError } from 'breakwater/core';
import fc from 'fast-check';
import { PerformanceMonitor } from 'breakwater/metrics';
import { describe, expect, it } from 'vitest';
import { type ExportedSketch, exact, MOST_ERROR, setup } from './setup.js';

// Whole numbers, and powers in more octaves than are counted apart: every sum is exact, whatever its order.
const integers = fc.integer({ min: -1_000, max: 100_000 });
const powers = fc.tuple(fc.integer({ min: 0, max: 49 }), fc.boolean()).map(([i, minus]) => (minus ? -1 : 1) * 2 ** i);
const parts = fc.array(fc.array(fc.oneof(integers, powers), { minLength: 1, maxLength: 60, size: 'max' }), {
  minLength: 2,
  maxLength: 4,
});

function exported(values: readonly number[]): ExportedSketch {
  const { monitor, recordAll } = setup();
  recordAll(values);
  // As it arrives from another process.
  return JSON.parse(JSON.stringify(monitor.exportSketch('m'))) as ExportedSketch;
}

function merged(sketches: readonly ExportedSketch[]): ExportedSketch {
  const { monitor } = setup();
  for (const sketch of sketches) monitor.merge('m', sketch);
  const all = monitor.exportSketch('m');
  if (all === null) throw new Error('nothing was merged');
  return all;
}

it('OBS-P30 what cannot be read is refused like all else', () => {
  const throwing = new Proxy(
    {},
    {
      get: () => {
        throw new Error('boom');
      },
    },
  );
  expect(() => {
    new PerformanceMonitor().merge('a', throwing as never);
  }).toThrow(InvalidArgumentError);
});

describe('merging what processes export', () => {
  it('is the same as recording all in one process, in any order and in any groups', () => {
    fc.assert(
      fc.property(parts, (lists) => {
        const whole = { ...exported(lists.flat()), last: 0 };
        const sketches = lists.map(exported);
        const [first, ...rest] = sketches as [ExportedSketch, ...ExportedSketch[]];
        for (const order of [sketches, [...sketches].reverse(), [first, merged(rest)], [merged(rest), first]]) {
          expect({ ...merged(order), last: 0 }).toEqual(whole);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('gives the quantiles of all, and the lifetime of all', () => {
    const one = Array.from({ length: 900 }, (_, i) => 1 + i / 100);
    const two = Array.from({ length: 100 }, (_, i) => 500 + i);
    const { monitor, recordAll } = setup();
    recordAll(one);
    monitor.merge('m', exported(two));
    for (const ratio of [0.5, 0.89, 0.91, 0.99]) {
      const wanted = exact([...one, ...two], ratio);
      expect(Math.abs((monitor.quantile('m', ratio) ?? NaN) / wanted - 1)).toBeLessThanOrEqual(MOST_ERROR);
    }
    expect(monitor.stats('m')).toMatchObject({ count: 900, max: one.at(-1), windowCount: 1_000, lifetimeCount: 1_000 });
    const sum = [...one, ...two].reduce((all, value) => all + value, 0);
    expect(monitor.stats('m')?.lifetimeSum).toBeCloseTo(sum, 6);
  });

  it('of a metric that was not recorded here shows the figures of the window', () => {
    const { clock, monitor } = setup();
    monitor.merge('m', exported([1, 2, 9]));
    monitor.merge('m', exported([-4]));
    expect(monitor.stats('m')).toMatchObject({ count: 4, min: -4, max: 9, avg: 2, last: -4, windowCount: 4 });
    clock.advance(600_000);
    expect(monitor.stats('m')).toBeNull();
    monitor.record('m', 5);
    expect(monitor.stats('m')).toMatchObject({ count: 1, last: 5, lifetimeCount: 5, lifetimeSum: 13 });
  });

  it('counts beyond four thousand million, in one process and over several', () => {
    const times = 2 ** 32 - 1;
    const many = { version: 1, count: times, sum: times, min: 1, max: 1, last: 1, zeros: 0 } as const;
    const bucket = exported([1]).buckets[0]?.[0] ?? 0;
    const { monitor, recordAll } = setup();
    monitor.merge('m', { ...many, buckets: [[bucket, times]] });
    recordAll([1, 1, 3, 2 ** 20]);
    expect(monitor.exportSketch('m')?.buckets[0]).toEqual([bucket, 2 ** 32 + 1]);
    for (let i = 3; i < 30; i++) recordAll([2 ** i]);
    expect(monitor.exportSketch('m')?.buckets[0]).toEqual([bucket, 2 ** 32 + 1]);
    expect(Math.abs((monitor.quantile('m', 0.5) ?? NaN) - 1)).toBeLessThanOrEqual(MOST_ERROR);
  });

  it('takes back whatever it exports', () => {
    const value = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      powers,
      fc.constantFrom(0, -0, 1e-310, -1e-310, Number.MAX_VALUE, -Number.MAX_VALUE),
    );
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 150, size: 'max' }), (values) => {
        const sketch = exported(values);
        expect({ ...merged([sketch]), last: sketch.last }).toEqual(sketch);
      }),
      { numRuns: 500 },
    );
  });

  describe('OBS-M34 refuses what does not fit together, and adds nothing then:', () => {
    const good = exported([-8, -2, 0, 3, 3, 70]);
    const [first, ...others] = good.buckets as [readonly [number, number], ...(readonly [number, number])[]];
    const wrong: Record<string, unknown> = {
      nothing: undefined,
      null: null,
      'an array': [],
      'a text': JSON.stringify(good),
      'another version': { ...good, version: 2 },
      'a count of none': { ...good, count: 0 },
      'a count with a fraction': { ...good, count: 6.5 },
      'a count that is not that of the buckets': { ...good, count: 7 },
      'a count beyond what is exact': { ...good, count: 2 ** 60 },
      'a sum that is none': { ...good, sum: null },
      'a sum that cannot be': { ...good, sum: 6 * 70 + 1 },
      'a sum of less than the least': { ...exported([1, 2]), sum: 1.9 },
      'a sum of zero': { ...exported([1]), sum: 0 },
      'a sum of another sign': { ...exported([1]), sum: -1 },
      'a sum of more than the greatest': { ...exported([-2, -1]), sum: -1.9 },
      'no min': { ...good, min: undefined },
      'a min above the first bucket': { ...good, min: -2 },
      'a min below the first bucket': { ...good, min: -1e9 },
      'a min of zero, where some are less': { ...good, min: 0 },
      'a max below the last bucket': { ...good, max: 3 },
      'a max of zero, where some are more': { ...good, max: 0, last: 0 },
      'an infinite max': { ...good, max: Infinity },
      'a last that is not between': { ...good, last: 71 },
      'zeros below zero': { ...good, zeros: -1 },
      'no buckets': { ...good, buckets: undefined },
      'buckets as text': { ...good, buckets: 'x' },
      'buckets in another order': { ...good, buckets: [...good.buckets].reverse() },
      'a bucket twice': { ...good, count: 7, buckets: [first, ...good.buckets] },
      'an empty bucket': { ...good, buckets: [[first[0], 0], ...others] },
      'a bucket with less than nothing': { ...good, buckets: [[first[0], -1], ...others] },
      'a bucket that is none': { ...good, count: 7, buckets: [...good.buckets, [2 ** 40, 1]] },
      'a bucket with a fraction': { ...good, buckets: [[first[0] + 0.5, 1], ...others] },
      'a bucket beyond the last of an octave': { ...good, buckets: [...good.buckets, [(2_000 << 6) | 34, 1]] },
      'a bucket of infinity': { ...good, buckets: [...good.buckets, [(2_047 << 7) | 1, 1]] },
      'a bucket that is no pair': { ...good, buckets: [5] },
      'a sparse array without end': { ...good, buckets: Object.assign([], { length: 2 ** 32 - 1 }) },
      'more octaves than there can be': {
        ...good,
        count: 41,
        zeros: 0,
        buckets: Array.from({ length: 41 }, (_, i) => [(1_023 + i) << 7, 1]),
      },
    };

    it.each(Object.keys(wrong))('%s', (name) => {
      const { monitor } = setup();
      expect(() => {
        monitor.merge('m', wrong[name] as ExportedSketch);
      }).toThrow(InvalidArgumentError);
      expect(monitor.metricNames()).toEqual([]);
    });

    it('with everything that is wrong in one error', () => {
      const { monitor } = setup();
      const merge = () => {
        monitor.merge('m', { ...good, count: -1, min: NaN, buckets: 5 } as never);
      };
      for (const name of ['count', 'min', 'buckets']) expect(merge).toThrow(`${name} must be`);
      expect(() => {
        monitor.merge('', good);
      }).toThrow('metric must be');
      monitor.merge('m', good);
      expect(monitor.stats('m')?.count).toBe(6);
    });
  });
});
