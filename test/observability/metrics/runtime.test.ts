import { spawnSync } from 'node:child_process';
import { MetricsCollector, type RuntimeReading } from 'breakwater/metrics';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { linesOf, parsed, setup, values } from './setup.js';

function probe() {
  const delay = { min: 0.001, max: 0.5, mean: 0.01, stddev: 0.002, p50: 0.009, p90: 0.02, p99: 0.3 };
  let reading: RuntimeReading = {
    loopDelay: delay,
    loopUtilization: 0.25,
    memory: { rss: 100, heapTotal: 80, heapUsed: 60, external: 5, arrayBuffers: 4 },
    cpu: { user: 1.5, system: 0.5 },
    startTime: 1_699_999_000,
    uptime: 1_000,
    version: 'v20.19.1',
  };
  let collected: (kind: string, seconds: number) => void = () => undefined;
  let ended = 0;
  return {
    read: () => reading,
    watch: (listener: typeof collected) => {
      collected = listener;
      return () => {
        ended++;
      };
    },
    change: (change: Partial<RuntimeReading>) => void (reading = { ...reading, ...change }),
    gc: (kind: string, seconds: number) => {
      collected(kind, seconds);
    },
    ended: () => ended,
  };
}

describe('runtime metrics', () => {
  it('have the names that dashboards know, without the prefix', () => {
    const runtime = probe();
    const { metrics } = setup({ runtime, prefix: 'shop_' });
    runtime.gc('major', 0.05);
    const shown = (): unknown =>
      Object.fromEntries(
        metrics
          .render('prometheus')
          .split('\n')
          .filter((line) => /^(process|nodejs)_/.test(line) && !line.includes('_bucket'))
          .map((line) => line.split(' ')),
      );
    expect(shown()).toEqual({
      nodejs_eventloop_lag_seconds: '0.01',
      nodejs_eventloop_lag_min_seconds: '0.001',
      nodejs_eventloop_lag_max_seconds: '0.5',
      nodejs_eventloop_lag_mean_seconds: '0.01',
      nodejs_eventloop_lag_stddev_seconds: '0.002',
      nodejs_eventloop_lag_p50_seconds: '0.009',
      nodejs_eventloop_lag_p90_seconds: '0.02',
      nodejs_eventloop_lag_p99_seconds: '0.3',
      nodejs_eventloop_utilization: '0.25',
      process_resident_memory_bytes: '100',
      nodejs_heap_size_total_bytes: '80',
      nodejs_heap_size_used_bytes: '60',
      nodejs_external_memory_bytes: '5',
      nodejs_array_buffers_bytes: '4',
      process_cpu_user_seconds_total: '1.5',
      process_cpu_system_seconds_total: '0.5',
      process_cpu_seconds_total: '2',
      process_start_time_seconds: '1699999000',
      process_uptime_seconds: '1000',
      'nodejs_version_info{version="v20.19.1",major="20",minor="19",patch="1"}': '1',
      'nodejs_gc_duration_seconds_sum{kind="major"}': '0.05',
      'nodejs_gc_duration_seconds_count{kind="major"}': '1',
    });
    runtime.change({ loopDelay: undefined, cpu: { user: 2, system: 0.25 } });
    expect(shown()).toMatchObject({
      nodejs_eventloop_lag_seconds: '0.01',
      process_cpu_user_seconds_total: '2',
      process_cpu_system_seconds_total: '0.5',
    });
    metrics.dispose();
    metrics[Symbol.dispose]();
    expect(runtime.ended()).toBe(1);
  });

  it('OBS-M37 are left out once they have ended, and their names are free', () => {
    const { metrics } = setup({ runtime: probe() });
    metrics.gauge('depth', { help: 'x' });
    expect(linesOf(metrics, 'process_uptime')).toEqual(['process_uptime_seconds 1000']);
    metrics.dispose();
    expect(metrics.render('prometheus')).not.toMatch(/^(# \w+ )?(process|nodejs)_/m);
    expect(linesOf(metrics, 'depth')).toEqual(['depth 0']);
    metrics.gauge('process_uptime_seconds', { help: 'x', labels: ['of'] }).set({ of: 'x' }, 5);
    expect(linesOf(metrics, 'process_uptime')).toEqual(['process_uptime_seconds{of="x"} 5']);
  });

  it('OBS-M9 do not keep a scrape when the platform throws', () => {
    const runtime = {
      ...probe(),
      read: () => {
        throw new Error('no');
      },
    };
    const { metrics } = setup({ runtime });
    metrics.gauge('depth', { help: 'x' });
    expect(linesOf(metrics, 'depth')).toEqual(['depth 0']);
  });

  it('come from the platform', () => {
    using metrics = new MetricsCollector({ runtime: true });
    const found = parsed(metrics);
    const one = (name: string): number => (values(found.get(name))[0] as [object, number])[1];
    expect(one('process_resident_memory_bytes')).toBeGreaterThan(1e7);
    expect(one('process_cpu_seconds_total')).toBeGreaterThan(0);
    expect(one('process_uptime_seconds')).toBeGreaterThan(0);
    expect(
      Math.abs(one('process_start_time_seconds') + one('process_uptime_seconds') - Date.now() / 1_000),
    ).toBeLessThan(5);
    expect(values(found.get('nodejs_version_info'))).toEqual([
      [expect.objectContaining({ version: process.version }), 1],
    ]);
  });

  it('do not keep a process alive', () => {
    const source = join(import.meta.dirname, '../../../src/observability/metrics/index.ts');
    const code = `import { MetricsCollector } from ${JSON.stringify(source)};
      const metrics = new MetricsCollector({ runtime: true });
      metrics.onCollect(() => new Promise(() => undefined));
      metrics.snapshot();
      console.log('done');`;
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '-e', code],
      { encoding: 'utf8', timeout: 20_000 },
    );
    expect([status, stdout, stderr]).toEqual([0, 'done\n', '']);
  });
});
