import { describe, expect, it } from 'vitest';
import { parseExposition } from './exposition-parser.js';
import { collect, linesOf, own, parsed, setup, values, sample } from './setup.js';

const help = 'For a test.';

describe('collectors', () => {
  it('OBS-M9 serves everything else when a collector throws, hangs or rejects', async () => {
    const { metrics, clock, reports } = setup();
    const gauge = metrics.gauge('depth', { help });
    const events: unknown[] = [];
    metrics.on('collectError', (event) => events.push(event));
    metrics.onCollect(() => {
      throw new Error('thrown, password=hunter2');
    });
    metrics.onCollect(async () => {
      throw new Error('rejected');
    });
    let asked = 0;
    metrics.onCollect(() => {
      asked++;
      return new Promise(() => undefined);
    });
    metrics.onCollect(async () => {
      await Promise.resolve();
      gauge.set(7);
    });
    metrics.collectFrom(() => [sample('good', 1)]);
    metrics.collectFrom(() => {
      throw new Error('source');
    });
    metrics.collectFrom(function* () {
      yield sample('half', 1);
      throw new Error('midway');
    });
    metrics.collectFrom((async () => Promise.reject(new Error('a promise'))) as never);
    for (const scrape of [1, 2]) {
      const text = collect(metrics.stream('prometheus'));
      await clock.advanceAsync(999);
      // The second scrape does not wait again for what it knows to hang.
      expect(clock.pending).toBe(scrape === 1 ? 1 : 0);
      await clock.advanceAsync(1);
      const families = parseExposition(await text, 'prometheus');
      expect(values(families.get('depth'))).toEqual([[{}, 7]]);
      expect(values(families.get('good'))).toEqual([[{}, 1]]);
      expect(values(families.get('half'))).toEqual([[{}, 1]]);
      expect(values(families.get('breakwater_metrics_collect_errors_total'))).toEqual([
        [{ collector: 'metrics' }, scrape * 6],
      ]);
    }
    expect(asked).toBe(1);
    expect(clock.pending).toBe(0);
    expect(events).toHaveLength(12);
    expect(JSON.stringify(events)).not.toContain('hunter2');
    expect(reports.length).toBeGreaterThan(0);
  });

  it('OBS-M39 says which collector or registry did not answer', async () => {
    const { metrics, clock } = setup();
    const messages: string[] = [];
    metrics.on('collectError', ({ message }) => messages.push(message));
    const never = () => new Promise<never>(() => undefined);
    metrics.onCollect(() => undefined);
    metrics.onCollect(never);
    metrics.include({ metrics: never });
    const text = collect(metrics.stream('prometheus'));
    await clock.advanceAsync(1_000);
    await text;
    expect(messages.sort()).toEqual([
      "collector 2 'never' did not answer within 1000 ms; the scrape went on without it",
      'foreign registry 1 did not answer within 1000 ms; the scrape went on without it',
    ]);
  });

  it('OBS-M9 does not wait in a snapshot or a render, and asks no hook that is at work', () => {
    const { metrics } = setup();
    let calls = 0;
    metrics.onCollect(() => {
      calls++;
      metrics.snapshot();
      metrics.render('prometheus');
    });
    metrics.collectFrom(() => {
      metrics.snapshot();
      return [sample('x', 1)];
    });
    expect(metrics.snapshot().gauges.map(({ name }) => name)).toContain('x');
    // Once for this snapshot, and once for that of the source; never for its own.
    expect(calls).toBe(2);
  });

  it('OBS-M9 takes no garbage and no more than 10,000 samples from a source', () => {
    const { metrics } = setup();
    metrics.collectFrom(
      () =>
        [
          null,
          5,
          {},
          sample('bad name', 1),
          sample('nan', NaN),
          sample('text', '5' as never),
          sample('type', 1, {}, { type: 'histogram' }),
          sample('below', -1, {}, { type: 'counter' }),
          sample('label', 1, { '0': 'x' }),
          sample('reserved', 1, { __x: 'x' }),
          sample('nohelp', 1, {}, { help: undefined }),
          new Proxy(
            {},
            {
              get() {
                throw new Error('no');
              },
            },
          ),
          sample('good', 1, { a: 'x"\n', b: 5 as never }),
        ] as never,
    );
    metrics.collectFrom(function* () {
      for (let i = 0; ; i++) yield sample('endless', i, { i: String(i) });
    });
    const families = parsed(metrics);
    expect(values(families.get('good'))).toEqual([[{ a: 'x"\n', b: '5' }, 1]]);
    expect(families.get('endless')?.samples).toHaveLength(10_000);
    expect(own(metrics, 'dropped_samples_total')).toBe(12);
    expect(own(metrics, 'collect_errors_total')).toBe(1);
    expect([...families.keys()].filter((name) => !name.startsWith('breakwater'))).toEqual(['good', 'endless']);
  });

  it('merges the families of several sources, and leaves out what conflicts', async () => {
    const { metrics, warnings } = setup();
    metrics.counter('jobs_total', { help }).inc(4);
    metrics.histogram('size', { help, buckets: [1] });
    const events: unknown[] = [];
    metrics.subscribe((event) => events.push(event));
    const stop = metrics.collectFrom(() => [
      sample('open', 1, { breaker: 'a' }),
      sample('jobs_total', 9, {}, { type: 'counter' }),
      sample('size_count', 9),
      sample('open', 2, { breaker: 'c', z: '1' }),
    ]);
    metrics.collectFrom(() => [
      sample('open', 3, { breaker: 'b' }),
      sample('open', 4, { z: '1', breaker: 'c' }),
      sample('open', 5, { breaker: 'd' }, { type: 'counter' }),
    ]);
    for (const format of ['prometheus', 'openmetrics'] as const) {
      expect(values(parsed(metrics, format).get('open'))).toEqual([
        [{ breaker: 'a' }, 1],
        [{ breaker: 'c', z: '1' }, 2],
        [{ breaker: 'b' }, 3],
      ]);
    }
    expect(values(parsed(metrics).get('jobs_total'))).toEqual([[{}, 4]]);
    expect(own(metrics, 'conflicts_total')).toBe(12);
    expect(await warnings()).toEqual(Array(3).fill('BREAKWATER_W_METRIC_CONFLICT'));
    expect(events).toHaveLength(3);
    stop();
    expect(values(parsed(metrics).get('open'))).toHaveLength(2);
  });
});

describe('limits', () => {
  it('OBS-M11 puts what is over the limit into one series, warns once for each metric, and stays flat', async () => {
    const { metrics, warnings } = setup({ maxSeriesPerMetric: 10 });
    const histogram = metrics.histogram('size', { help, labels: ['user', 'kind'], buckets: [1] });
    const counter = metrics.counter('jobs_total', { help, labels: ['user'] });
    const events: unknown[] = [];
    metrics.on('seriesLimit', (event) => events.push(event));
    for (let i = 0; i < 100; i++) {
      histogram.observe({ user: `u${String(i)}`, kind: 'x' }, 1);
      counter.inc({ user: `u${String(i)}` });
    }
    const bound = counter.bind({ user: 'late' });
    bound.inc(100);
    const found = parsed(metrics);
    expect(found.get('size')?.samples.filter(({ name }) => name === 'size_count')).toHaveLength(11);
    expect(values(found.get('jobs_total')).at(-1)).toEqual([{ user: 'overflow' }, 190]);
    expect(linesOf(metrics, 'size_count').at(-1)).toBe('size_count{user="overflow",kind="overflow"} 90');
    expect(events).toEqual(['size', 'jobs_total'].map((metric) => ({ collector: 'metrics', metric, limit: 10 })));
    expect(await warnings()).toEqual(['BREAKWATER_W_SERIES_LIMIT', 'BREAKWATER_W_SERIES_LIMIT']);
    expect(own(metrics, 'overflow_total')).toBe(182);
    // Who has these very labels is the overflow.
    counter.inc({ user: 'overflow' });
    counter.inc({ user: 'u3' });
    expect(values(parsed(metrics).get('jobs_total'))).toContainEqual([{ user: 'overflow' }, 191]);
    expect(values(parsed(metrics).get('jobs_total'))).toContainEqual([{ user: 'u3' }, 2]);
    counter.remove({ user: 'u3' });
    counter.inc({ user: 'new' });
    expect(values(parsed(metrics).get('jobs_total'))).toContainEqual([{ user: 'new' }, 1]);
  });

  it('OBS-M11 takes a series that is there already as the overflow', () => {
    const { metrics } = setup({ maxSeriesPerMetric: 2 });
    const counter = metrics.counter('jobs_total', { help, labels: ['user'] });
    for (const user of ['overflow', 'a', 'b', 'c', 'overflow']) counter.inc({ user });
    expect(values(parsed(metrics).get('jobs_total'))).toEqual([
      [{ user: 'overflow' }, 3],
      [{ user: 'a' }, 1],
      [{ user: 'c' }, 1],
    ]);
  });

  it('OBS-M36 counts each value of a bound child that has no room, so that it shows as long as it goes on', () => {
    const { metrics } = setup({ maxSeriesPerMetric: 1 });
    const counter = metrics.counter('jobs_total', { help, labels: ['user'] });
    counter.inc({ user: 'a' });
    const late = counter.bind({ user: 'b' });
    const before = own(metrics, 'overflow_total') ?? NaN;
    // Who has these very labels changes nothing.
    for (let i = 0; i < 500; i++) late.inc();
    counter.inc({ user: 'overflow' });
    for (let i = 0; i < 500; i++) late.inc();
    expect((own(metrics, 'overflow_total') ?? NaN) - before).toBe(1_000);
    expect(linesOf(metrics, 'jobs_total')).toEqual(['jobs_total{user="a"} 1', 'jobs_total{user="overflow"} 1001']);
    counter.remove({ user: 'a' });
    late.inc();
    late.inc();
    expect((own(metrics, 'overflow_total') ?? NaN) - before).toBe(1_000);
  });

  it('OBS-M11 takes a million label values without growing', () => {
    const { metrics } = setup();
    const counter = metrics.counter('jobs_total', { help, labels: ['user'] });
    for (let i = 0; i < 2_000; i++) counter.inc({ user: `warm-${String(i)}` });
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 1_000_000; i++)
      counter.inc({ user: i % 100 > 0 ? `u${String(i)}` : `${'x'.repeat(200)}${String(i)}` });
    expect(linesOf(metrics, 'jobs_total')).toHaveLength(1_001);
    expect(own(metrics, 'overflow_total')).toBe(1_001_000);
    // What the collector has not come to yet is garbage, not memory.
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(150 * 1_048_576);
  });

  it('OBS-M11 forgets series that were unused for seriesTtlMs, at a scrape, and lets bound children come back', () => {
    const { metrics, clock } = setup({ seriesTtlMs: 60_000, maxSeriesPerMetric: 3 });
    const counter = metrics.counter('jobs_total', { help, labels: ['kind'] });
    const plain = metrics.gauge('depth', { help });
    plain.set(3);
    const a = counter.bind({ kind: 'a' });
    const shown = (): unknown[] => values(parsed(metrics).get('jobs_total'));
    a.inc(5);
    counter.inc({ kind: 'b' });
    counter.inc({ kind: 'c' });
    const late = counter.bind({ kind: 'late' });
    late.inc(7);
    shown();
    clock.advance(59_999);
    counter.inc({ kind: 'b' });
    expect(shown()).toHaveLength(4);
    clock.advance(1);
    expect(shown()).toEqual([
      [{ kind: 'b' }, 2],
      [{ kind: 'overflow' }, 7],
    ]);
    late.inc();
    a.inc();
    expect(shown()).toEqual([
      [{ kind: 'b' }, 2],
      [{ kind: 'overflow' }, 7],
      [{ kind: 'late' }, 1],
      [{ kind: 'a' }, 1],
    ]);
    clock.advance(60_000);
    metrics.snapshot();
    clock.advance(60_000);
    expect(shown()).toEqual([[{ kind: 'overflow' }, 7]]);
    expect(values(parsed(metrics).get('depth'))).toEqual([[{}, 3]]);
  });
});
