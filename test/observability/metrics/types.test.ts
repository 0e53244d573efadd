import { metrics as otel, trace } from '@opentelemetry/api';
import { MetricsCollector } from 'breakwater/metrics';
import { register } from 'prom-client';
import { describe, expect, it } from 'vitest';

describe('types', () => {
  it('know the labels of a metric', () => {
    const metrics = new MetricsCollector();
    const labelled = metrics.counter('a_total', { help: 'x', labels: ['kind'] });
    labelled.inc({ kind: 1 });
    labelled.inc({ kind: 'x' }, 2);
    // @ts-expect-error a label is missing
    expect(() => labelled.inc()).toThrow('kind');
    // @ts-expect-error there is no such label
    expect(() => labelled.inc({ kinds: 'x' })).toThrow('kinds');
    const plain = metrics.counter('b_total', { help: 'x' });
    plain.inc();
    plain.inc(2);
    // @ts-expect-error it has no labels
    expect(() => plain.inc({ a: 'x' })).toThrow("'a'");
    const histogram = metrics.histogram('c', { help: 'x', labels: ['a', 'b'], buckets: [1] });
    histogram.startTimer({ a: 'x' })({ b: 'y' });
    // @ts-expect-error a label is missing
    expect(() => histogram.observe({ a: 'x' }, 3)).toThrow("'b'");
    const names: string[] = ['q'];
    metrics.gauge('d', { help: 'x', labels: names }).set({ q: 'x' }, 3);
  });

  it('fit the registry of prom-client and the API of OpenTelemetry', () => {
    using metrics = new MetricsCollector({ exemplar: () => trace.getActiveSpan()?.spanContext() });
    metrics.counter('a_total', { help: 'x' });
    metrics.include(register)();
    metrics.exposeIn(register);
    metrics.mirrorTo(otel.getMeter('test'));
    expect(register.getSingleMetric('a_total')).toBeDefined();
    metrics.dispose();
    expect(register.getSingleMetric('a_total')).toBeUndefined();
  });
});
