import { HealthCheckService } from 'breakwater/health';
import { createHardening, type HardeningOptions, type RequestRecord } from 'breakwater/http';
import { ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';
import { ask, FakeResponse } from '../exchange.js';
import { read, setup, TOKEN } from './setup.js';

const ROUTES = ['live', 'ready', 'check', 'summary', 'metrics', 'security'];

describe('health routes', () => {
  it.each(ROUTES)('%s takes GET and HEAD, and nothing else', async (route) => {
    const { hardening } = setup();
    const path = `/health/${route}?verbose=1`;
    const got = await read(hardening, path);
    expect([got.statusCode, got.sent.get('cache-control')]).toEqual([200, 'no-store']);
    const head = await read(hardening, path, { method: 'HEAD', open: true });
    expect([head.statusCode, head.body, head.sent.get('content-type')]).toEqual([
      200,
      undefined,
      got.sent.get('content-type'),
    ]);
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'QUERY']) {
      const refused = await read(hardening, path, { method });
      expect([method, refused.statusCode, refused.sent.get('allow')]).toEqual([method, 405, 'GET, HEAD']);
      expect(refused.json).toEqual({ type: 'about:blank', title: 'Method not allowed', status: 405 });
    }
  });

  it.each([
    '/health',
    '/health/',
    '/health/live/',
    '/health/liveness',
    '/health/Live',
    '/HEALTH/live',
    '/health//live',
    '/health/%6cive',
    '/health/check/x',
    '/health/constructor',
    '/health/__proto__',
    '/live',
    '/x/health/live',
    '/healthlive',
  ])('%s is none of them', async (path) => {
    const { hardening } = setup();
    const response = await ask(hardening, path);
    expect([response.answered, response.headersSent]).toEqual([false, false]);
  });

  it.each([
    ['/health', ROUTES],
    ['/internal/status', ROUTES],
  ])('under %s, the record of a request names its route', async (healthPrefix, routes) => {
    const { hardening } = setup({ healthPrefix });
    const records: RequestRecord[] = [];
    hardening.on('request', (record) => records.push(record));
    for (const route of routes) await read(hardening, `${healthPrefix}/${route}?x=1`, { open: route !== 'check' });
    await read(hardening, `${healthPrefix}/live`, { method: 'POST' });
    expect(records.map(({ route, status }) => [route, status])).toEqual([
      ...routes.map((route) => [`${healthPrefix}/${route}`, 200]),
      [`${healthPrefix}/live`, 405],
    ]);
  });

  it('the metrics of requests have these routes as labels', async () => {
    const { hardening } = setup({ metrics: {} });
    for (const route of ROUTES) await read(hardening, `/health/${route}`);
    const { body } = await read(hardening, '/health/metrics', { open: true });
    for (const route of ROUTES) {
      expect(body).toContain(
        `http_server_request_duration_seconds_count{http_request_method="GET",http_route="/health/${route}",http_response_status_code="200"} 1`,
      );
    }
  });

  it('HLD-24 answer a caller whose address is blocked, and are counted by no limit', async () => {
    const { hardening } = setup({ ddos: { threshold: 1 }, perUser: { capacity: 1 }, identify: () => 'one' });
    await ask(hardening, '/');
    expect((await ask(hardening, '/')).statusCode).toBe(429);
    for (let i = 0; i < 20; i++) {
      for (const route of ROUTES) expect((await read(hardening, `/health/${route}`)).statusCode).toBe(200);
    }
    expect((await ask(hardening, '/health/check', { steps: ['guard'] })).answered).toBe(false);
  });

  it('leave an answer alone that somebody has begun', async () => {
    const { hardening, reported } = setup({ metrics: {} });
    for (const route of ROUTES) {
      for (const open of [true, false]) {
        const response = new FakeResponse();
        response.writeHead(201);
        await ask(hardening, `/health/${route}`, {
          response,
          ...(open ? { headers: { authorization: `Bearer ${TOKEN}` } } : {}),
        });
        for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
        expect([response.statusCode, response.body, response.sent.size]).toEqual([201, undefined, 0]);
      }
    }
    expect(reported).toMatchObject([{ code: 'BREAKWATER_W_NO_CHECKS' }]);
  });

  it('HLD-21 a wrong token sees what everybody sees, with the same status', async () => {
    const { hardening } = setup({ metrics: {} });
    for (const route of ROUTES) {
      const [without, wrong] = [
        await read(hardening, `/health/${route}`, { address: '203.0.113.9' }),
        await read(hardening, `/health/${route}`, { headers: { authorization: `Bearer ${TOKEN}x` } }),
      ];
      expect([wrong.statusCode, wrong.body]).toEqual([without.statusCode, without.body]);
    }
  });

  it('after ten wrong tokens a minute from one address, a right one sees no more than they did', async () => {
    const { hardening } = setup({ metrics: {} });
    for (let i = 0; i < 10; i++) {
      await read(hardening, '/health/summary', {
        headers: { authorization: 'Bearer wrong-wrong-wrong' },
      });
    }
    for (const route of ['check', 'summary', 'metrics', 'security']) {
      const [late, other] = [
        await read(hardening, `/health/${route}`, { open: true }),
        await read(hardening, `/health/${route}`, { open: true, address: '203.0.113.9' }),
      ];
      expect([route, late.statusCode]).toEqual([route, 200]);
      expect(late.body).not.toBe(other.body);
    }
  });

  it('HLD-23 two pipelines in one process never show what is the other’s', async () => {
    const make = (name: string, status: 'HEALTHY' | 'UNHEALTHY') => {
      const clock = new ManualClock();
      const health = new HealthCheckService({ clock });
      health.register(name, () => ({ status, message: `of ${name}` }), { critical: true });
      const { hardening } = setup({ health, clock, name, ddos: { name: `ddos-${name}` } });
      return hardening;
    };
    const [a, b] = [make('alpha', 'HEALTHY'), make('beta', 'UNHEALTHY')];
    for (let i = 0; i < 3; i++) {
      for (const route of ROUTES) {
        expect((await read(a, `/health/${route}`, { open: true })).body).not.toContain('beta');
        expect((await read(b, `/health/${route}`, { open: true })).body).not.toContain('alpha');
        for (const one of [a, b]) expect((await read(one, `/health/${route}`)).body).not.toMatch(/alpha|beta/);
      }
    }
    expect((await read(b, '/health/check', { open: true })).json).toMatchObject({ components: [{ name: 'beta' }] });
  });

  it('HLD-19 show nothing of the inside to whom nobody has let', async () => {
    const token = TOKEN;
    for (const authorize of [undefined, token, () => false, () => Promise.reject(new Error('no'))]) {
      const health = new HealthCheckService();
      health.register('orders-database', () => ({ status: 'DEGRADED', message: 'db7.internal:5432 is slow' }));
      const options: HardeningOptions = {
        health,
        abuse: { name: 'logins' },
        ddos: { name: 'edge' },
        metrics: {},
        onListenerError: () => undefined,
      };
      const hardening = createHardening(authorize === undefined ? options : { ...options, authorize });
      for (const route of ROUTES) {
        for (const accept of [
          'application/json',
          'application/health+json',
          'text/plain',
          'application/openmetrics-text',
        ]) {
          const { body } = await read(hardening, `/health/${route}`, { accept });
          expect(body).not.toMatch(/orders|db7|5432|logins|edge|node|version/i);
        }
      }
    }
  });
});
