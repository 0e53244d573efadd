import { MeterProvider, MetricReader, type ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { Counter as PromCounter, Gauge as PromGauge, Histogram as PromHistogram, Registry, Summary } from 'prom-client';
import { registerSecret } from 'breakwater/core';
import { describe, expect, it } from 'vitest';
import { parseExposition } from './exposition-parser.js';
import { collect, own, parsed, setup, values } from './setup.js';

const help = 'For a test.';

function promRegistry(contentType?: string) {
  const registry = new Registry();
  registry.setContentType((contentType ?? Registry.PROMETHEUS_CONTENT_TYPE) as never);
  const registers = [registry];
  new PromCounter({ name: 'foreign_total', help: 'of "theirs"\\', registers, labelNames: ['a'] }).inc({ a: 'x\n"' }, 2);
  new PromCounter({ name: 'short', help, registers }).inc();
  new PromGauge({ name: 'foreign_depth', help, registers }).set(1e21);
  new PromHistogram({ name: 'foreign_size', help, registers, labelNames: ['b'], buckets: [1, 2] }).observe(
    { b: 'y' },
    2,
  );
  new Summary({ name: 'foreign_spread', help, registers, percentiles: [0.5] }).observe(3);
  return registry;
}

describe('include', () => {
  it.each([Registry.PROMETHEUS_CONTENT_TYPE, Registry.OPENMETRICS_CONTENT_TYPE])(
    'merges the families of a prom-client registry that writes %s',
    async (contentType) => {
      const { metrics } = setup();
      metrics.gauge('mine', { help }).set(1);
      const stop = metrics.include(promRegistry(contentType));
      for (const format of ['prometheus', 'openmetrics'] as const) {
        const families = parseExposition(await collect(metrics.stream(format)), format);
        const counter = families.get(format === 'openmetrics' ? 'foreign' : 'foreign_total');
        expect(counter).toMatchObject({ type: 'counter', help: 'of "theirs"\\' });
        expect(values(counter)).toEqual([[{ a: 'x\n"' }, 2]]);
        expect(values(families.get('foreign_depth'))).toEqual([[{}, 1e21]]);
        expect(families.get('foreign_size')?.samples.map(({ value }) => value)).toEqual([0, 1, 1, 2, 1]);
        expect(families.get('foreign_spread')).toMatchObject({ type: 'summary' });
        expect(values(families.get('mine'))).toEqual([[{}, 1]]);
        expect([...families.keys()].filter((name) => /^short/.test(name))).toHaveLength(1);
      }
      expect(own(metrics, 'dropped_samples_total')).toBe(0);
      expect(own(metrics, 'conflicts_total')).toBe(0);
      expect(metrics.render('prometheus')).not.toContain('foreign');
      stop();
      expect(await collect(metrics.stream('prometheus'))).not.toContain('foreign');
    },
  );

  it('leaves out, counts and warns of families whose name is taken, here or by another registry', async () => {
    const { metrics, warnings } = setup();
    metrics.counter('foreign_total', { help });
    metrics.collectFrom(() => [{ name: 'foreign_size_count', type: 'gauge', help, value: 1 }]);
    metrics.include(promRegistry());
    metrics.include({ metrics: () => '# TYPE foreign_depth gauge\nforeign_depth 7\n# TYPE other gauge\nother 8\n' });
    const families = parseExposition(await collect(metrics.stream('openmetrics')), 'openmetrics');
    expect(values(families.get('foreign'))).toEqual([[{}, 0]]);
    expect(families.has('foreign_size')).toBe(false);
    expect(values(families.get('foreign_depth'))).toEqual([[{}, 1e21]]);
    expect(values(families.get('other'))).toEqual([[{}, 8]]);
    expect(own(metrics, 'conflicts_total')).toBe(3);
    await collect(metrics.stream('openmetrics'));
    expect(await warnings()).toEqual(Array(3).fill('BREAKWATER_W_METRIC_CONFLICT'));
  });

  it('OBS-M9 isolates a foreign registry that throws, hangs or gives no text', async () => {
    const { metrics, clock } = setup();
    metrics.gauge('mine', { help });
    metrics.include({
      metrics: () => {
        throw new Error('no');
      },
    });
    metrics.include({ metrics: async () => Promise.reject(new Error('no')) });
    metrics.include({ metrics: () => new Promise<string>(() => undefined) });
    metrics.include({ metrics: () => 5 as never });
    metrics.include({ metrics: () => '# TYPE fine gauge\nfine 1\n' });
    const text = collect(metrics.stream('prometheus'));
    await clock.advanceAsync(1_000);
    const families = parseExposition(await text, 'prometheus');
    expect(families.has('fine') && families.has('mine')).toBe(true);
    expect(own(metrics, 'collect_errors_total')).toBe(4);
    expect(parsed(metrics).has('fine')).toBe(true);
  });

  it('drops what is no exposition, line by line', () => {
    const { metrics } = setup();
    using _ = registerSecret('hunter2-and-more');
    const good = [
      '# HELP good with hunter2-and-more',
      '# TYPE good gauge',
      'good{a="x",b="\\"}{\\n"} 1',
      'good { a = "y" , } 2 1700000000000',
      'good{a="hunter2-and-more"} +inf',
      '# any comment',
      '',
      '# TYPE jobs counter',
      'jobs_created 5',
      'jobs{} 1e3',
    ];
    const bad = [
      'good{a="x",b="\\"}{\\n"} 5',
      'unknown one',
      'good{a="x} 1',
      'good{a="x"} one',
      'good{a="x"} 1 2 3',
      'good{__a="x"} 1',
      'good{a="x",a="y"} 1',
      'good{a="\\x"} 1',
      'good_total x',
      'good 0x10',
      '# TYPE good gauge',
      '# TYPE else nonsense',
      'else x',
      '# HELP 1x y',
      '{a="x"} 1',
      '\ud800\0',
      `good{a="${'x'.repeat(30_000)}"} 1`,
    ];
    metrics.include({
      metrics: () => [...good.slice(0, 5), ...bad.slice(0, 10), ...good.slice(5), ...bad.slice(10)].join('\n'),
    });
    for (const format of ['prometheus', 'openmetrics'] as const) {
      const families = parsed(metrics, format);
      expect(families.get('good')?.help).toBe('with [secret]');
      expect(values(families.get('good'))).toEqual([
        [{ a: 'x', b: '"}{\n' }, 1],
        [{ a: 'y' }, 2],
        [{ a: '[secret]' }, Infinity],
      ]);
      expect(values(families.get('jobs'))).toEqual([[{}, 1_000]]);
      expect([...families.keys()].filter((name) => !name.startsWith('breakwater'))).toEqual(['good', 'jobs']);
    }
    expect(own(metrics, 'dropped_samples_total')).toBe(2 * bad.length);
  });
});

/** What a registry writes, without its empty lines, its help texts, which it does not escape, and its bounds as it has them. */
async function written(registry: Registry, openMetrics: boolean): Promise<string> {
  const text = (await registry.metrics()).replaceAll('\n\n', '\n').replaceAll('"theirs"\\\\', 'theirs');
  return openMetrics ? text.replaceAll(/le="(\d+)"/g, 'le="$1.0"') : text;
}

describe('exposeIn', () => {
  it.each([Registry.PROMETHEUS_CONTENT_TYPE, Registry.OPENMETRICS_CONTENT_TYPE])(
    'shows our families in a prom-client registry that writes %s',
    async (contentType) => {
      const { metrics, warnings } = setup();
      const format = contentType === Registry.PROMETHEUS_CONTENT_TYPE ? 'prometheus' : 'openmetrics';
      const registry = promRegistry(contentType);
      let collected = 0;
      metrics.onCollect(() => {
        collected++;
      });
      metrics.gauge('foreign_depth', { help });
      metrics.counter('jobs_total', { help, labels: ['a'] }).inc({ a: 'x' }, 3);
      const stop = metrics.exposeIn(registry);
      metrics.counter('short_one', { help }).inc();
      metrics.histogram('size', { help, labels: ['a'], buckets: [1, 2] }).observe({ a: 'y' }, 1.5);
      for (let i = 1; i <= 2; i++) {
        const families = parseExposition(await written(registry, format === 'openmetrics'), format);
        expect(values(families.get(format === 'openmetrics' ? 'jobs' : 'jobs_total'))).toEqual([[{ a: 'x' }, 3]]);
        expect(values(families.get('short_one'))).toEqual([[{}, 1]]);
        expect(families.get('size')?.samples.map(({ labels, value }) => [labels.le?.replace('.0', ''), value])).toEqual(
          [
            ['1', 0],
            ['2', 1],
            ['+Inf', 1],
            [undefined, 1.5],
            [undefined, 1],
          ],
        );
        expect(values(families.get('foreign_depth'))).toEqual([[{}, 1e21]]);
        expect(collected).toBe(i);
      }
      expect(parsed(metrics).has('jobs_total')).toBe(true);
      expect((await registry.getMetricsAsJSON()).map(({ name }) => name)).toContain('size');
      expect(await warnings()).toEqual(['BREAKWATER_W_METRIC_CONFLICT']);
      registry.resetMetrics();
      expect(values(parsed(metrics).get('short_one'))).toEqual([[{}, 0]]);
      stop();
      metrics.gauge('later', { help });
      const left = await registry.metrics();
      expect(left).toContain('foreign_depth');
      expect(left).not.toMatch(/jobs|size\{|later|short_one/);
    },
  );
});

class Reader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

describe('mirrorTo', () => {
  it('shows our families as instruments of an OpenTelemetry meter', async () => {
    const { metrics, reports } = setup();
    const reader = new Reader();
    const provider = new MeterProvider({ readers: [reader] });
    const counter = metrics.counter('jobs_total', { help, labels: ['a'] });
    counter.inc({ a: 'x' }, 3);
    const gauge = metrics.gauge('depth', { help });
    metrics.onCollect(async () => {
      await Promise.resolve();
      gauge.set(9);
    });
    const stop = metrics.mirrorTo(provider.getMeter('test'));
    const histogram = metrics.histogram('size', { help, labels: ['a'], buckets: [1, 2] });
    const bound = histogram.bind({ a: 'y' });
    bound.observe(1.5);
    histogram.observe({ a: 'y' }, 5);
    metrics.gauge('later', { help }).set(-1);
    const read = async () => {
      const { resourceMetrics, errors } = (await reader.collect()) as {
        resourceMetrics: ResourceMetrics;
        errors: unknown[];
      };
      expect(errors).toEqual([]);
      const all = resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics);
      return Object.fromEntries(
        all.map(({ descriptor, dataPoints }) => [
          descriptor.name,
          dataPoints.map(({ attributes, value }) => [attributes, value]),
        ]),
      );
    };
    const found = await read();
    expect(found).toMatchObject({ jobs_total: [[{ a: 'x' }, 3]], depth: [[{}, 9]], later: [[{}, -1]] });
    expect(found.size).toMatchObject([
      [{ a: 'y' }, { count: 2, sum: 6.5, buckets: { boundaries: [1, 2], counts: [0, 1, 1] } }],
    ]);
    stop();
    bound.observe(1);
    counter.inc({ a: 'x' });
    const after = await read();
    expect(after.size).toMatchObject([[{ a: 'y' }, { count: 2 }]]);
    expect(after.jobs_total).toEqual([[{ a: 'x' }, 3]]);
    expect(reports).toEqual([]);
    await provider.shutdown();
  });

  it('does not let a meter that throws reach who observes', async () => {
    const { metrics, reports } = setup();
    const meter = {
      createObservableCounter: () => ({}),
      createObservableGauge: () => ({}),
      createHistogram: () => ({
        record() {
          throw new Error('meter');
        },
      }),
      addBatchObservableCallback: () => undefined,
      removeBatchObservableCallback: () => {
        throw new Error('remove');
      },
    };
    const stop = metrics.mirrorTo(meter);
    const histogram = metrics.histogram('size', { help });
    metrics.gauge('depth', { help });
    histogram.observe(1);
    stop();
    stop();
    histogram.observe(1);
    await Promise.resolve();
    expect(reports).toHaveLength(1);
    expect(metrics.snapshot().histograms[0]?.series[0]?.count).toBe(2);
  });
});
