import fc from 'fast-check';
import { ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';
import { OverlappingWindows } from '../../../src/observability/metrics/overlapping-windows.js';

/** Windows of a minute that remember nothing but when they began, and so what they can see. */
function setup() {
  const clock = new ManualClock({ now: 0 });
  const windows = new OverlappingWindows(
    () => clock.now(),
    60_000,
    [0, 0],
    () => clock.now(),
  );
  const since = (atMs: number): number => {
    clock.advance(atMs - clock.now());
    return windows.read((begun) => begun);
  };
  return { since };
}

describe('two windows', () => {
  it('OBS-M31 show each of several readers all that came since it read before, a minute ago or less', () => {
    const everyMs = fc.integer({ min: 100, max: 60_000 });
    fc.assert(
      fc.property(fc.array(everyMs, { minLength: 1, maxLength: 4 }), (readers) => {
        const { since } = setup();
        const reads = readers.flatMap((ms) =>
          Array.from({ length: 600_000 / ms }, (_, i) => [ms, (i + 1) * ms] as const),
        );
        for (const [ms, atMs] of reads.sort(([, a], [, b]) => a - b))
          expect(since(atMs)).toBeLessThanOrEqual(atMs - ms);
      }),
      { numRuns: 50 },
    );
  });

  it('OBS-M31 show a single reader all that came since it read before, however long ago', () => {
    const { since } = setup();
    for (let atMs = 300_000; atMs < 3_000_000; atMs += 300_000) expect(since(atMs)).toBeLessThanOrEqual(atMs - 300_000);
  });

  it('OBS-M31 forget what is older than both of them', () => {
    const { since } = setup();
    for (let atMs = 15_000; atMs < 1_200_000; atMs += 15_000)
      expect(since(atMs)).toBeGreaterThanOrEqual(atMs - 120_000);
    expect(since(1_200_000)).toBeGreaterThan(0);
  });
});
