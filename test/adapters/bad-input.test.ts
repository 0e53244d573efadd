import { MetricsCollector } from 'breakwater/metrics';
import { PerUserRateLimiter } from 'breakwater/rate-limiter';
import { createHardening, type HardeningOptions, type RequestRecord } from 'breakwater/http';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Act, FRAMEWORKS, type Running, serve } from './frameworks.js';

/** Sends bytes as they are, and gives everything that comes back until the server hangs up. */
async function raw(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.setEncoding('latin1').on('data', (more: string) => (text += more));
  socket.on('error', () => undefined);
  socket.write(bytes, 'latin1');
  await once(socket, 'close');
  return text;
}

/** The statuses of the answers on a connection. */
function statuses(text: string): number[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
}

const LAST = 'Connection: close\r\n\r\n';

describe.each(FRAMEWORKS)('bad input on $name', ({ app }) => {
  let running: Running | undefined;

  afterEach(async () => {
    await running?.close();
    running = undefined;
  });

  async function start(options: HardeningOptions = {}) {
    const metrics = new MetricsCollector();
    const reported: unknown[] = [];
    const hardening = createHardening({
      metrics,
      trustProxy: 1,
      ddos: { threshold: 1_000_000 },
      onListenerError: (error) => reported.push(error),
      ...options,
    });
    const records: RequestRecord[] = [];
    hardening.on('request', (record) => records.push(record));
    const acts: Act[] = [{ path: '/ok', run: () => 'ok' }];
    running = await serve(app(acts, hardening));
    const series = () =>
      metrics.snapshot().histograms.find(({ name }) => name === 'http_server_request_duration_seconds')?.series ?? [];
    return { ...running, hardening, records, reported, series };
  }

  it('headers that are too large or malformed are answered by the server itself, and the service goes on', async () => {
    const { port, ask, reported } = await start();
    const large = `GET /ok HTTP/1.1\r\nHost: h\r\nX-Large: ${'x'.repeat(40_000)}\r\n${LAST}`;
    expect(statuses(await raw(port, large))).toEqual([431]);
    for (const broken of [
      'GARBAGE\r\n\r\n',
      `GET /ok HTTP/1.1\r\nHost: h\r\nBad Header: 1\r\n${LAST}`,
      `GET /ok HTTP/1.1\r\nHost: h\r\nX: a\u0000b\r\n${LAST}`,
      `BREW /ok HTTP/1.1\r\nHost: h\r\n${LAST}`,
      `POST /ok HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n${LAST}`,
    ]) {
      expect(statuses(await raw(port, broken))).toEqual([400]);
    }
    expect((await ask('/ok')).status).toBe(200);
    expect(reported).toEqual([]);
  });

  it.each([
    ['8 kB of addresses', Array.from({ length: 600 }, (_, i) => `198.51.100.${String(i % 250)}`).join(', ')],
    ['no address', 'unknown, _hidden, "", :::::, 999.1.1.1'],
    ['markup', '<script>alert(1)</script>, 1.2.3.4; DROP TABLE'],
    ['a port and a zone', '[2001:db8::1%eth0]:4711, 198.51.100.9:80'],
    ['nothing', ''],
  ])('a forwarding header of %s hurts nobody and becomes no label', async (_, value) => {
    const { port, records, series } = await start();
    const text = await raw(port, `GET /ok HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: ${value}\r\n${LAST}`);
    expect(statuses(text)).toEqual([200]);
    expect(records).toMatchObject([{ status: 200 }]);
    expect(records[0]?.address ?? '127.0.0.1').toMatch(/^[0-9a-f.:]+$/);
    expect(series()).toHaveLength(1);
  });

  it('OBS-H13 methods that few know are one label, and keep their name in the record', async () => {
    const { port, records, series } = await start();
    for (const method of ['PROPFIND', 'MKCOL', 'SEARCH', 'PURGE']) {
      await raw(port, `${method} /ok HTTP/1.1\r\nHost: h\r\n${LAST}`);
    }
    expect(records.map(({ method }) => method)).toEqual(['PROPFIND', 'MKCOL', 'SEARCH', 'PURGE']);
    expect(new Set(series().map(({ labels }) => labels['http_request_method']))).toEqual(new Set(['_OTHER']));
  });

  it('OBS-H7 thousands of random URLs, ids and users are one series, and no more keys than there is room for', async () => {
    const perUser = new PerUserRateLimiter({ capacity: 100, refillPerSecond: 1, maxKeys: 500 });
    const { port, series, records, hardening } = await start({
      identify: 'x-user-id',
      perUser,
    });
    const few = 50;
    for (let round = 0; round < 40; round++) {
      const requests = Array.from({ length: few }, (_, i) => {
        const name = `${String(round)}-${String(i)}-${Math.sin(round * few + i)
          .toString(36)
          .slice(3)}`;
        const close = i === few - 1 ? 'Connection: close\r\n' : '';
        return `GET /${name}?q=${name} HTTP/1.1\r\nHost: h\r\nX-User-Id: ${name}\r\nX-Request-Id: ${name}-padding\r\n${close}\r\n`;
      });
      expect(statuses(await raw(port, requests.join('')))).toEqual(Array(few).fill(404));
    }
    expect(records).toHaveLength(2_000);
    expect(hardening.snapshot().requests).toBe(2_000);
    expect(series().map(({ labels, count }) => [labels['http_route'], count])).toEqual([['unmatched', 2_000]]);
    expect(perUser.size).toBe(500);
  }, 60_000);

  it('pipelined requests are answered and recorded in their order, each by itself', async () => {
    const { port, records } = await start();
    const one = (path: string, rest = '\r\n') => `GET ${path} HTTP/1.1\r\nHost: h\r\n${rest}`;
    const text = await raw(port, [one('/ok'), one('/nothing'), one('/ok'), one('/health/live', LAST)].join(''));
    expect(statuses(text)).toEqual([200, 404, 200, 200]);
    expect(records.map(({ path, status }) => [path, status])).toEqual([
      ['/ok', 200],
      ['/nothing', 404],
      ['/ok', 200],
      ['/health/live', 200],
    ]);
    expect(new Set(records.map(({ id }) => id)).size).toBe(4);
  });
});
