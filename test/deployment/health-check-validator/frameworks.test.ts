import { HealthCheckValidator } from 'breakwater/deployment';
import { setupMiddleware as setupExpress } from 'breakwater/express';
import { createHardening, type HardeningOptions } from 'breakwater/http';
import { setupMiddleware as setupKoa } from 'breakwater/koa';
import { harden } from 'breakwater/node-http';
import { CircuitBreaker } from 'breakwater/circuit-breaker';
import { HealthCheckService } from 'breakwater/health';
import express from 'express';
import Koa from 'koa';
import { createServer, type RequestListener } from 'node:http';
import { describe, expect, it } from 'vitest';
import { listening, said, wrong } from './services.js';

const TOKEN = 'a-token-for-the-monitoring';

const FRAMEWORKS: readonly (readonly [string, (options?: HardeningOptions) => RequestListener])[] = [
  [
    'Express 5',
    (options) => {
      const app = express();
      app.set('env', 'test');
      setupExpress(app, options);
      app.get('/', (_, response) => response.send('shop'));
      return app as RequestListener;
    },
  ],
  [
    'Koa',
    (options) => {
      const app = new Koa();
      setupKoa(app, options);
      const callback = app.callback();
      return (request, response) => void callback(request, response);
    },
  ],
  [
    'node:http',
    (options) =>
      harden((_, response) => {
        response.statusCode = 404;
        response.end('not found');
      }, createHardening(options)),
  ],
];

describe.each(FRAMEWORKS)('the health routes on %s', (_, app) => {
  const check = async (options?: HardeningOptions, token?: string) =>
    new HealthCheckValidator({ baseUrl: await listening(createServer(app(options))), token }).run();

  it('HLD-19, HLD-33: are in order as they come', async () => {
    const report = await check();
    expect(wrong(report)).toEqual({});
    expect([report.status, report.findings.length]).toEqual(['PASS', 25]);
    expect(new Set(report.findings.map(({ id }) => id)).size).toBe(25);
    expect(report.routes.map(({ route, statusCode }) => [route, statusCode])).toEqual([
      ['/health/live', 200],
      ['/health/ready', 200],
      ['/health/check', 200],
      ['/health/summary', 200],
      ['/health/metrics', 200],
      ['/health/security', 200],
      ['/health/status', 404],
    ]);
  });

  it('HLD-21: are in order with a token and with everything on', async () => {
    const health = new HealthCheckService();
    health.register('database at db.internal:5432', () => true, { critical: true });
    const options = {
      health,
      components: [new CircuitBreaker({ name: 'rates' })],
      authorize: TOKEN,
      statusPage: true,
      metrics: {},
      identify: 'x-user-id',
      headers: { preset: 'modern' },
    } as const;
    const report = await check(options, TOKEN);
    expect(wrong(report)).toEqual({});
    expect(said(report, 'health.auth.token')).toBe('GET /health/check with the token tells details');
    expect(JSON.stringify(report)).not.toContain(TOKEN);
    expect(wrong(await check(options, `${TOKEN}-of-yesterday`))).toEqual({ 'health.auth.token': 'WARN' });
  });

  it('may be looked at again and again: no token is locked out by the wrong ones', async () => {
    const baseUrl = await listening(createServer(app({ authorize: TOKEN })));
    const validator = new HealthCheckValidator({ baseUrl, token: TOKEN });
    for (let run = 0; run < 8; run++) expect(wrong(await validator.run())).toEqual({});
  });

  it('are not ready while the service says so', async () => {
    const report = await check({ lifecycle: { phase: 'DRAINING' } });
    expect(wrong(report)).toEqual({ 'health.ready': 'FAIL' });
    expect(said(report, 'health.ready')).toBe('GET /health/ready answers 503, it is not ready: UNHEALTHY, DRAINING');
  });
});

describe('health routes as people write them', () => {
  const found = async (body: unknown) => {
    const app = express();
    app.get(['/health/live', '/health/ready'], (_, response) => response.send(body));
    const report = await new HealthCheckValidator({
      baseUrl: await listening(createServer(app as RequestListener)),
    }).run();
    return Object.fromEntries(
      report.findings
        .filter(({ id }) => /^health\.(?:live|ready|leak\.live|leak\.ready)$/.test(id))
        .map(({ id, status }) => [id, status]),
    );
  };
  const fine = {
    'health.live': 'PASS',
    'health.ready': 'PASS',
    'health.leak.live': 'PASS',
    'health.leak.ready': 'PASS',
  };

  it.each([
    'OK',
    'healthy',
    { status: 'ok', message: 'Service is running' },
    { message: 'OK' },
    { success: true, message: 'Service is healthy' },
    { status: 'UP', checks: [] },
    { status: 'ok', info: {}, error: {}, details: {} },
    'SERVER_IS_NOT_SHUTTING_DOWN',
    'SERVER_IS_READY',
  ])('%j is in order', async (body) => {
    expect(await found(body)).toEqual(fine);
  });

  it.each([
    ['<h1>OK</h1>', { 'health.live': 'FAIL' }],
    ['SERVER_IS_SHUTTING_DOWN', { 'health.live': 'FAIL' }],
    [{ status: 'ok', details: { database: { status: 'up' } } }, { 'health.leak.live': 'FAIL' }],
    [{ status: 'ok', checks: ['database'] }, { 'health.leak.live': 'FAIL' }],
    [{ status: 'ok', message: 'orders-db answers' }, { 'health.leak.live': 'FAIL' }],
  ])('%j is not', async (body, expected) => {
    expect(await found(body)).toMatchObject(expected);
  });
});
