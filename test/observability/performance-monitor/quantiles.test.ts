import { InvalidArgumentError } from 'breakwater/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exact, MOST_ERROR, setup } from './setup.js';

const RATIOS = [0, 0.001, 0.01, 0.07, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1];

/** A seeded source of chance that is the same in every run. */
function chance(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
}

function normal(next: () => number): number {
  return Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next());
}

const DISTRIBUTIONS: Record<string, (next: () => number, i: number) => number> = {
  lognormal: (next) => Math.exp(2 + 1.2 * normal(next)),
  exponential: (next) => -20 * Math.log(next()),
  uniform: (next) => 1 + 999 * next(),
  'pareto, with a heavy tail': (next) => next() ** (-1 / 1.1),
  'two peaks': (next) => (next() < 0.9 ? 2 + 0.1 * normal(next) : 900 + 30 * normal(next)),
  'normal, of both signs': (next) => 50 * normal(next),
  'all alike': () => 12.345,
  'mostly zero': (next) => (next() < 0.7 ? 0 : 10 * next()),
  integers: (next) => Math.floor(next() * 40),
  'eight orders of size': (next) => 10 ** (8 * next() - 4),
};

describe('the quantiles of a PerformanceMonitor', () => {
  it.each(Object.keys(DISTRIBUTIONS))('are within 1.1 percent of the exact ones: %s', (name) => {
    const { monitor, recordAll } = setup();
    const next = chance();
    const values = Array.from({ length: 20_000 }, (_, i) => DISTRIBUTIONS[name]?.(next, i) ?? NaN);
    recordAll(values);
    for (const ratio of RATIOS) {
      const wanted = exact(values, ratio);
      const error = Math.abs((monitor.quantile('m', ratio) ?? NaN) - wanted);
      expect(error, `${name} at ${String(ratio)}`).toBeLessThanOrEqual(MOST_ERROR * Math.abs(wanted));
    }
    const { p50, p95, p99 } = monitor.stats('m') ?? {};
    expect([p50, p95, p99]).toEqual([0.5, 0.95, 0.99].map((ratio) => monitor.quantile('m', ratio)));
  });

  // Up to 40 octaves: 38 of one sign, or 19 of each.
  const lists = (min: number, max: number, other: fc.Arbitrary<number>) =>
    fc.array(fc.oneof(fc.double({ min, max, noNaN: true }), other), { minLength: 1, maxLength: 200, size: 'max' });
  const oneSign = lists(1e-4, 1e7, fc.integer({ min: 0, max: 1_000 }));
  const bothSigns = lists(
    0.01,
    4_000,
    fc.oneof(fc.double({ min: -4_000, max: -0.01, noNaN: true }), fc.integer({ min: -1_000, max: 1_000 })),
  );

  it.each([
    ['of one sign, and zero', oneSign],
    ['of both signs, and zero', bothSigns],
  ])('are within 1.1 percent for any values %s', (_, list) => {
    fc.assert(
      fc.property(
        list,
        fc.integer({ min: 0, max: 1_000 }).map((thousandths) => thousandths / 1_000),
        (values, ratio) => {
          const { monitor, recordAll } = setup();
          recordAll(values);
          // Apart from the sign of a zero.
          expect([monitor.quantile('m', 0), monitor.quantile('m', 1)].map((end) => (end ?? NaN) + 0)).toEqual([
            Math.min(...values) + 0,
            Math.max(...values) + 0,
          ]);
          const wanted = exact(values, ratio);
          const error = Math.abs((monitor.quantile('m', ratio) ?? NaN) - wanted);
          expect(error).toBeLessThanOrEqual(MOST_ERROR * Math.abs(wanted));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('hold at the edge of every bucket, from the least number that counts to the greatest', () => {
    const { monitor, recordAll } = setup({ maxMetrics: 100_000, keep: 1 });
    for (const exponent of [-1_022, -500, -1, 0, 1, 9, 1_023]) {
      for (let i = 0; i < 400; i++) {
        // Among others, so that neither end answers for it.
        const value = 2 ** exponent * (1 + i / 400);
        monitor.reset();
        recordAll([0, value, value, Number.MAX_VALUE]);
        expect(Math.abs((monitor.quantile('m', 0.5) ?? NaN) / value - 1)).toBeLessThanOrEqual(MOST_ERROR);
        monitor.reset();
        recordAll([0, -value, -value, -Number.MAX_VALUE]);
        expect(Math.abs((monitor.quantile('m', 0.5) ?? NaN) / -value - 1)).toBeLessThanOrEqual(MOST_ERROR);
      }
    }
  });

  it('never lie beyond the least and the greatest value', () => {
    const { monitor, recordAll } = setup();
    recordAll([1.0001, 1.0001, 1.0001]);
    expect(RATIOS.map((ratio) => monitor.quantile('m', ratio))).toEqual(RATIOS.map(() => 1.0001));
  });

  it('never fall from a ratio to a greater one', () => {
    const { monitor, recordAll } = setup();
    recordAll([-100, -3, -3, 0, 0, 0.5, 7, 7, 1e6]);
    const answers = Array.from({ length: 101 }, (_, i) => monitor.quantile('m', i / 100) ?? NaN);
    expect(answers).toEqual([...answers].sort((a, b) => a - b));
    expect([answers[0], answers[100]]).toEqual([-100, 1e6]);
  });

  it.each([
    ['from the least', (values: number[]) => values],
    ['from the greatest', (values: number[]) => values.reverse()],
  ])('of values in more than 40 octaves treat those nearest to zero as zero, and no others: %s', (_, ordered) => {
    const { monitor, recordAll } = setup();
    recordAll(ordered(Array.from({ length: 60 }, (_, i) => 2 ** i)));
    for (let i = 0; i < 60; i++) {
      const answer = monitor.quantile('m', (i + 1) / 60) ?? NaN;
      // Zero, but never less than the least.
      if (i < 20) expect(answer).toBe(1);
      else expect(Math.abs(answer / 2 ** i - 1)).toBeLessThanOrEqual(MOST_ERROR);
    }
  });

  it('refuse a ratio that is none', () => {
    const { monitor } = setup();
    for (const ratio of [-0.1, 1.1, NaN, '0.5', undefined]) {
      expect(() => monitor.quantile('m', ratio as number)).toThrow(InvalidArgumentError);
    }
  });
});
