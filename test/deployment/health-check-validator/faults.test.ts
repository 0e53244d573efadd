import { HealthCheckValidator } from 'breakwater/deployment';
import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { answer, type Fault, found, listening, said, service, wrong } from './services.js';

const OK = { status: 'HEALTHY' };
const live = /\/live$/;
const ready = /\/ready$/;

/** A fault of some requests alone. */
function on(path: RegExp, fault: Fault, methods = ['GET', 'HEAD']): Fault {
  return (request, response, asked) =>
    path.test(asked) && methods.includes(request.method ?? '') ? fault(request, response, asked) : undefined;
}

const bearer = (request: { readonly headers: { readonly authorization?: string | undefined } }): string | undefined =>
  request.headers.authorization?.replace('Bearer ', '');

describe('a health check', () => {
  it('of a service without a fault finds nothing', async () => {
    const report = await found();
    expect(wrong(report)).toEqual({});
    expect(report.message).toMatch(/^health: http:\/\/127\.0\.0\.1:\d+: 22 findings in order$/);
  });

  it.each<[string, Record<string, string>, Fault]>([
    ['liveness is 503', { 'health.live': 'FAIL' }, on(live, (_, r) => answer(r, 503, OK, { 'Retry-After': '5' }))],
    ['liveness is 500', { 'health.live': 'FAIL' }, on(live, (_, r) => answer(r, 500, OK))],
    ['liveness is 204', { 'health.live': 'WARN' }, on(live, (_, r) => answer(r, 204, ''))],
    ['liveness asks for a token', { 'health.live': 'FAIL' }, on(live, (_, r) => answer(r, 401, {}))],
    ['liveness is limited', { 'health.live': 'FAIL' }, on(live, (_, r) => answer(r, 429, {}))],
    ['liveness is elsewhere', { 'health.live': 'FAIL' }, on(live, (_, r) => answer(r, 302, '', { Location: '/' }))],
    [
      'readiness is 503',
      { 'health.ready': 'FAIL' },
      on(ready, (_, r) => answer(r, 503, { status: 'UNHEALTHY' }, { 'Retry-After': '5' })),
    ],
    [
      'readiness is 200 and says no',
      { 'health.ready': 'FAIL' },
      on(ready, (_, r) => answer(r, 200, { status: 'down' })),
    ],
    [
      'readiness is 200 and not ready',
      { 'health.ready': 'FAIL' },
      on(ready, (_, r) => answer(r, 200, { ready: false })),
    ],
    ['readiness is 200 and false', { 'health.ready': 'FAIL' }, on(ready, (_, r) => answer(r, 200, 'false'))],
    [
      'readiness is 200 and says something else',
      { 'health.ready': 'WARN', 'health.leak.ready': 'WARN' },
      on(ready, (_, r) => answer(r, 200, { uptime: 3 })),
    ],
    ['an empty 200 is well', {}, on(/ready$|live$/, (_, r) => answer(r, 200, ''))],
    ['what is not ready is alive', {}, on(live, (_, r) => answer(r, 200, { live: true, ready: false }))],
    ['readiness is degraded', { 'health.ready': 'WARN' }, on(ready, (_, r) => answer(r, 200, { status: 'DEGRADED' }))],
    ['readiness is not there', { 'health.ready': 'FAIL' }, on(ready, (_, r) => answer(r, 404, {}))],
    ['HEAD is refused', { 'health.head': 'FAIL' }, on(live, (_, r) => answer(r, 405, {}), ['HEAD'])],
    [
      'a query matters',
      { 'health.query': 'FAIL' },
      on(live, ({ url }, r) => (url?.includes('?') === true ? answer(r, 404, {}) : undefined)),
    ],
    ['POST is taken', { 'health.methods': 'WARN' }, on(live, (_, r) => answer(r, 200, OK), ['POST'])],
    ['DELETE fails', { 'health.methods': 'FAIL' }, on(live, (_, r) => answer(r, 500, {}), ['DELETE'])],
    [
      'PUT breaks the connection',
      { 'health.methods': 'FAIL' },
      on(
        live,
        (request) => {
          request.socket.destroy();
          return true;
        },
        ['PUT'],
      ),
    ],
    [
      'an answer may be guessed at',
      { 'health.headers.nosniff': 'WARN' },
      on(live, (_, r) => answer(r, 200, OK, { 'X-Content-Type-Options': undefined })),
    ],
    [
      'nothing is said of caches',
      { 'health.headers.cache-control': 'WARN' },
      on(live, (_, r) => answer(r, 200, OK, { 'Cache-Control': undefined })),
    ],
    [
      'caches may keep it',
      { 'health.headers.cache-control': 'FAIL' },
      on(live, (_, r) => answer(r, 200, OK, { 'Cache-Control': 'public, max-age=60' })),
    ],
    [
      'it has no type',
      { 'health.headers.content-type': 'WARN' },
      on(live, (_, r) => answer(r, 200, OK, { 'Content-Type': undefined })),
    ],
    [
      'a 503 says not when to come back',
      { 'health.ready': 'FAIL', 'health.headers.retry-after': 'WARN' },
      on(ready, (_, r) => answer(r, 503, { status: 'UNHEALTHY' })),
    ],
    [
      'the server has a version',
      { 'health.headers.banner': 'WARN' },
      on(live, (_, r) => answer(r, 200, OK, { Server: 'nginx/1.25.3' })),
    ],
    [
      'a header tells of the inside',
      { 'health.headers.leak': 'FAIL' },
      on(live, (_, r) => answer(r, 200, OK, { 'X-Debug-DB': 'postgres://u:p@10.0.0.1/x' })),
    ],
    [
      'a probe is given a cookie',
      { 'health.headers.set-cookie': 'WARN' },
      on(live, (_, r) => answer(r, 200, OK, { 'Set-Cookie': 'sid=9f8a7b6c; Path=/' })),
    ],
    [
      'readiness is 200 and says that it is unavailable',
      { 'health.ready': 'FAIL' },
      on(ready, (_, r) => answer(r, 200, 'Service Unavailable')),
    ],
    [
      'a wrong token is refused by a probe',
      { 'health.auth.wrong-token': 'FAIL' },
      on(ready, (request, r) => (bearer(request) === undefined ? undefined : answer(r, 401, {}))),
    ],
    [
      'a wrong token is too much',
      { 'health.auth.wrong-token': 'FAIL' },
      on(/check$/, (request, r) => (bearer(request) === undefined ? undefined : answer(r, 500, {}))),
    ],
    [
      'any token opens the details',
      { 'health.auth.wrong-token': 'FAIL' },
      on(/check$/, (request, r) =>
        bearer(request) === undefined ? answer(r, 401, {}) : answer(r, 200, { ...OK, components: [] }),
      ),
    ],
    [
      'any token shows more',
      { 'health.auth.wrong-token': 'FAIL' },
      on(/check$/, (request, r) =>
        bearer(request) === undefined ? undefined : answer(r, 200, { ...OK, components: [] }),
      ),
    ],
    [
      'the details fail',
      { 'health.leak.check': 'WARN', 'health.auth.wrong-token': 'FAIL' },
      on(/check$/, (_, r) => answer(r, 500, {})),
    ],
    ['the details are behind a login', {}, on(/check$/, (_, r) => answer(r, 302, '', { Location: '/login' }))],
    ['the details are refused', {}, on(/check$/, (_, r) => answer(r, 403, {}))],
    ['an unknown route fails', { 'health.catch-all': 'WARN' }, on(/breakwater-/, (_, r) => answer(r, 500, {}))],
    ['connections are closed with a word', {}, on(live, (_, r) => answer(r, 200, OK, { Connection: 'close' }))],
    [
      'a 503 gives a date',
      { 'health.ready': 'FAIL' },
      on(ready, (_, r) => answer(r, 503, {}, { 'Retry-After': 'Sun, 06 Nov 1994 08:49:37 GMT' })),
    ],
  ])('finds that %s', async (_, expected, fault) => {
    expect(wrong(await found(fault))).toEqual(expected);
  });

  it('HLD-24: says what a refused probe leads to', async () => {
    const { findings } = await found(on(live, (_, r) => answer(r, 429, {})));
    expect(findings.find(({ id }) => id === 'health.live')?.hint).toContain('Exempt the health routes from limits');
  });

  it('takes no page that answers everything for a health route', async () => {
    const report = await found((_, r) =>
      answer(r, 200, '<!doctype html><title>Shop</title>', { 'Content-Type': 'text/html' }),
    );
    expect(wrong(report)).toMatchObject({
      'health.live': 'FAIL',
      'health.ready': 'FAIL',
      'health.catch-all': 'FAIL',
      'health.leak.check': 'WARN',
    });
    expect(report.status).toBe('FAIL');
    const json = await found((_, r) => answer(r, 200, OK));
    expect(wrong(json)).toEqual({ 'health.catch-all': 'FAIL', 'health.methods': 'WARN' });
  });

  it('asks below what the service is mounted under, with or without a slash at its end', async () => {
    const asked = new Set<string>();
    const at: Fault = ({ url = '' }, r, path) => {
      asked.add(path.replace(/breakwater-\w+/, '…'));
      return url.startsWith('/shop/') ? answer(r, 404, {}) : undefined;
    };
    const baseUrl = await listening(createServer(service(at)));
    const report = await new HealthCheckValidator({ baseUrl: `${baseUrl}/shop//`, prefix: '/internal/' }).run();
    expect([...asked].sort()).toEqual(
      ['check', 'live', 'metrics', 'ready', 'security', 'status', 'summary', '…'].map(
        (name) => `/shop/internal/${name}`,
      ),
    );
    expect(said(report, 'health.live')).toBe('GET /shop/internal/live answers 404');
  });

  it('tells of an address that ends in /health already', async () => {
    const baseUrl = await listening(createServer(service()));
    const { findings } = await new HealthCheckValidator({ baseUrl: `${baseUrl}/health/` }).run();
    const { message, hint } = findings.find(({ id }) => id === 'health.live') ?? {};
    expect(message).toBe('GET /health/health/live answers 404');
    expect(hint).toContain('ends in /health already');
  });

  it('of a service without health routes finds that, and no more about the pages that say so', async () => {
    const report = await found((_, r) =>
      answer(r, 404, '<!doctype html><pre>Cannot GET</pre>', {
        'Cache-Control': undefined,
        'Content-Type': 'text/html',
        'X-Content-Type-Options': undefined,
      }),
    );
    expect(wrong(report)).toEqual({ 'health.live': 'FAIL', 'health.ready': 'FAIL' });
    expect(said(report, 'health.leak.absent')).toBe('not there (404): check, summary, metrics, security, status');
  });

  it.each([
    [500, 'see what its log says'],
    [502, 'See whether it runs'],
    [503, 'See whether it runs'],
  ])('knows what to do about a page with %i', async (status, hint) => {
    const { findings } = await found(
      on(live, (_, r) => answer(r, status, '<html>no</html>', { 'Content-Type': 'text/html', 'Retry-After': '1' })),
    );
    const finding = findings.find(({ id }) => id === 'health.live');
    expect([finding?.status, finding?.message]).toEqual([
      'FAIL',
      `GET /health/live answers ${String(status)} with an HTML page`,
    ]);
    expect(finding?.hint).toContain(hint);
  });

  it('masks nothing of its own sentences', async () => {
    const report = await found((request) => (bearer(request) === undefined ? undefined : true), {
      token: 'mine',
      timeoutMs: 200,
    });
    expect(said(report, 'health.auth.token')).toMatch(
      /^GET \/health\/check with the token is not answered: no answer within/,
    );
    expect(JSON.stringify(report)).not.toContain('[secret]');
  });

  it('finds that connections are closed without a word', async () => {
    const report = await found(
      on(live, (request, r) => {
        r.on('finish', () => request.socket.destroySoon());
        return answer(r, 200, OK, { Connection: 'keep-alive' });
      }),
    );
    // A failure when the second request was under way, else a warning.
    expect(Object.keys(wrong(report))).toEqual(['health.keep-alive']);
  });

  it('finds a body behind HEAD', async () => {
    const report = await found(
      on(
        live,
        (request) => {
          request.socket.end(
            'HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n{"status":"HEALTHY"}',
          );
          return true;
        },
        ['HEAD'],
      ),
    );
    expect(wrong(report)).toEqual({ 'health.head': 'FAIL' });
    expect(said(report, 'health.head')).toBe('HEAD /health/live is answered with a body');
  });

  it('sends nothing but what it says, and each wrong token is another', async () => {
    const methods: Record<string, number> = {};
    const tokens = new Set<string>();
    await found((request) => {
      const method = request.method ?? '';
      methods[method] = (methods[method] ?? 0) + 1;
      const token = bearer(request);
      if (token !== undefined) tokens.add(token);
      return undefined;
    });
    expect(methods).toEqual({ GET: 14, HEAD: 2, POST: 2, PUT: 2, DELETE: 2 });
    expect([...tokens]).toEqual([expect.stringMatching(/^breakwater-[\da-f]{32}$/)]);
  });
});
