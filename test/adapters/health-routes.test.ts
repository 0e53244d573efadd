import { CircuitBreaker, CircuitBreakerRegistry } from 'breakwater/circuit-breaker';
import { DDoSProtection } from 'breakwater/ddos-protection';
import { HealthCheckService } from 'breakwater/health';
import { createHardening, type HardeningOptions, type RequestRecord } from 'breakwater/http';
import { MetricsCollector } from 'breakwater/metrics';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { FRAMEWORKS, type Running, serve } from './frameworks.js';

const TOKEN = 'correct-horse-battery-staple';
const OPEN = { authorization: `Bearer ${TOKEN}` };
const ROUTES = ['live', 'ready', 'check', 'summary', 'metrics', 'security'] as const;
const NOT_METRICS = ROUTES.filter((route) => route !== 'metrics');

const running: Running[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) await server.close();
});

describe.each(FRAMEWORKS)('$name', (framework) => {
  async function start(options: HardeningOptions = {}) {
    const hardening = createHardening({ authorize: TOKEN, onListenerError: () => undefined, ...options });
    const records: RequestRecord[] = [];
    hardening.on('request', (record) => records.push(record));
    const acts = [{ path: '/', run: () => 'hello' }];
    const server = await serve(framework.app(acts, hardening));
    running.push(server);
    return { ...server, hardening, records };
  }

  /** What is only true a moment later, when the server has heard of the end of a connection. */
  async function soon(what: () => boolean): Promise<void> {
    for (let i = 0; i < 2_000 && !what(); i++) await new Promise((resolve) => setImmediate(resolve));
    expect(what()).toBe(true);
  }

  it('HLD-11 HLD-33 every route answers by status, uncached, with the security headers', async () => {
    let status: 'HEALTHY' | 'DEGRADED' | 'UNHEALTHY' = 'HEALTHY';
    for (status of ['HEALTHY', 'DEGRADED', 'UNHEALTHY'] as const) {
      const health = new HealthCheckService();
      const is = status;
      health.register('database', () => is, { critical: true });
      const { ask } = await start({ health });
      for (const route of ROUTES) {
        const answer = await ask(`/health/${route}`);
        const fails = status === 'UNHEALTHY' && ['ready', 'check', 'summary'].includes(route);
        expect([route, answer.status, answer.headers.get('retry-after')]).toEqual([
          route,
          fails ? 503 : 200,
          fails ? '5' : null,
        ]);
        expect(answer.headers.get('cache-control')).toBe('no-store');
        expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
        expect(answer.headers.get('x-request-id')).not.toBeNull();
        await answer.text();
      }
    }
  });

  it('answers in the form that Accept asks for', async () => {
    const { ask } = await start();
    for (const [accept, type] of [
      ['application/json', 'application/json; charset=utf-8'],
      ['application/health+json', 'application/health+json'],
      ['text/plain', 'text/plain; version=0.0.4; charset=utf-8'],
    ] as const) {
      for (const route of ['live', 'ready', 'check', 'summary']) {
        const answer = await ask(`/health/${route}`, { headers: { accept } });
        expect([answer.headers.get('content-type'), answer.headers.get('vary')]).toEqual([type, 'Accept']);
        await answer.text();
      }
    }
  });

  it('HLD-19 HLD-21 shows details to whom they concern, and others the status, with the same status code', async () => {
    const breakers = new CircuitBreakerRegistry({ name: 'tenants' });
    breakers.for('acme').isolate();
    const ddos = new DDoSProtection();
    ddos.block('198.51.100.7', 60_000, 'scans');
    const { ask } = await start({ components: [breakers, new CircuitBreaker({ name: 'billing' })], ddos });
    const look = async (route: string, headers: Record<string, string>) => {
      const answer = await ask(`/health/${route}`, { headers });
      return { code: answer.status, text: await answer.text() };
    };
    for (const [route, inside] of [
      ['check', 'acme'],
      ['summary', '"phase"'],
      ['metrics', 'billing'],
      ['security', '198.51.100.7'],
    ] as const) {
      const [mine, without] = [await look(route, OPEN), await look(route, {})];
      const wrong = await look(route, { authorization: `Bearer ${TOKEN}x` });
      expect(mine.text).toContain(inside);
      expect(without.text).not.toContain(inside);
      expect([mine.code, without.code, wrong]).toEqual([200, 200, without]);
    }
  });

  it('takes GET and HEAD alone', async () => {
    const { ask } = await start();
    for (const route of ROUTES) {
      const head = await ask(`/health/${route}`, { method: 'HEAD', headers: OPEN });
      expect([head.status, await head.text()]).toEqual([200, '']);
      const post = await ask(`/health/${route}`, { method: 'POST', body: 'x' });
      expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
      await post.text();
      expect((await ask(`/health/${route}/`)).status).toBe(404);
    }
    expect((await ask('/health')).status).toBe(404);
  });

  it('HLD-24 answers a caller whose address is blocked', async () => {
    const { ask } = await start({ ddos: { threshold: 1 } });
    await ask('/');
    expect((await ask('/')).status).toBe(429);
    for (const route of ROUTES) expect((await ask(`/health/${route}`, { headers: OPEN })).status).toBe(200);
  });

  it('records each request under its route', async () => {
    const { ask, records } = await start({ metrics: {}, healthPrefix: '/internal/health' });
    for (const route of ROUTES) await (await ask(`/internal/health/${route}?x=1`, { headers: OPEN })).text();
    await soon(() => records.length === ROUTES.length);
    expect(records.map(({ route, aborted }) => [route, aborted])).toEqual(
      ROUTES.map((route) => [`/internal/health/${route}`, false]),
    );
    expect(
      records.filter(({ route }) => route !== '/internal/health/metrics').every((r) => (r.bodyBytes ?? 0) > 0),
    ).toBe(true);
    expect(NOT_METRICS).toHaveLength(5);
  });

  it('streams metrics of many series whole, in every format', async () => {
    const metrics = new MetricsCollector({ maxSeriesPerMetric: 20_000 });
    const jobs = metrics.counter('jobs_total', { help: 'Jobs.', labels: ['kind'] });
    for (let i = 0; i < 20_000; i++) jobs.inc({ kind: `kind-${String(i)}` });
    const { ask } = await start({ metrics });
    const text = async (accept: string) => (await ask('/health/metrics', { headers: { ...OPEN, accept } })).text();
    const prometheus = await text('text/plain');
    expect(prometheus.match(/^jobs_total\{kind="kind-\d+"\} 1$/gm)).toHaveLength(20_000);
    const openMetrics = await text('application/openmetrics-text');
    expect(openMetrics.match(/^jobs_total\{kind="kind-\d+"\} 1(?:\.0)?$/gm)).toHaveLength(20_000);
    expect(openMetrics.endsWith('# EOF\n')).toBe(true);
    const { counters } = JSON.parse(await text('application/json')) as { counters: { name: string; series: [] }[] };
    expect(counters.find(({ name }) => name === 'jobs_total')?.series).toHaveLength(20_000);
  });

  it('collects for nobody who hung up, and goes on to answer others', async () => {
    let pieces = 0;
    let ended = 0;
    const metrics = new MetricsCollector();
    Object.defineProperty(metrics, 'stream', {
      value: async function* () {
        try {
          for (;;) {
            pieces++;
            yield `# ${'x'.repeat(65_533)}\n`;
            await new Promise((resolve) => setImmediate(resolve));
          }
        } finally {
          ended++;
        }
      },
    });
    const { ask, port, records } = await start({ metrics });
    const socket = connect(port, '127.0.0.1');
    socket.write(`GET /health/metrics HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`);
    await once(socket, 'readable');
    // Nobody reads it: the stream waits with its client, once what lies between the two is full.
    for (let before = -1; before !== pieces;) {
      before = pieces;
      for (let i = 0; i < 2_000; i++) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(pieces).toBeGreaterThan(1);
    expect(ended).toBe(0);
    socket.destroy();
    await soon(() => ended === 1 && records.length === 1);
    expect(records).toMatchObject([{ route: '/health/metrics', status: 200, aborted: true }]);
    const after = pieces;
    expect((await ask('/health/live')).status).toBe(200);
    expect(pieces).toBe(after);
  });

  it('a collector that fails midway leaves no answer that looks whole, and the service as it was', async () => {
    const metrics = new MetricsCollector();
    let arrived = (): void => undefined;
    const firstPiece = new Promise<void>((resolve) => (arrived = resolve));
    Object.defineProperty(metrics, 'stream', {
      value: async function* () {
        yield 'a 1\n';
        await firstPiece;
        throw new Error('midway');
      },
    });
    const { ask, port } = await start({ metrics });
    const answer = await new Promise<{ status: number | undefined; text: string; whole: boolean }>((resolve) => {
      const asked = request({ port, path: '/health/metrics', headers: OPEN }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => {
          text += chunk.toString();
          arrived();
        });
        response.on('error', () => undefined);
        response.on('close', () => {
          resolve({ status: response.statusCode, text, whole: response.complete });
        });
      });
      asked.end();
    });
    expect(answer).toEqual({ status: 200, text: 'a 1\n', whole: false });
    expect((await ask('/health/metrics')).status).toBe(200);
  });
});
