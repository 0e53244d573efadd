import { Registry } from 'prom-client';
import { InvalidArgumentError } from 'breakwater/core';
import { contentType, MetricsCollector, metricsFormat, observe } from 'breakwater/metrics';
import { describe, expect, it } from 'vitest';
import { linesOf, own, setup } from './setup.js';

const help = 'For a test.';

describe('exposeIn', () => {
  it('OBS-M21 says how workers are to be added up, as prom-client does for its own', async () => {
    const { metrics } = setup({ runtime: true });
    metrics.gauge('depth', { help });
    const registry = new Registry();
    metrics.exposeIn(registry);
    const json = await registry.getMetricsAsJSON();
    const aggregators = Object.fromEntries(json.map(({ name, aggregator }) => [name, aggregator]));
    expect(aggregators).toMatchObject({
      depth: 'sum',
      process_start_time_seconds: 'omit',
      process_uptime_seconds: 'max',
      nodejs_version_info: 'first',
      nodejs_eventloop_utilization: 'average',
      nodejs_eventloop_lag_min_seconds: 'min',
      nodejs_eventloop_lag_max_seconds: 'max',
      nodejs_eventloop_lag_p99_seconds: 'average',
      process_cpu_seconds_total: 'sum',
      nodejs_gc_duration_seconds: 'sum',
    });
    metrics.dispose();
  });

  it('OBS-M21 names that would collide in the scrape of the registry are left out, in either direction', async () => {
    const { metrics, warnings } = setup();
    const types = { took_count: 'gauge', size: 'histogram', done: 'gauge', sent_total: 'counter', lost: 'counter' };
    const has = new Map<string, object>(Object.entries(types).map(([name, type]) => [name, { name, type }]));
    metrics.histogram('took', { help });
    metrics.gauge('size_sum', { help });
    metrics.counter('done_total', { help });
    for (const name of ['size_created', 'sent_created', 'lost_created']) metrics.gauge(name, { help });
    metrics.gauge('fine', { help });
    const shown: string[] = [];
    metrics.exposeIn({
      registerMetric: ((metric: { readonly name: string }) => shown.push(metric.name)) as never,
      removeSingleMetric: () => undefined,
      getSingleMetric: (name) => has.get(name),
    });
    expect(shown).toEqual(['fine']);
    expect(own(metrics, 'conflicts_total')).toBe(6);
    expect(await warnings()).toEqual(Array.from({ length: 6 }, () => 'BREAKWATER_W_METRIC_CONFLICT'));
  });
});

describe('series', () => {
  it('OBS-M22 a child bound to the overflow gets a series of its own after remove()', () => {
    const { metrics } = setup({ maxSeriesPerMetric: 1 });
    const jobs = metrics.counter('jobs_total', { help, labels: ['a'] });
    jobs.inc({ a: 'x' });
    const child = jobs.bind({ a: 'y' });
    child.inc();
    jobs.remove({ a: 'x' });
    child.inc();
    expect(linesOf(metrics, 'jobs_total')).toEqual(['jobs_total{a="overflow"} 1', 'jobs_total{a="y"} 1']);
  });

  it('OBS-M22 a source of exemplars that counts itself is not asked again', () => {
    let asked = 0;
    const { metrics, reports } = setup({
      exemplar: () => {
        asked++;
        inner.inc();
        return { traceId: 'abc' };
      },
    });
    const inner = metrics.counter('inner_total', { help });
    metrics.counter('outer_total', { help }).inc();
    expect([asked, reports]).toEqual([1, []]);
    expect(linesOf(metrics, 'inner_total', 'openmetrics')).toEqual(['inner_total 1']);
    expect(linesOf(metrics, 'outer_total', 'openmetrics')[0]).toContain('trace_id="abc"');
  });

  it('OBS-M32 an exemplar leads to a trace that there is, and that is kept', () => {
    const [traceId, spanId] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'];
    let active: unknown = { traceId, spanId, traceFlags: 1 };
    const { metrics, reports } = setup({ exemplar: () => active as never });
    const jobs = metrics.counter('jobs_total', { help });
    const took = metrics.histogram('took', { help, buckets: [1] });
    const both = (): void => {
      jobs.inc();
      took.observe(1);
    };
    both();
    for (const none of [
      { traceId: '0'.repeat(32), spanId: '0'.repeat(16), traceFlags: 1 },
      { traceId, spanId: '0'.repeat(16) },
      { traceId: 'aa', spanId: 'bb', traceFlags: 0 },
      { traceId: 'aa', spanId: 'bb', traceFlags: 2 },
      null,
    ]) {
      active = none;
      both();
    }
    const kept = `# {trace_id="${traceId}",span_id="${spanId}"} 1 1700000000`;
    expect(linesOf(metrics, 'jobs_total', 'openmetrics')).toEqual([`jobs_total 6 ${kept}`]);
    expect(linesOf(metrics, 'took_bucket{le="1.0"', 'openmetrics')).toEqual([`took_bucket{le="1.0"} 6 ${kept}`]);
    active = { traceId, traceFlags: 3 };
    both();
    expect(linesOf(metrics, 'jobs_total', 'openmetrics')).toEqual([
      `jobs_total 7 # {trace_id="${traceId}"} 1 1700000000`,
    ]);
    expect(reports).toEqual([]);
  });

  it('OBS-M22 mirroring to the same meter twice records once, until both have ended', () => {
    const { metrics } = setup();
    const recorded: number[] = [];
    const meter = {
      createObservableCounter: () => ({}),
      createObservableGauge: () => ({}),
      createHistogram: () => ({ record: (value: number) => void recorded.push(value) }),
      addBatchObservableCallback: () => undefined,
      removeBatchObservableCallback: () => undefined,
    };
    const took = metrics.histogram('took', { help });
    const [one, two] = [metrics.mirrorTo(meter), metrics.mirrorTo(meter)];
    took.observe(1);
    one();
    one();
    took.observe(2);
    two();
    took.observe(3);
    metrics.mirrorTo(meter);
    took.observe(4);
    expect(recorded).toEqual([1, 2, 4]);
  });
});

describe('include', () => {
  it('OBS-M23 keeps lines whose family was not announced, as untyped', () => {
    const { metrics } = setup();
    metrics.include({ metrics: () => 'bare 1\nbare{a="x"} 2\n# TYPE known gauge\nknown 3\nother 4\n' });
    const text = metrics.render('prometheus');
    expect(text).toContain('# TYPE bare untyped\nbare 1\nbare{a="x"} 2\n');
    expect(text).toContain('# TYPE known gauge\nknown 3\n');
    expect(text).toContain('# TYPE other untyped\nother 4\n');
    expect(metrics.render('openmetrics')).toContain('# TYPE bare unknown\n');
    expect(own(metrics, 'dropped_samples_total')).toBe(0);
  });
});

describe('values and labels', () => {
  it('OBS-M24 an array or a boxed number is no value of a metric without labels', () => {
    const { metrics } = setup();
    const jobs = metrics.counter('jobs_total', { help });
    const inc = jobs.inc as (value?: unknown) => void;
    for (const value of [[], [1], new Number(3), new Date(0)]) inc.call(jobs, value);
    inc.call(jobs, {});
    expect(linesOf(metrics, 'jobs_total')).toEqual(['jobs_total 1']);
    expect(own(metrics, 'dropped_values_total')).toBe(4);
  });

  it('OBS-M24 the end of a timer does not throw after the work: it drops, and counts', () => {
    const { metrics } = setup();
    const took = metrics.histogram('took', { help, labels: ['kind'] });
    const throwing = Object.defineProperty({}, 'kind', {
      enumerable: true,
      get: () => {
        throw new Error('boom');
      },
    });
    for (const more of [undefined, { other: 1 }, 'str', throwing]) took.startTimer()(more as never);
    expect(own(metrics, 'dropped_values_total')).toBe(4);
    expect(linesOf(metrics, 'took_count')).toEqual([]);
  });

  it('OBS-M24 labels that cannot be read are refused by name of the metric', () => {
    const { metrics } = setup();
    const jobs = metrics.counter('jobs_total', { help, labels: ['a'] });
    const labels = Object.defineProperty({}, 'a', {
      enumerable: true,
      get: () => {
        throw new Error('boom');
      },
    });
    const proxy = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('boom');
        },
      },
    );
    for (const bad of [labels, proxy]) {
      for (const act of [
        () => jobs.inc(bad as never),
        () => jobs.bind(bad as never),
        () => jobs.remove(bad as never),
      ]) {
        expect(act).toThrow(InvalidArgumentError);
        expect(act).toThrow("metric 'jobs_total': labels cannot be read");
      }
    }
    const took = metrics.histogram('took', { help, labels: ['a'] });
    expect(() => took.startTimer(labels as never)).toThrow("metric 'took': labels cannot be read");
    expect(() => took.startTimer('str' as never)).toThrow("metric 'took': labels must be an object, got a string");
  });

  it('OBS-M35 inherited labels count like own ones, whether their series is there or not', () => {
    const { metrics } = setup();
    const jobs = metrics.counter('jobs_total', { help, labels: ['a'] });
    const took = metrics.histogram('took', { help, labels: ['a', 'constructor'] });
    const labels = Object.create({ a: '1' }) as never;
    for (let i = 0; i < 2; i++) jobs.inc(labels);
    jobs.bind(labels).inc();
    expect(linesOf(metrics, 'jobs_total')).toEqual(['jobs_total{a="1"} 3']);
    expect(() => jobs.inc(Object.create({ a: '1', b: '2' }) as never)).toThrow("unknown label 'b'");
    took.startTimer(labels)({ constructor: '2' });
    took.startTimer({ constructor: '2' } as never)(labels);
    expect(linesOf(metrics, 'took_count')).toEqual(['took_count{a="1",constructor="2"} 2']);
  });

  it('OBS-M24 a wrong format is named, and what is no text asks for text', () => {
    const { metrics } = setup();
    for (const name of ['xml', 'toString', 5]) {
      for (const act of [metrics.stream.bind(metrics), metrics.render.bind(metrics), contentType])
        expect(() => act(name as never)).toThrow("'prometheus', 'openmetrics' or 'json', got");
    }
    for (const accept of [3, {}, ['application/json'], null]) expect(metricsFormat(accept as never)).toBe('prometheus');
  });

  it('OBS-M24 a histogram without buckets is the one that there is with its own', () => {
    const { metrics } = setup();
    const took = metrics.histogram('took', { help, buckets: [1, 2] });
    metrics.histogram('took', { help }).observe(1.5);
    took.observe(1.5);
    expect(linesOf(metrics, 'took_count')).toEqual(['took_count 2']);
    expect(() => metrics.histogram('took', { help, buckets: [1] })).toThrow('its buckets are 1, 2, not 1');
  });
});

describe('two collectors', () => {
  it('OBS-M25 one shows how the other is doing, told apart by their label', () => {
    const { metrics: a } = setup({ name: 'a' });
    const b = new MetricsCollector({ name: 'b' });
    observe(b, { metrics: a });
    const wanted = ['{collector="a"} 0', '{collector="b"} 0'];
    const name = 'breakwater_metrics_dropped_values_total';
    for (const format of ['prometheus', 'openmetrics'] as const) {
      expect(linesOf(a, name, format).sort()).toEqual(wanted.map((rest) => `${name}${rest}`));
    }
    expect(a.snapshot().counters.filter((family) => family.name === name)).toHaveLength(1);
    expect(own(a, 'conflicts_total')).toBe(0);
  });
});
