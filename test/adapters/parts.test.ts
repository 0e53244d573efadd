import * as expressAdapter from 'breakwater/express';
import { createHardening, type HardeningOptions } from 'breakwater/http';
import * as koaAdapter from 'breakwater/koa';
import { StructuredLogger } from 'breakwater/logger';
import { MetricsCollector, PerformanceMonitor } from 'breakwater/metrics';
import { SharedPerUserRateLimiter } from 'breakwater/rate-limiter';
import { createMemoryStore } from 'breakwater/testing';
import Koa3 from 'koa';
import Koa2 from 'koa-2';
import { afterEach, describe, expect, it } from 'vitest';
import { DIALECTS } from './express-dialects.js';
import { type Running, serve } from './frameworks.js';

type PartName =
  'setupMiddleware' | 'requestLoggingMiddleware' | 'performanceTrackingMiddleware' | 'securityHeadersMiddleware';
type Handler = Parameters<typeof serve>[0];

/** What a handler of either framework can do. */
interface Handling {
  /** What the service shares with templates. */
  readonly shared: Record<string, unknown>;
}

interface Framework {
  readonly name: string;
  /** An application with parts of a pipeline before its one route, `/things/:id`. */
  app(
    parts: readonly PartName[],
    options: HardeningOptions | ReturnType<typeof createHardening>,
    handle: (handling: Handling) => Promise<string>,
    proxies?: number | 'all',
  ): Handler;
}

const EXPRESS: readonly Framework[] = DIALECTS.map(({ name, express }) => ({
  name,
  app(parts, hardening, handle, proxies) {
    const app = express();
    app.set('env', 'test');
    if (proxies !== undefined) app.set('trust proxy', proxies === 'all' ? true : proxies);
    for (const part of parts) {
      if (part === 'setupMiddleware') expressAdapter.setupMiddleware(app, hardening);
      else if (part === 'securityHeadersMiddleware') app.use(expressAdapter[part]({ hsts: 'secure' }));
      else app.use(expressAdapter[part](hardening));
    }
    app.get('/things/:id', (_request, response, next) => {
      handle({ shared: response.locals }).then((text) => response.send(text), next);
    });
    app.use(expressAdapter.errorMiddleware());
    return app;
  },
}));

const KOA: readonly Framework[] = [
  { name: 'Koa 3', Factory: Koa3 },
  { name: 'Koa 2', Factory: Koa2 },
].map(({ name, Factory }) => ({
  name,
  app(parts, hardening, handle, proxies) {
    const app = new Factory({ proxy: proxies !== undefined, maxIpsCount: typeof proxies === 'number' ? proxies : 0 });
    app.silent = true;
    for (const part of parts) {
      if (part === 'setupMiddleware') koaAdapter.setupMiddleware(app, hardening);
      else if (part === 'securityHeadersMiddleware') app.use(koaAdapter[part]({ hsts: 'secure' }));
      else app.use(koaAdapter[part](hardening));
    }
    app.use(koaAdapter.errorMiddleware());
    app.use(async (context) => {
      if (!context.path.startsWith('/things/')) return;
      // As routers of Koa do.
      context['_matchedRoute'] = '/things/:id';
      context.body = await handle({ shared: context.state });
    });
    const callback = app.callback();
    return (request, response) => void callback(request, response);
  },
}));

describe.each([...EXPRESS, ...KOA].map((framework) => [framework.name, framework] as const))('%s', (_, framework) => {
  const running: Running[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((server) => server.close()));
  });

  async function start(...made: Parameters<Framework['app']>): Promise<Running> {
    const server = await serve(framework.app(...made));
    running.push(server);
    return server;
  }

  it('performanceTrackingMiddleware measures by method and route, and tells of errors', async () => {
    const lines: unknown[] = [];
    const metrics = new MetricsCollector();
    const monitor = new PerformanceMonitor();
    const logger = {
      event: (type: string, message: string, fields?: object) => lines.push({ type, message, ...fields }),
    };
    const thrown = new RangeError('mine');
    const hardening = createHardening({ metrics, monitor, logger });
    let fails = false;
    const { ask } = await start(['performanceTrackingMiddleware'], hardening, () =>
      fails ? Promise.reject(thrown) : Promise.resolve('hello'),
    );
    const first = await ask('/things/1');
    expect([first.status, first.headers.get('x-request-id'), first.headers.get('x-frame-options')]).toEqual([
      200,
      null,
      null,
    ]);
    await ask('/things/2', { method: 'HEAD' });
    await ask('/nothing');
    fails = true;
    expect((await ask('/things/3')).status).toBe(500);
    await expect.poll(() => hardening.snapshot().requests).toBe(4);
    const { histograms, counters } = metrics.snapshot();
    const series = histograms.find(({ name }) => name === 'http_server_request_duration_seconds')?.series;
    const labels = (method: string, route: string, status: number) => ({
      labels: { http_request_method: method, http_route: route, http_response_status_code: String(status) },
      count: 1,
    });
    expect(series).toMatchObject([
      labels('GET', '/things/:id', 200),
      labels('HEAD', '/things/:id', 200),
      labels('GET', 'unmatched', 404),
      labels('GET', '/things/:id', 500),
    ]);
    expect(counters.find(({ name }) => name === 'http_server_errors_total')?.series).toMatchObject([
      { labels: { http_route: '/things/:id', error_type: 'RangeError' }, value: 1 },
    ]);
    expect(monitor.stats('GET /things/:id')?.count).toBe(2);
    expect(lines).toMatchObject([
      { type: 'ERROR_EVENT', message: 'request failed', route: '/things/:id', err: thrown },
    ]);
  });

  it.each([['setupMiddleware'], ['requestLoggingMiddleware']] as const)(
    'lines that handlers write behind %s carry the id and the trace of the request, also later',
    async (part) => {
      const texts: string[] = [];
      const logger = new StructuredLogger({ destination: { write: (text: string) => texts.push(text) > 0 } });
      const { ask } = await start([part], { logger }, async () => {
        logger.userAction('at once');
        await new Promise((resolve) => setImmediate(resolve));
        logger.userAction('later');
        return 'hello';
      });
      const traceId = '0af7651916cd43dd8448eb211c80319c';
      const headers = (n: number) => ({
        'x-request-id': `request-${String(n)}`,
        traceparent: `00-${traceId}-b7ad6b7169203331-01`,
      });
      await Promise.all([1, 2, 3].map((n) => ask(`/things/${String(n)}`, { headers: headers(n) })));
      await expect.poll(() => texts.length).toBe(9);
      const lines = texts.map((text) => JSON.parse(text) as { requestId: string; trace_id: string; msg: string });
      for (const n of [1, 2, 3]) {
        const own = lines.filter(({ requestId }) => requestId === `request-${String(n)}`);
        expect(own.map(({ msg }) => msg)).toEqual(['at once', 'later', 'request']);
        expect(new Set(own.map((line) => line.trace_id))).toEqual(new Set([traceId]));
      }
    },
  );

  it('a limiter that is asked elsewhere does not lose the context of the request', async () => {
    const texts: string[] = [];
    const logger = new StructuredLogger({ destination: { write: (text: string) => texts.push(text) > 0 } });
    const identify = () => 'somebody';
    const perUser = new SharedPerUserRateLimiter({
      capacity: 5,
      refillPerSecond: 1,
      instances: 1,
      store: createMemoryStore(),
    });
    const { ask } = await start(['setupMiddleware'], { logger, identify, perUser }, () => {
      logger.userAction('handled');
      return Promise.resolve('hello');
    });
    expect((await ask('/things/1', { headers: { 'x-request-id': 'request-1' } })).status).toBe(200);
    await expect.poll(() => texts.length).toBe(2);
    expect(texts.map((text) => JSON.parse(text) as object)).toMatchObject([
      { msg: 'handled', requestId: 'request-1' },
      { msg: 'request', requestId: 'request-1' },
    ]);
  });

  it('OBS-H19 the nonce is where templates find it', async () => {
    const seen: unknown[] = [];
    const headers = { set: { 'Content-Security-Policy': "script-src 'nonce-{nonce}'" } };
    const { ask } = await start(['setupMiddleware'], { headers }, ({ shared }) => {
      seen.push(shared['cspNonce']);
      return Promise.resolve('hello');
    });
    const policies = [await ask('/things/1'), await ask('/things/2')].map((answer) =>
      answer.headers.get('content-security-policy'),
    );
    expect(policies).toEqual(seen.map((nonce) => `script-src 'nonce-${String(nonce)}'`));
    expect(new Set(seen).size).toBe(2);
  });

  it.each([
    ['that believes one proxy', 1, {}, true],
    ['that believes nobody', undefined, {}, false],
    ['that believes everybody, with trustProxy', 'all', { trustProxy: 0 }, false],
  ] as const)(
    'OBS-H18 HSTS for secure connections alone, in an application %s',
    async (_what, proxies, more, isSent) => {
      const options = { ...more, headers: { hsts: 'secure' } } as const;
      const { ask } = await start(['setupMiddleware'], options, () => Promise.resolve('hello'), proxies);
      const answer = await ask('/things/1', { headers: { 'x-forwarded-proto': 'https' } });
      expect(answer.status).toBe(200);
      expect(answer.headers.has('strict-transport-security')).toBe(isSent);
      expect((await ask('/things/1')).headers.has('strict-transport-security')).toBe(false);
    },
  );

  it('OBS-H18 a part by itself does not believe what an application that trusts everybody does', async () => {
    for (const [proxies, isSent] of [
      ['all', false],
      [1, true],
    ] as const) {
      const { ask } = await start(['securityHeadersMiddleware'], {}, () => Promise.resolve('hello'), proxies);
      const answer = await ask('/things/1', { headers: { 'x-forwarded-proto': 'https' } });
      expect([answer.status, answer.headers.has('strict-transport-security')]).toEqual([200, isSent]);
    }
  });
});
