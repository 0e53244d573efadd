import { contentType, metricsFormat } from 'breakwater/metrics';
import { describe, expect, it } from 'vitest';
import { parseExposition } from './exposition-parser.js';
import { collect, linesOf, parsed, setup, sample } from './setup.js';

const help = 'For a test.';

describe('scrapes', () => {
  it('OBS-M12 streams ten thousand series in small pieces, each of them of one moment', async () => {
    const { metrics } = setup({ maxSeriesPerMetric: 10_000 });
    const histogram = metrics.histogram('size', { help, labels: ['id'], buckets: [1, 2, 4] });
    const all = Array.from({ length: 10_000 }, (_, i) => histogram.bind({ id: String(i) }));
    let text = '';
    let longest = 0;
    let turns = 0;
    let running = true;
    // Everything else goes on meanwhile, and changes what is being read.
    const busy = (): void => {
      turns++;
      for (let i = 0; i < 500; i++) all[(turns * 7_919 + i * 31) % 10_000]?.observe(i % 6);
      if (running) setImmediate(busy);
    };
    setImmediate(busy);
    for await (const chunk of metrics.stream('prometheus')) {
      longest = Math.max(longest, chunk.length);
      text += chunk;
    }
    running = false;
    // The parser checks that buckets, count and sum of each series belong together.
    expect(parseExposition(text, 'prometheus').get('size')?.samples).toHaveLength(60_000);
    expect(longest).toBeLessThan(65_536);
    expect(turns).toBeGreaterThan(30);
  });

  it('OBS-M12 lets others run while sources and foreign texts are read', async () => {
    const { metrics } = setup();
    metrics.collectFrom(function* () {
      for (let i = 0; i < 5_000; i++) yield sample('many', i, { i: String(i) });
    });
    metrics.include({
      metrics: () => `# TYPE f gauge\n${Array.from({ length: 5_000 }, (_, i) => `f{i="${String(i)}"} 1\n`).join('')}`,
    });
    let turns = 0;
    let running = true;
    const count = (): void => {
      turns++;
      if (running) setImmediate(count);
    };
    setImmediate(count);
    const text = await collect(metrics.stream('openmetrics'));
    running = false;
    const families = parseExposition(text, 'openmetrics');
    expect([families.get('many')?.samples.length, families.get('f')?.samples.length]).toEqual([5_000, 5_000]);
    expect(turns).toBeGreaterThan(100);
  });

  it.each(['prometheus', 'openmetrics', 'json'] as const)(
    'OBS-M30 shows a metric that is registered while sources are read from the next scrape on, as %s',
    async (format) => {
      for (const read of ['stream', 'render', 'snapshot'] as const) {
        const { metrics } = setup();
        metrics.collectFrom(() => [sample('depth', 1, { q: '1' })]);
        const stop = metrics.collectFrom(() => {
          metrics.gauge('depth', { help, labels: ['q'] }).set({ q: '1' }, 7);
          return [];
        });
        const text = async (): Promise<string> =>
          read === 'stream'
            ? collect(metrics.stream(format))
            : read === 'render'
              ? metrics.render(format)
              : JSON.stringify(metrics.snapshot());
        const shown = /depth\{q="1"\} (\d)|"labels":\{"q":"1"\},"value":(\d)/g;
        const all = async (): Promise<unknown[]> => [...(await text()).matchAll(shown)].map(([, a, b]) => a ?? b);
        expect(await all()).toEqual(['1']);
        stop();
        expect(await all()).toEqual(['7']);
      }
    },
  );

  it('OBS-M16 writes OpenMetrics without renaming anything', () => {
    const { metrics } = setup();
    metrics.counter('jobs_total', { help }).inc(2);
    metrics.counter('plain', { help }).inc();
    metrics.gauge('depth', { help }).set(1e21);
    metrics.histogram('size', { help, buckets: [0.00001, 0.5, 1, 1e6, 2.5e9] }).observe(1.5);
    const first = metrics.render('prometheus');
    const open = metrics.render('openmetrics');
    expect(open.split('\n').filter((line) => !line.includes('breakwater_'))).toEqual([
      '# HELP jobs For a test.',
      '# TYPE jobs counter',
      'jobs_total 2',
      '# HELP plain For a test.',
      '# TYPE plain counter',
      'plain_total 1',
      '# HELP depth For a test.',
      '# TYPE depth gauge',
      'depth 1e+21',
      '# HELP size For a test.',
      '# TYPE size histogram',
      'size_bucket{le="1e-05"} 0',
      'size_bucket{le="0.5"} 0',
      'size_bucket{le="1.0"} 0',
      'size_bucket{le="1e+06"} 1',
      'size_bucket{le="2.5e+09"} 1',
      'size_bucket{le="+Inf"} 1',
      'size_sum 1.5',
      'size_count 1',
      '# EOF',
      '',
    ]);
    expect(metrics.render('prometheus')).toBe(first);
    expect(first).toContain('# TYPE jobs_total counter\njobs_total 2\n');
    expect(first).toContain('# TYPE plain counter\nplain 1\n');
    expect(first).toContain('size_bucket{le="0.00001"} 0\n');
    expect(first).not.toContain('# EOF');
    expect(contentType('openmetrics')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(contentType('prometheus')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(contentType('json')).toBe('application/json; charset=utf-8');
  });

  it.each([
    [undefined, 'prometheus'],
    ['', 'prometheus'],
    ['*/*', 'prometheus'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'prometheus'],
    [
      'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
      'openmetrics',
    ],
    ['application/openmetrics-text; version="1.0.0"; charset=utf-8; q=0.5, text/plain; q=0.4', 'openmetrics'],
    ['application/openmetrics-text;version=1.0.0;q=0.2,text/plain;version=0.0.4;q=0.5', 'prometheus'],
    ['application/openmetrics-text;version=2.0.0', 'prometheus'],
    ['application/openmetrics-text;q=0', 'prometheus'],
    ['application/openmetrics-text;q=nonsense', 'prometheus'],
    ['APPLICATION/JSON', 'json'],
    ['application/json, text/plain, */*', 'json'],
    ['application/json;q=0.1, text/plain', 'prometheus'],
    [`${'x/y,'.repeat(10_000)}application/json`, 'prometheus'],
  ] as const)('OBS-M16 reads Accept: %s', (accept, format) => {
    expect(metricsFormat(accept)).toBe(format);
  });

  it('gives the same in a stream as at once, in every format', async () => {
    const { metrics } = setup();
    metrics.counter('jobs_total', { help, labels: ['a'] }).inc({ a: 'x' });
    metrics.histogram('size', { help }).observe(3);
    metrics.gauge('none', { help, labels: ['a'] });
    metrics.collectFrom(() => [sample('s', 1, { b: 'y' })]);
    for (const format of ['prometheus', 'openmetrics', 'json'] as const)
      expect(await collect(metrics.stream(format))).toBe(metrics.render(format));
    expect(JSON.parse(metrics.render('json'))).toEqual(metrics.snapshot());
  });

  it('takes a snapshot that is plain, complete and frozen', () => {
    const { metrics } = setup();
    const counter = metrics.counter('jobs_total', { help, labels: ['a'] });
    counter.inc({ a: 'x' });
    metrics.gauge('depth', { help }).set(-2);
    metrics.histogram('size', { help, labels: ['a'], buckets: [1, 2] }).observe({ a: 'y' }, 1.5);
    const snapshot = metrics.snapshot();
    expect(snapshot.counters[0]).toEqual({ name: 'jobs_total', help, series: [{ labels: { a: 'x' }, value: 1 }] });
    expect(snapshot.gauges[0]).toEqual({ name: 'depth', help, series: [{ labels: {}, value: -2 }] });
    expect(snapshot.histograms).toEqual([
      {
        name: 'size',
        help,
        bounds: [1, 2],
        series: [{ labels: { a: 'y' }, count: 1, sum: 1.5, cumulative: [0, 1, 1] }],
      },
    ]);
    counter.inc({ a: 'x' });
    expect(snapshot.counters[0]?.series[0]?.value).toBe(1);
    const thawed = (value: unknown): unknown[] =>
      typeof value === 'object' && value !== null
        ? [...(Object.isFrozen(value) ? [] : [value]), ...Object.values(value).flatMap(thawed)]
        : [];
    expect(thawed(snapshot)).toEqual([]);
  });

  it('remembers exemplars, and shows them in OpenMetrics only', () => {
    let trace: { traceId: string; spanId?: string } | undefined = { traceId: 'abc', spanId: 'def' };
    const { metrics, clock, reports } = setup({
      exemplar: () => {
        if (trace?.traceId === 'throws') throw new Error('no trace');
        return trace;
      },
    });
    const counter = metrics.counter('jobs_total', { help });
    const histogram = metrics.histogram('size', { help, labels: ['a'], buckets: [1] });
    counter.inc(3);
    histogram.observe({ a: 'x' }, 0.5);
    clock.advance(500);
    histogram.observe({ a: 'x' }, 2, { trace_id: 'mine"' });
    for (const traceId of ['x'.repeat(200), 'x'.repeat(128), 'throws', 5 as never]) {
      trace = { traceId };
      histogram.observe({ a: 'x' }, 0.7);
    }
    trace = undefined;
    counter.inc();
    const found = parsed(metrics, 'openmetrics');
    expect(linesOf(metrics, 'jobs_total', 'openmetrics')).toEqual([
      'jobs_total 4 # {trace_id="abc",span_id="def"} 3 1700000000',
    ]);
    expect(linesOf(metrics, 'size_bucket', 'openmetrics')).toEqual([
      'size_bucket{a="x",le="1.0"} 5 # {trace_id="abc",span_id="def"} 0.5 1700000000',
      'size_bucket{a="x",le="+Inf"} 6 # {trace_id="mine\\""} 2 1700000000.5',
    ]);
    expect(found.get('size')?.samples[1]?.exemplar).toEqual({ labels: { trace_id: 'mine"' }, value: 2 });
    expect(metrics.render('prometheus')).not.toContain('trace_id');
    expect(reports).toBeDefined();
  });
});
