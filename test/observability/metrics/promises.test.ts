import { PerformanceMonitor } from 'breakwater/metrics';
import { describe, expect, it } from 'vitest';
import { setup } from './setup.js';

const help = 'For a test.';
const boom = new Error('rejected');
const reject = (): Promise<never> => Promise.reject(boom);
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const isBoom = (error: unknown): boolean => error === boom;

describe('hooks that answer with a promise by mistake', () => {
  it('OBS-M19 a subscriber that rejects is reported', async () => {
    const { metrics, reports } = setup({ maxSeriesPerMetric: 1 });
    metrics.subscribe(reject as never);
    const jobs = metrics.counter('jobs_total', { help, labels: ['a'] });
    jobs.inc({ a: 'x' });
    jobs.inc({ a: 'y' });
    await settle();
    expect(reports.some(isBoom)).toBe(true);

    const told: unknown[] = [];
    const monitor = new PerformanceMonitor({ maxMetrics: 1, onListenerError: (error) => void told.push(error) });
    monitor.subscribe(reject as never);
    monitor.record('a', 1);
    monitor.record('b', 1);
    await settle();
    expect(told.some(isBoom)).toBe(true);
  });

  it('OBS-M19 a source of exemplars must answer at once', async () => {
    const { metrics, reports } = setup({ exemplar: reject as never });
    metrics.counter('jobs_total', { help }).inc();
    await settle();
    expect(String(reports[0])).toContain('exemplar must answer at once');
    expect(metrics.render('openmetrics')).toContain('jobs_total 1\n');
  });

  it('OBS-M19 so must a runtime probe, and its end', async () => {
    const { metrics, reports, clock } = setup({ runtime: { read: reject as never, watch: () => reject as never } });
    metrics.render('prometheus');
    await settle();
    expect(String(reports[0])).toContain('runtime.read must answer at once');
    clock.advance(2_000);
    metrics.dispose();
    await settle();
    expect(reports.some(isBoom)).toBe(true);
  });

  it('OBS-M19 a probe whose watch or end throws ends neither the collector nor what is disposed after it', async () => {
    const thrown = (): never => {
      throw boom;
    };
    const { metrics, reports } = setup({ runtime: { read: thrown, watch: thrown } });
    await settle();
    expect(reports).toEqual([boom]);
    expect(metrics.render('prometheus')).toContain('breakwater_metrics_collect_errors_total');
    const other = setup({ runtime: { read: thrown, watch: () => thrown } });
    other.metrics.dispose();
    await settle();
    expect(other.reports).toEqual([boom]);
  });

  it('OBS-M19 an instrument of a meter and a foreign registry may reject', async () => {
    const { metrics, reports, clock } = setup();
    metrics.histogram('took_seconds', { help }).observe(1);
    const meter = {
      createObservableCounter: () => ({}),
      createObservableGauge: () => ({}),
      createHistogram: () => ({ record: reject as never }),
      addBatchObservableCallback: () => undefined,
      removeBatchObservableCallback: () => undefined,
    };
    metrics.mirrorTo(meter);
    metrics.histogram('took_seconds', { help }).observe(1);
    await settle();
    expect(reports.filter(isBoom)).toHaveLength(1);
    clock.advance(2_000);
    metrics.exposeIn({
      registerMetric: reject as never,
      getSingleMetric: () => undefined,
      removeSingleMetric: reject as never,
    });
    await settle();
    expect(reports.filter(isBoom)).toHaveLength(2);
    metrics.dispose();
    await settle();
  });
});
