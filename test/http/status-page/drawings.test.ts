import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sparkline } from '../../../src/http/status-page/sparkline.js';
import { bar, spanOf } from '../../../src/http/status-page/timeline.js';
import { runs } from '../../runs.js';
import { structureOf } from './parts.js';

const sample = (responseTimeMs: number, healthy = true) => ({ responseTimeMs, healthy });

function pointsOf(drawing: unknown): [number, number][] {
  const points = /points="([^"]*)"/.exec(String(drawing))?.[1] ?? '';
  return points.split(' ').map((point) => point.split(',').map(Number) as [number, number]);
}

describe('the sparkline', () => {
  it('draws from the left to the right, the longest at the top and 0 at the bottom', () => {
    expect(pointsOf(sparkline([sample(0), sample(10), sample(5)]))).toEqual([
      [6, 50],
      [120, 6],
      [234, 28],
    ]);
  });

  it('does not make news of noise below a millisecond', () => {
    const heights = pointsOf(sparkline([sample(0.01), sample(0.05), sample(0.02)])).map(([, y]) => y);
    expect(Math.min(...heights)).toBeGreaterThanOrEqual(48);
  });

  it('says in words what it draws, and marks the runs that were not healthy', () => {
    const bad = (ms: number) => sample(ms, false);
    const drawing = String(sparkline([bad(3), sample(45), bad(12), bad(12), sample(12)]));
    expect(drawing).toContain('<title>Last 5 runs, 3 not healthy: 3 ms to 45 ms, the latest 12 ms</title>');
    expect(/<path d="([^"]*)"/.exec(drawing)?.[1]).toBe('M5 57h3M119 57h60');
    expect(String(sparkline([sample(1), sample(2)]))).toContain('all of them healthy');
  });

  it.each([[[]], [[sample(4)]]])('is left out without two runs', (samples) => {
    expect(sparkline(samples)).toBeUndefined();
  });

  it('stays inside its frame whatever the times are', () => {
    const times = fc.array(
      fc.record({ responseTimeMs: fc.double({ noNaN: true, noDefaultInfinity: true }), healthy: fc.boolean() }),
      {
        minLength: 2,
        maxLength: 60,
      },
    );
    fc.assert(
      fc.property(times, (samples) => {
        const drawing = sparkline(samples);
        const points = pointsOf(drawing);
        expect(points).toHaveLength(samples.length);
        for (const [x, y] of points) expect([x >= 6 && x <= 234, y >= 6 && y <= 50]).toEqual([true, true]);
        expect(structureOf(String(drawing)).tags[0]).toBe('svg class viewBox role');
      }),
      { numRuns: runs(300) },
    );
  });
});

describe('the bar of a step', () => {
  const step = (atMs: number, durationMs: number) => ({
    name: 'step',
    mark: { tone: 'ok' as const, word: 'Done' },
    atMs,
    durationMs,
    message: undefined,
  });
  const place = (at: number, took: number, total: number): (string | undefined)[] => {
    const [, x, width] = /x="([^"]*)" width="([^"]*)"/.exec(String(bar(step(at, took), total))) ?? [];
    return [x, width];
  };

  it.each([
    [0, 100, 100, '0', '1000'],
    [25, 50, 100, '250', '500'],
    [0, 0, 100, '0', '6'],
    [100, 0, 100, '994', '6'],
    [50, 500, 100, '0', '1000'],
    [0, 0, 0, '0', '6'],
  ])('begun after %d ms, taken %d of %d, it is at %s, %s wide', (at, took, total, x, width) => {
    expect(place(at, took, total)).toEqual([x, width]);
  });

  it('has room for steps that end after the whole', () => {
    expect([spanOf([step(90, 30)], 100), spanOf([], 100)]).toEqual([120, 100]);
  });
});
