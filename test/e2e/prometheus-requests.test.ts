import { createHardening, type RequestRecord } from 'breakwater/http';
import { contentType, MetricsCollector } from 'breakwater/metrics';
import { once } from 'node:events';
import { createServer, get, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, hasPrometheus, Prometheus, promtool } from './prometheus.js';

/** What patterns of routes may hold, and would be lines or labels of their own where it is not escaped. */
const ROUTES = [
  '/users/:id',
  '/say/"hello"',
  String.raw`/^\/files\/(.+)\.txt$/`,
  '/ends/with/\\',
  String.raw`/not/a/new\nline`,
  '/two\nlines',
  '/return\r\nhttp_server_active_requests{http_request_method="GET"} 700',
  '/a"} 1\n# TYPE up counter\nup{made="up',
  '/{id},le="+Inf"',
  '/naïve/☃/\u2028/\u{1f600}',
  '/# EOF',
  ' ',
];

/** A service whose routes are those, with a request that is never answered, a stream, and both text formats. */
async function startService() {
  const metrics = new MetricsCollector();
  const reported: unknown[] = [];
  const hardening = createHardening({
    metrics,
    ddos: false,
    health: false,
    onListenerError: (error) => reported.push(error),
  });
  const records: RequestRecord[] = [];
  hardening.on('request', (record) => records.push(record));
  const serve = async (format: 'prometheus' | 'openmetrics', response: ServerResponse): Promise<void> => {
    response.setHeader('Content-Type', contentType(format));
    for await (const chunk of metrics.stream(format)) response.write(chunk);
    response.end();
  };
  const answer = ({ method = '', url = '', headers, socket }: IncomingMessage, response: ServerResponse): void => {
    const { remoteAddress: socketAddress } = socket;
    const route = (): string | null => (url.startsWith('/r') ? ROUTES[Number(url.slice(2))] : undefined) ?? null;
    const framework = { frameworkAddress: () => socketAddress, frameworkTrustsProxy: false, native: {} };
    void hardening.handle({ method, url, headers, socketAddress, socket, response, route, ...framework });
    if (url === '/never') return;
    if (url === '/events') response.setHeader('Content-Type', 'text/event-stream').flushHeaders();
    else response.writeHead(method === 'POST' ? 500 : route() === null ? 404 : 200).end('answered');
  };
  const server = createServer((asked, response) => {
    if (asked.url === '/metrics') void serve('prometheus', response);
    else if (asked.url === '/openmetrics') void serve('openmetrics', response);
    else answer(asked, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const ask = async (method: string, path: string): Promise<void> => {
    const [response] = (await once(request({ port, method, path }).end(), 'response')) as [IncomingMessage];
    await once(response.resume(), 'end');
  };
  const stop = (): void => {
    server.close();
    server.closeAllConnections();
    metrics[Symbol.dispose]();
  };
  return { metrics, records, reported, ask, port, stop };
}

describe.skipIf(!hasPrometheus())('requests in a real Prometheus', () => {
  const prometheus = new Prometheus();
  let service: Awaited<ReturnType<typeof startService>>;
  let answered = 0;

  beforeAll(async () => {
    service = await startService();
    const { ask, port, records } = service;
    for (const place of ROUTES.keys()) {
      for (let i = 0; i <= place; i++) await ask('GET', `/r${String(place)}`);
      await ask('POST', `/r${String(place)}`);
    }
    await ask('PROPFIND', '/nowhere');
    answered = records.length;
    for (const path of ['/never', '/events']) {
      const leaving = get({ port, path });
      leaving.on('error', () => undefined);
      if (path === '/events') await once(leaving, 'response');
      else await eventually('it is there', () => Promise.resolve(inFlight() > 0 || undefined));
      leaving.destroy();
    }
    await eventually('both are over', () => Promise.resolve(records.length === answered + 2 || undefined));
    for (const path of ['/never', '/never', '/events']) get({ port, path }).on('error', () => undefined);
    await eventually('three are in flight', () => Promise.resolve(inFlight() === 3 || undefined));
    const at = (path: string): string =>
      `metrics_path: ${path}, static_configs: [{ targets: ['127.0.0.1:${String(port)}'] }]`;
    await prometheus.start(`
global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs:
  - { job_name: text, honor_labels: true, ${at('/metrics')} }
  - { job_name: open, honor_labels: true, ${at('/openmetrics')} }
`);
    await eventually('both have been scraped', async () => {
      const up = await prometheus.query('up == 1');
      return up.length === 2 || undefined;
    });
  });
  afterAll(async () => {
    await prometheus.stop();
    service.stop();
  });

  const inFlight = (): number =>
    service.metrics
      .snapshot()
      .gauges.filter(({ name }) => name === 'http_server_active_requests')
      .flatMap(({ series }) => series)
      .reduce((sum, { value }) => sum + value, 0);
  /** What a metric has, by the labels of it that are named. */
  const by = async (expr: string, ...labels: readonly string[]): Promise<Record<string, number>> =>
    Object.fromEntries(
      (await prometheus.query(expr)).map(({ metric, value }) => [
        JSON.stringify(labels.map((label) => metric[label])),
        Number(value[1]),
      ]),
    );

  it('OBS-B46 are text that promtool has nothing against, whatever their routes hold', () => {
    const { metrics, reported } = service;
    expect(promtool(['check', 'metrics'], metrics.render('prometheus'))).toEqual({ status: 0, said: '' });
    expect(reported).toEqual([]);
  });

  it.each(['text', 'open'])('OBS-B46 are counted as the records say, by routes as they are (%s)', async (job) => {
    const expected: Record<string, number> = {};
    for (const { kind, method, route, status } of service.records) {
      if (kind !== 'response') continue;
      const key = JSON.stringify([method === 'PROPFIND' ? '_OTHER' : method, route, String(status)]);
      expected[key] = (expected[key] ?? 0) + 1;
    }
    expect(Object.keys(expected)).toHaveLength(2 * ROUTES.length + 2);
    const labels = ['http_request_method', 'http_route', 'http_response_status_code'];
    const of = (part: string): string => `http_server_request_duration_seconds_${part}`;
    expect(await by(`${of('count')}{job="${job}"}`, ...labels)).toEqual(expected);
    expect(await by(`${of('bucket')}{job="${job}",le="+Inf"}`, ...labels)).toEqual(expected);
    expect(await by(`count by (job) (count by (job, le) (${of('bucket')}{job="${job}"}))`)).toEqual({ '[]': 15 });
    const quantiles = await by(
      `histogram_quantile(0.99, sum by (http_route, le) (${of('bucket')}{job="${job}"}))`,
      'http_route',
    );
    expect(Object.values(quantiles).filter((seconds) => !(seconds > 0 && seconds <= 10))).toEqual([]);
    for (const [place, route] of ROUTES.entries()) {
      const one = `${of('count')}{job="${job}",http_request_method="GET",http_route=${JSON.stringify(route)}}`;
      expect(await by(one, 'http_response_status_code'), route).toEqual({ '["200"]': place + 1 });
    }
  });

  it.each(['text', 'open'])('OBS-B46 are in flight, failed, given up and streamed (%s)', async (job) => {
    const { records } = service;
    expect(records.slice(answered).map(({ status, kind, aborted }) => [status, kind, aborted])).toEqual([
      [499, 'response', true],
      [200, 'stream', true],
    ]);
    const of = (name: string, ...labels: readonly string[]) => by(`http_server_${name}{job="${job}"}`, ...labels);
    expect(await of('active_requests', 'http_request_method')).toEqual({
      '["GET"]': 3,
      '["POST"]': 0,
      '["_OTHER"]': 0,
    });
    expect(await of('aborted_requests_total', 'http_request_method', 'http_route')).toEqual({
      // A stream ends when its client has had enough.
      '["GET","unmatched"]': 1,
    });
    expect(await of('stream_lifetime_seconds_count', 'http_route', 'kind')).toEqual({ '["unmatched","stream"]': 1 });
    expect(await of('stream_first_byte_seconds_count', 'http_route', 'kind')).toEqual({ '["unmatched","stream"]': 1 });
    const errors = Object.fromEntries(ROUTES.map((route) => [JSON.stringify(['POST', route, '500']), 1]));
    expect(await of('errors_total', 'http_request_method', 'http_route', 'error_type')).toEqual(errors);
  });

  it('OBS-B46 make nothing else: what a route looks like is no sample', async () => {
    expect(await by('up', 'job', 'made')).toEqual({ '["text",null]': 1, '["open",null]': 1 });
    const samples = await by('scrape_samples_scraped', 'job');
    const lines = service.metrics.render('prometheus').split('\n');
    const there = lines.filter((line) => line !== '' && !line.startsWith('#')).length;
    expect([samples['["text"]'], samples['["open"]']]).toEqual([there, there]);
  });
});
