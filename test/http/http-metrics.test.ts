import { createHardening, type HardeningOptions } from 'breakwater/http';
import { MetricsCollector, PerformanceMonitor } from 'breakwater/metrics';
import { ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';
import { noteError } from '../../src/http/exchange.js';
import { ask, type Asked } from './exchange.js';

function setup(options: HardeningOptions = {}) {
  const clock = new ManualClock({ now: 1_000 });
  const metrics = new MetricsCollector({ clock });
  const monitor = new PerformanceMonitor({ clock });
  const hardening = createHardening({ clock, metrics, monitor, ddos: false, ...options });
  const answer = async (status: number, ms: number, route: string | null | undefined, asked: Asked = {}) => {
    const response = await ask(hardening, '/', { ...asked, more: { route: () => route, ...asked.more } });
    clock.advance(ms);
    response.writeHead(status);
    response.end();
  };
  /** The lines of a metric, without its buckets. */
  const lines = (name: string) =>
    metrics
      .render('prometheus')
      .split('\n')
      .filter((line) => line.startsWith(name) && !line.includes('_bucket'));
  return { clock, metrics, monitor, hardening, answer, lines };
}

describe('metrics of requests', () => {
  it('count by method, pattern of the route and status', async () => {
    const { answer, lines } = setup();
    await answer(200, 30, '/users/:id');
    await answer(200, 10, '/users/:id');
    await answer(201, 5, '/users/:id', { method: 'POST' });
    await answer(404, 1, null);
    await answer(200, 1, undefined);
    const of = (method: string, route: string, status: number) =>
      `http_server_request_duration_seconds_count{http_request_method="${method}",http_route="${route}",http_response_status_code="${String(status)}"}`;
    expect(lines('http_server_request_duration_seconds_count')).toEqual([
      `${of('GET', '/users/:id', 200)} 2`,
      `${of('POST', '/users/:id', 201)} 1`,
      `${of('GET', 'unmatched', 404)} 1`,
      `${of('GET', 'unknown', 200)} 1`,
    ]);
    expect(lines('http_server_request_duration_seconds_sum')[0]).toMatch(/ 0\.04$/);
  });

  it('OBS-H13 methods that nobody knows are one', async () => {
    const { answer, lines } = setup();
    for (const method of ['PROPFIND', 'BREW', 'get', 'M-SEARCH']) await answer(200, 1, '/', { method });
    expect(lines('http_server_request_duration_seconds_count')).toEqual([
      expect.stringMatching(/http_request_method="_OTHER".* 4$/),
    ]);
  });

  it('OBS-H12 streams and upgrades are no latency, but begin and live', async () => {
    const { hardening, clock, lines } = setup();
    const stream = await ask(hardening, '/events', { more: { route: () => '/events' } });
    stream.setHeader('Content-Type', 'text/event-stream');
    clock.advance(250);
    stream.writeHead(200);
    clock.advance(60_000);
    stream.emit('close');
    const upgrade = await ask(hardening, '/ws', { more: { kind: 'upgrade', route: () => '/ws' } });
    clock.advance(1_000);
    upgrade.end();
    expect(lines('http_server_request_duration_seconds')).toEqual([]);
    expect(lines('http_server_stream_first_byte_seconds_sum')[0]).toContain(
      '{http_route="/events",kind="stream"} 0.25',
    );
    expect(lines('http_server_stream_lifetime_seconds_sum')).toEqual([
      expect.stringContaining('{http_route="/events",kind="stream"} 60.25'),
      expect.stringContaining('{http_route="/ws",kind="upgrade"} 1'),
    ]);
  });

  it('requests in flight come back to none, however they end', async () => {
    const { hardening, lines } = setup();
    const active = () => lines('http_server_active_requests');
    const one = await ask(hardening, '/');
    const two = await ask(hardening, '/');
    expect(active()).toEqual(['http_server_active_requests{http_request_method="GET"} 2']);
    one.emit('close');
    two.end();
    expect(active()).toEqual(['http_server_active_requests{http_request_method="GET"} 0']);
    expect(lines('http_server_aborted_requests_total')).toHaveLength(1);
  });

  it('requests in flight are not forgotten, however long nobody else asks', async () => {
    const { clock } = setup();
    const metrics = new MetricsCollector({ clock, seriesTtlMs: 60_000 });
    const hardening = createHardening({ clock, metrics, ddos: false });
    const streams = [await ask(hardening, '/events'), await ask(hardening, '/events')];
    const active = (): unknown[] =>
      metrics
        .snapshot()
        .gauges.filter(({ name }) => name === 'http_server_active_requests')
        .map(({ series }) => series);
    for (let minute = 0; minute < 10; minute++) {
      expect(active()).toMatchObject([[{ value: 2 }]]);
      clock.advance(60_000);
    }
    for (const stream of streams) stream.emit('close');
    expect(active()).toMatchObject([[{ value: 0 }]]);
  });

  it('errors count by the class of what was thrown, and what was thrown for the client does not', async () => {
    const { hardening, answer, lines } = setup();
    const fail = async (status: number, thrown: unknown) => {
      const response = await ask(hardening, '/', { more: { route: () => '/' } });
      noteError(response, thrown);
      response.writeHead(status);
      response.end();
    };
    const odd = Object.assign(new Error(''), { name: 'not a "name"\n' });
    await fail(500, new TypeError('x'));
    await fail(500, odd);
    await fail(500, 'a text');
    await fail(404, new Error('no such thing'));
    await answer(503, 1, '/');
    const types = lines('http_server_errors_total').map((line) => /error_type="([^"]*)"/.exec(line)?.[1]);
    expect(types.sort()).toEqual(['503', 'TypeError', 'thrown']);
  });

  it('two pipelines with one collector count a request once', async () => {
    const { hardening, metrics, lines } = setup();
    const response = await ask(hardening, '/');
    await ask(createHardening({ metrics, ddos: false }), '/', { response });
    response.end();
    expect(lines('http_server_request_duration_seconds_count')).toEqual([expect.stringMatching(/ 1$/)]);
  });

  it('OBS-H7 a thousand routes more than there is room for are one series more', async () => {
    const { hardening, metrics } = setup({ requestRecord: false });
    for (let i = 0; i < 2_500; i++) (await ask(hardening, '/', { more: { route: () => `/r${String(i)}` } })).end();
    const { histograms } = metrics.snapshot();
    const durations = histograms.find(({ name }) => name === 'http_server_request_duration_seconds');
    expect(durations?.series).toHaveLength(1_001);
    expect(durations?.series.reduce((sum, { count }) => sum + count, 0)).toBe(2_500);
  });

  it('the monitor keeps durations in ms by method and route', async () => {
    const { answer, monitor } = setup();
    await answer(200, 30, '/users/:id');
    await answer(500, 10, '/users/:id');
    expect(monitor.stats('GET /users/:id')).toMatchObject({ count: 2, min: 10, max: 30, avg: 20 });
  });

  it('are made of options as well, and refused as wrong options are', () => {
    expect(() => createHardening({ metrics: { prefix: 'app_' }, monitor: {} })).not.toThrow();
    expect(() => createHardening({ metrics: false, monitor: false })).not.toThrow();
    expect(() => createHardening({ metrics: { prefx: 'app_' } as never })).toThrow('metrics.prefx');
  });
});
