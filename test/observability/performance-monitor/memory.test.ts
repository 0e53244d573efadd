import { registerSecret } from 'breakwater/core';
import { describe, expect, it } from 'vitest';
import { setup } from './setup.js';

/** Bytes that a metric takes at most: the last values, and five sketches of 40 octaves with 34 counts of 4 bytes each. */
const RING_BYTES = 1_000 * 8;
const SKETCH_BYTES = 64 * 4 + 40 * 34 * 4;
const MOST_BYTES = RING_BYTES + 5 * SKETCH_BYTES;

describe('the memory of a PerformanceMonitor', () => {
  it('is 2 KB of counts for values that differ by four orders of size', () => {
    const { monitor } = setup({ keep: 1 });
    for (let i = 0; i < 10_000; i++) monitor.record('m', 1 + i);
    // 14 octaves in pages of four, and the list of them.
    expect(monitor.snapshot().bytes).toBe(8 + 256 + 16 * 34 * 4);
    expect(14 * 34 * 4).toBeLessThanOrEqual(2_048);
  });

  it('of a metric that is seldom recorded is small', () => {
    const { monitor } = setup();
    monitor.record('m', 5);
    expect(monitor.snapshot().bytes).toBe(16 * 8 + 256 + 4 * 34 * 4);
  });

  it('of one metric has an end, whatever is recorded and however long', () => {
    const { clock, monitor } = setup();
    for (let round = 0; round < 12; round++) {
      for (let exponent = -1_074; exponent <= 1_023; exponent++) {
        monitor.record('m', 2 ** exponent);
        monitor.record('m', -(2 ** exponent));
      }
      clock.advance(120_000);
      expect(monitor.snapshot().bytes).toBeLessThanOrEqual(MOST_BYTES);
    }
    expect(monitor.snapshot().bytes).toBe(MOST_BYTES);
    expect(MOST_BYTES).toBeLessThanOrEqual(36_480);
  });

  it('has an end whatever names come: the rest share one metric, and that is said once', async () => {
    const { monitor, reported } = setup({ maxMetrics: 50 });
    const events: unknown[] = [];
    monitor.on('metricLimit', (event) => events.push(event));
    monitor.subscribe((event) => events.push(event));
    for (let i = 0; i < 5_000; i++) monitor.record(`user ${String(i)}`, i);
    expect(monitor.snapshot()).toMatchObject({ metricCount: 51, maxMetrics: 50, overflowed: 4_950 });
    expect(monitor.snapshot().bytes).toBeLessThanOrEqual(51 * MOST_BYTES);
    expect(monitor.metricNames().at(-1)).toBe('overflow');
    expect(monitor.stats('overflow')).toMatchObject({ lifetimeCount: 4_950, last: 4_999 });
    expect(monitor.stats('user 50')).toBeNull();
    monitor.record('user 3', 7);
    expect(monitor.stats('user 3')).toMatchObject({ count: 2, last: 7 });
    const data = { monitor: 'performance', maxMetrics: 50 };
    expect(events).toEqual([data, { type: 'metricLimit', level: 'warn', data }]);
    await Promise.resolve();
    expect(reported).toEqual([expect.objectContaining({ code: 'BREAKWATER_W_METRIC_LIMIT' })]);
  });

  it('a metric that is forgotten makes room, and an own metric named overflow takes none', () => {
    const { monitor } = setup({ maxMetrics: 2 });
    for (const name of ['overflow', 'a', 'b', 'c']) monitor.record(name, 1);
    expect(monitor.metricNames()).toEqual(['overflow', 'a', 'b']);
    monitor.reset('a');
    monitor.record('c', 2);
    expect(monitor.metricNames()).toEqual(['overflow', 'b', 'c']);
    // What was recorded last has gone with the rest.
    monitor.reset('c');
    monitor.record('c', 3);
    expect(monitor.stats('c')).toMatchObject({ count: 1, last: 3 });
    expect(monitor.stats('overflow')?.lifetimeCount).toBe(2);
  });

  it('cuts long names, which then are one, and keeps nothing of the rest', () => {
    const { monitor } = setup();
    const long = 'x'.repeat(100_000);
    monitor.record(`${long}1`, 1);
    monitor.record(`${long}2`, 2);
    expect(monitor.metricNames().map(({ length }) => length)).toEqual([200]);
    expect(monitor.stats(`${long}3`)?.count).toBe(2);
    monitor.reset(`${long}4`);
    expect(monitor.metricNames()).toEqual([]);
  });

  it('shows no secret of a name', () => {
    const { monitor } = setup();
    using _ = registerSecret('hunter2hunter2');
    monitor.record('GET https://ann:s3cr3tpass@host/', 1);
    monitor.record('key hunter2hunter2', 2);
    monitor.record('key hunter2hunter2', 3);
    const shown = JSON.stringify([monitor.snapshot(), [...monitor.metrics()], monitor.metricNames()]);
    expect(shown).not.toMatch(/s3cr3t|hunter2/);
    expect(monitor.stats('key hunter2hunter2')?.count).toBe(2);
  });

  it.each(['__proto__', 'constructor', 'toString', '123', '-0'])('takes %s for a name like any other', (name) => {
    const { monitor } = setup();
    expect(monitor.stats(name)).toBeNull();
    monitor.record(name, 1);
    expect([monitor.metricNames(), monitor.stats(name)?.count]).toEqual([[name], 1]);
    expect(JSON.parse(JSON.stringify(monitor.snapshot()))).toMatchObject({ metrics: [{ metric: name, count: 1 }] });
  });
});
