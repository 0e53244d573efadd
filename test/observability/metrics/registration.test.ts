import { isBreakwaterError } from 'breakwater/core';
import { BUCKETS, exponentialBuckets, linearBuckets, MetricsCollector } from 'breakwater/metrics';
import { describe, expect, it } from 'vitest';
import { codeOf, linesOf, setup } from './setup.js';

const help = 'For a test.';

describe('registration', () => {
  it('OBS-M10 gives the same instance for the same metric, and says what differs otherwise', () => {
    const { metrics } = setup();
    const first = metrics.histogram('size', { help, labels: ['a', 'b'], buckets: [1, 2] });
    expect(metrics.histogram('size', { help: 'Other.', labels: ['b', 'a'], buckets: [2, 1, 1, Infinity] })).toBe(first);
    const differences = (run: () => unknown): unknown => {
      try {
        return run();
      } catch (error) {
        return isBreakwaterError(error, 'BREAKWATER_METRIC_CONFLICT')
          ? (error as unknown as { differences: unknown }).differences
          : error;
      }
    };
    expect(differences(() => metrics.histogram('size', { help, labels: ['a'], buckets: [1, 3] }))).toEqual([
      'its labels are a, b, not a',
      'its buckets are 1, 2, not 1, 3',
    ]);
    expect(differences(() => metrics.counter('size', { help, labels: ['a', 'b'] }))).toEqual([
      'it is a histogram, not a counter',
    ]);
    const counter = metrics.counter('jobs_total', { help });
    expect(metrics.counter('jobs_total', { help })).toBe(counter);
    expect(differences(() => metrics.counter('jobs_total', { help, labels: ['a'] }))).toEqual([
      'its labels are none, not a',
    ]);
  });

  it.each([
    ['histogram', 'x', 'counter', 'x_count'],
    ['histogram', 'x', 'gauge', 'x_bucket'],
    ['gauge', 'x_sum', 'histogram', 'x'],
    ['counter', 'x', 'counter', 'x_total'],
    ['counter', 'x_total', 'gauge', 'x'],
    ['gauge', 'x_total', 'counter', 'x'],
    ['counter', 'x_total', 'counter', 'x_created_total'],
    ['counter', 'x', 'gauge', 'x_created'],
    ['gauge', 'x_created', 'histogram', 'x'],
  ] as const)('OBS-M26 refuses names that collide in a scrape: %s %s and %s %s', (one, name, other, another) => {
    const { metrics } = setup();
    metrics[one](name, { help });
    expect(codeOf(() => metrics[other](another, { help }))).toBe('BREAKWATER_METRIC_CONFLICT');
    expect(metrics.counter('x_y_total', { help })).toBeDefined();
  });

  it('OBS-M33 refuses what is no name, label or bucket, all at once', () => {
    const { metrics } = setup();
    const paths = (run: () => unknown): unknown => {
      try {
        return run();
      } catch (error) {
        return isBreakwaterError(error, 'BREAKWATER_INVALID_OPTIONS')
          ? (error as unknown as { issues: { path: string }[] }).issues.map(({ path }) => path)
          : error;
      }
    };
    const bad = { labels: ['__x', 'le', 'a', 'a', '1a', 'a-b'], buckets: [1, NaN, '2', -Infinity], halp: 1 };
    expect(paths(() => metrics.histogram('1 x', bad as never))).toEqual([
      'name',
      'halp',
      'help',
      'labels[0]',
      'labels[1]',
      'labels[3]',
      'labels[4]',
      'labels[5]',
      'buckets[1]',
      'buckets[2]',
      'buckets[3]',
    ]);
    expect(paths(() => metrics.histogram('x', { help, buckets: [] }))).toEqual(['buckets']);
    expect(paths(() => metrics.histogram('x', { help, buckets: [Infinity] }))).toEqual(['buckets']);
    const bounds = (length: number): number[] => Array.from({ length }, (_, i) => i);
    for (const buckets of [bounds(300), bounds(201), [...bounds(200), Infinity, Infinity]])
      expect(paths(() => metrics.histogram('x', { help, buckets }))).toEqual(['buckets']);
    expect(metrics.histogram('most', { help, buckets: [...bounds(200), Infinity] })).toBeDefined();
    expect(paths(() => metrics.counter(5 as never, { help: '' }))).toEqual(['name', 'help']);
    expect(paths(() => metrics.gauge('x\n# EOF', { help }))).toEqual(['name']);
    expect(codeOf(() => metrics.counter('breakwater_metrics_overflow_total', { help }))).toBe(
      'BREAKWATER_METRIC_CONFLICT',
    );
    expect(metrics.gauge('fine', { help, labels: ['le'] })).toBeDefined();
  });

  it('refuses impossible options, all at once', () => {
    const bad = {
      prefix: '1-',
      maxSeriesPerMetric: 0,
      seriesTtlMs: 5,
      runtime: 'yes',
      exemplar: 1,
      colectTimeoutMs: 1,
    };
    expect(codeOf(() => new MetricsCollector(bad as never))).toBe('BREAKWATER_INVALID_OPTIONS');
    expect(() => new MetricsCollector(bad as never)).toThrow(
      /did you mean collectTimeoutMs.*prefix.*maxSeriesPerMetric.*seriesTtlMs.*runtime.*exemplar/s,
    );
    for (const run of [
      (metrics: MetricsCollector) => metrics.onCollect(5 as never),
      (metrics: MetricsCollector) => metrics.collectFrom({} as never),
      (metrics: MetricsCollector) => metrics.include({} as never),
      (metrics: MetricsCollector) => metrics.exposeIn(null as never),
      (metrics: MetricsCollector) => metrics.mirrorTo({} as never),
      (metrics: MetricsCollector) => metrics.render('text' as never),
      (metrics: MetricsCollector) => metrics.stream('__proto__' as never),
      (metrics: MetricsCollector) => metrics.on('nothing' as never, () => undefined),
    ])
      expect(codeOf(() => run(setup().metrics))).toBe('BREAKWATER_INVALID_ARGUMENT');
  });

  it('puts its prefix before what is registered', () => {
    const { metrics } = setup({ prefix: 'shop_' });
    metrics.counter('jobs_total', { help }).inc();
    expect(linesOf(metrics, 'shop_')).toEqual(['shop_jobs_total 1']);
    expect(metrics.counter('jobs_total', { help }).name).toBe('shop_jobs_total');
  });

  it('makes buckets', () => {
    expect(linearBuckets(0.1, 0.1, 3)).toEqual([0.1, 0.2, 0.3]);
    expect(exponentialBuckets(1, 10, 4)).toEqual([1, 10, 100, 1_000]);
    expect(BUCKETS.HTTP_SECONDS).toHaveLength(14);
    expect(Object.isFrozen(BUCKETS) && Object.values(BUCKETS).every((preset) => Object.isFrozen(preset))).toBe(true);
    for (const bad of [
      () => linearBuckets(NaN, 1, 3),
      () => linearBuckets(0, 0, 3),
      () => linearBuckets(0, 1, 0),
      () => linearBuckets(1e20, 1, 3),
      () => exponentialBuckets(0, 2, 3),
      () => exponentialBuckets(1, 1, 3),
      () => exponentialBuckets(1, 2, 201),
      () => exponentialBuckets(1e300, 10, 20),
    ])
      expect(codeOf(bad)).toBe('BREAKWATER_INVALID_ARGUMENT');
  });
});
