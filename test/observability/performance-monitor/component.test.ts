import type { Component } from 'breakwater/core';
import { InvalidArgumentError } from 'breakwater/core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { type PerformanceMonitor, setup } from './setup.js';

const STATISTICS = ['min', 'max', 'avg', 'last', 'p50', 'p95', 'p99', 'lifetime_sum'];

describe('PerformanceMonitor as a component', () => {
  it('is one, of its kind', () => {
    expectTypeOf<PerformanceMonitor>().toExtend<Component>();
    const { monitor } = setup({ name: 'api' });
    expect([monitor.kind, monitor.name]).toEqual(['performance-monitor', 'api']);
  });

  it('shows plain JSON, of 100 metrics at most', () => {
    const { monitor } = setup({ name: 'api' });
    for (let i = 0; i < 150; i++) monitor.record(`m${String(i)}`, i);
    const snapshot = monitor.snapshot();
    expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot);
    expect(snapshot).toMatchObject({ name: 'api', metricCount: 150, maxMetrics: 1_000, ignored: 0, overflowed: 0 });
    expect(snapshot.metrics.map(({ metric }) => metric)).toEqual(
      Array.from({ length: 100 }, (_, i) => `m${String(i)}`),
    );
    expect(snapshot.metrics[7]).toEqual({
      metric: 'm7',
      count: 1,
      min: 7,
      max: 7,
      avg: 7,
      last: 7,
      windowCount: 1,
      p50: 7,
      p95: 7,
      p99: 7,
      lifetimeCount: 1,
      lifetimeSum: 7,
    });
  });

  it('gives samples with one name for each kind of figure, and the metric as a label', () => {
    const { clock, monitor } = setup({ name: 'api' });
    monitor.record('db_ms', 4);
    monitor.record('db_ms', NaN);
    monitor.merge('old_ms', { version: 1, count: 1, sum: 0, min: 0, max: 0, last: 0, zeros: 1, buckets: [] });
    const shown = () =>
      Array.from(monitor.metrics(), ({ name, labels, value }) => {
        expect(name).toMatch(/^breakwater_performance_/);
        return `${name.slice(23)} ${Object.values(labels ?? {}).join(' ')} ${String(value)}`;
      });
    expect(shown()).toEqual([
      'metrics api 2',
      'ignored_total api 1',
      'overflowed_total api 0',
      ...STATISTICS.map((statistic) => `value api db_ms ${statistic} 4`),
      'recorded_total api db_ms 1',
      ...STATISTICS.map((statistic) => `value api old_ms ${statistic} 0`),
      'recorded_total api old_ms 1',
    ]);
    // Without values in the window there are no quantiles, and none that are out of date.
    clock.advance(600_000);
    expect(shown().filter((line) => /p[59]|old_ms/.test(line))).toEqual(['recorded_total api old_ms 1']);
  });

  it('a listener that throws is reported and hurts nobody', async () => {
    const { monitor, reported } = setup({ maxMetrics: 1 });
    monitor.on('metricLimit', () => {
      throw new Error('listener');
    });
    monitor.record('a', 1);
    monitor.record('b', 1);
    await Promise.resolve();
    expect(reported.map(String)).toContain('Error: listener');
    expect(() => monitor.on('nothing' as never, () => undefined)).toThrow(InvalidArgumentError);
  });
});
