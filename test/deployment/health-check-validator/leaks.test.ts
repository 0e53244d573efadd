import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  gravestLeaks,
  headerLeaksOf,
  isStatusOnly,
  leaksOf,
} from '../../../src/deployment/health-check-validator/leak.js';
import { sayingOfBody } from '../../../src/deployment/health-check-validator/status-words.js';
import { runs } from '../../runs.js';
import { answer, type Fault, found, said, wrong } from './services.js';

const body = (path: RegExp, text: object | string, status = 200): Fault => {
  return (request, response, asked) =>
    request.method === 'GET' && path.test(asked) ? answer(response, status, text) : undefined;
};

describe('a public body', () => {
  it.each([
    '',
    'ok',
    'OK\n',
    'Healthy',
    '"UP"',
    'true',
    '{"status":"HEALTHY"}',
    '{"status":"UNHEALTHY","phase":"DRAINING"}',
    '{"status":"pass"}',
    '{"ok":true}',
    '{"flagged":3,"blocked":null}',
    '# HELP x\nbreakwater_up 1\nbreakwater_health_status{status="HEALTHY"} 1\n',
  ])('says the status alone: %j', (text) => {
    expect(isStatusOnly(text)).toBe(true);
    expect(leaksOf(text, [])).toEqual([]);
  });

  it.each([
    ['{"status":"HEALTHY","uptime":12}', []],
    ['{"status":"my own word"}', []],
    ['{"status":"ok","components":[]}', ['names of components']],
    ['{"status":"ok","db":"10.0.0.7"}', ['a host or an address']],
    ['{"status":"ok","db":"fe80::1"}', ['a host or an address']],
    ['{"status":"ok","db":"postgres:5432"}', ['a host or an address']],
    ['{"status":"ok","db":"db.internal"}', ['a host or an address']],
    ['{"status":"ok","version":"7"}', ['a version']],
    ['ok, v1.22.3', ['a version']],
    ['{"status":"down","reason":"DATABASE_URL is missing"}', ['a name of an environment variable']],
    ['{"status":"down","reason":"no /app/config.json"}', ['a file path']],
    ['{"status":"down","reason":"no C:\\\\shop\\\\config"}', ['a file path']],
    ['{"status":"down","reason":"see https:\\/\\/"}', []],
    ['{"status":"down","reason":"redis://cache/0"}', ['a URL']],
    ['Error: no\n    at query (/app/db.js:10:5)', ['a stack trace', 'a file path', 'a host or an address']],
    ['{"stack":"Error: no\\n    at async node:internal/x:1:2"}', ['a stack trace']],
    ['{"status":"ok","password":"hunter22hunter22"}', ['credentials']],
    ['{"db":"postgres://app:hunter22@"}', ['credentials', 'a URL']],
  ])('tells more: %j', (text, leaks) => {
    expect(isStatusOnly(text)).toBe(false);
    expect(leaksOf(text, [])).toEqual(leaks);
  });

  it('takes what was sent, and comes back, for no leak', () => {
    expect(gravestLeaks('Cannot POST /app/health/live', [])).toEqual(['a file path']);
    expect(gravestLeaks('Cannot POST /app/health/live', ['/app/health/live'])).toEqual([]);
  });

  it.each([
    ['{"status":"Out of service"}', 'BAD', 'out_of_service'],
    ['{"state":"up"}', 'WELL', 'up'],
    ['\ufeff{"Status":"Unhealthy"}', 'BAD', 'unhealthy'],
    ['\ufeffNOT OK', 'BAD', 'not_ok'],
    ['not-ready\n', 'BAD', 'not_ready'],
    ['Service Unavailable', 'BAD', 'unavailable'],
    ['503 Service Temporarily Unavailable\n', 'BAD', 'unavailable'],
    ['Internal Server Error', 'BAD', 'internal_server_error'],
    ['Bad Gateway', 'BAD', 'bad_gateway'],
    ['Not Found', 'BAD', 'not_found'],
    ['The database is down.', 'BAD', 'down'],
    ['Service is not available', 'BAD', 'not_available'],
    ['Service is healthy', 'WELL', 'healthy'],
    ['status: DOWN', 'BAD', 'down'],
    ['healthy=false', 'BAD', 'false'],
    ['FAIL: no db', 'BAD', 'fail'],
    ['OK, all is well', 'WELL', 'ok'],
    ['false', 'BAD', 'false'],
    ['true', 'WELL', 'true'],
    ['{"ready":false}', 'BAD', 'not_ready'],
    ['{"ok":false}', 'BAD', 'not_ok'],
    ['{"up":0}', 'BAD', 'not_up'],
    ['{"ready":"no"}', 'BAD', 'no'],
    ['{"isHealthy":false}', 'BAD', 'not_healthy'],
    ['{"success":false,"status":"ok"}', 'BAD', 'not_success'],
    ['{"status":"ok","ready":true}', 'WELL', 'ok'],
    ['{"status":false}', 'BAD', 'not_ok'],
    ['{"status":503}', 'BAD', 'not_ok'],
    ['{"status":200}', 'WELL', 'ok'],
    ['{"status":"UNKNOWN"}', 'BAD', 'unknown'],
    ['{"status":"yellow"}', 'LESS', 'yellow'],
    ['{"data":{"status":"down"}}', 'BAD', 'down'],
    ['{"checks":[{"status":"up"},{"status":"down"}]}', 'BAD', 'down'],
    ['{"db":"down","cache":"up"}', 'BAD', 'down'],
    ['{"status":"UP","components":{"db":{"status":"DOWN"}}}', 'WELL', 'up'],
    ['{"error":"no database"}', 'BAD', 'error'],
    ['{"status":"ok","error":{},"errors":0}', 'WELL', 'ok'],
    ['{"status":"HEALTHY","phase":"DRAINING"}', 'WELL', 'healthy'],
  ])('says how its service is: %s', (text, verdict, word) => {
    expect(sayingOfBody(text)).toEqual({ verdict, word });
  });

  it.each(['{"status":"hunter22"}', 'null', '{}', '[]', '{"uptime":3}', '{"debug":false}', 'hunter22', '42', ''])(
    'says nothing that is known: %s',
    (text) => {
      expect(sayingOfBody(text)).toBe(undefined);
    },
  );

  it('may be anything', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        sayingOfBody(text);
        expect([typeof isStatusOnly(text), leaksOf(text, ['x']).length >= 0]).toEqual(['boolean', true]);
      }),
      { numRuns: runs(1_000) },
    );
  });

  it.each([
    'at '.repeat(20_000),
    'a.'.repeat(30_000),
    'A_'.repeat(30_000),
    '1.'.repeat(30_000),
    '//a:'.repeat(16_000),
    'a:1'.repeat(20_000),
    `at ${'x'.repeat(60_000)}`,
    `"/app`.repeat(10_000),
    'aa:'.repeat(20_000),
    'a-'.repeat(30_000),
    'ab'.repeat(30_000),
  ])('takes no long to look at (%#)', (text) => {
    const startedAtMs = performance.now();
    leaksOf(text, []);
    isStatusOnly(text);
    sayingOfBody(text);
    expect(performance.now() - startedAtMs).toBeLessThan(1_000);
  });
});

describe('a header', () => {
  it.each<[string, string | string[], readonly string[]]>([
    ['x-debug-db', 'postgres://u:hunter22@10.0.0.1/x', ['credentials', 'a host or an address']],
    ['x-debug', 'Bearer 9f8a7b6c5d4e3f2a', ['credentials']],
    ['x-debug', ['a', 'password=hunter22'], ['credentials']],
    ['x-error', 'Error: no at query (/app/db.js:10:5)', ['a stack trace', 'a file path']],
    ['x-backend', '10.0.3.7', ['a host or an address']],
    ['x-backend', '10.0.3.7:8080', ['a host or an address']],
    ['via', '1.1 172.20.0.3', ['a host or an address']],
    ['x-served-by', 'fd12:3456::7', ['a host or an address']],
    ['x-served-by', 'shop-7c9.shop.svc.cluster.local', ['a host or an address']],
    ['x-real-ip', '203.0.113.7', []],
    ['x-app-version', '10.0.3', []],
    ['date', 'Sat, 28 Nov 2026 07:11:38 GMT', []],
    ['cache-control', 'no-store', []],
    ['vary', 'Authorization, Cookie', []],
    ['access-control-allow-credentials', 'true', []],
    ['access-control-expose-headers', 'X-Api-Key, Authorization', []],
    ['alt-svc', 'h3=":443"; ma=86400', []],
    ['strict-transport-security', 'max-age=31536000; includeSubDomains', []],
    ['content-security-policy', "default-src 'self'; report-uri https://x.example/?sentry_key=9f8a7b6c", []],
    ['www-authenticate', 'Bearer realm="shop"', []],
    ['set-cookie', ['sid=9f8a7b6c; Path=/app/x'], []],
    ['x-request-id', '0f8fad5b-d9cb-469f-a165-70867728950e', []],
    ['traceparent', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', []],
  ])('%s: %j tells %j', (name, value, leaks) => {
    expect(headerLeaksOf({ [name]: value }, [])).toEqual(leaks);
  });

  it.each([
    ['x-session', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJib2IifQ.KMUFsIDTnFmyG3nMiGM6H9FNFUROf3wh7SmqJp-QV30'],
    ['x-user', 'id eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJib2IifQ.KMUFsIDTnFmyG3nMiGM6H9FN'],
    ['x-auth-token', 'f3a9'],
    ['x-api-key', ['k-1', '3']],
    ['x-session-id', 'deadbeefcafe'],
  ])('tells credentials in %s: %s', (name, value) => {
    expect(headerLeaksOf({ [name]: value }, [])).toEqual(['credentials']);
  });

  it.each([
    ['x-session-token', 'true'],
    ['x-max-tokens', '4096'],
    ['x-access-token', 'Wed, 21 Oct 2026 07:28:00 GMT'],
    ['x-token', '2026-10-21T07:28:00Z'],
    ['x-api-key', ''],
    ['x-csrf-token', 'f3a9'],
    ['surrogate-key', 'health live'],
    ['x-signature', 'f3a9'],
    ['x-script', 'eyJ.a.b eyJhbGciOi.index.js'],
  ])('tells nothing in %s: %s', (name, value) => {
    expect(headerLeaksOf({ [name]: value }, [])).toEqual([]);
  });

  it('and bodies tell a signed token, in time that grows with them alone', () => {
    const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJib2IifQ.KMUFsIDTnFmyG3nMiGM6H9FN';
    expect(gravestLeaks(`{"for":"${token}"}`, [])).toEqual(['credentials']);
    expect(gravestLeaks(`{"for":"${token}"}`, [token])).toEqual([]);
    const before = process.cpuUsage();
    for (const text of ['eyJ'.repeat(30_000), 'eyJaaaaaaaa.'.repeat(8_000), 'eyJaaaaaaaa-'.repeat(8_000)])
      gravestLeaks(`${text}!`, []);
    expect(process.cpuUsage(before).user).toBeLessThan(1_000_000);
  });

  it('may have what was sent', () => {
    expect(headerLeaksOf({ 'x-api-key': 'own-token' }, ['own-token'])).toEqual([]);
    expect(headerLeaksOf({ 'x-path': '/app/health/live' }, ['/app/health/live'])).toEqual([]);
  });
});

describe('a health check finds', () => {
  it.each<[string, Record<string, string>, Fault]>([
    ['names in liveness', { 'health.leak.live': 'FAIL' }, body(/live$/, { status: 'ok', checks: { db: 'up' } })],
    ['uptime in readiness', { 'health.leak.ready': 'WARN' }, body(/ready$/, { status: 'ok', uptime: 3 })],
    ['open details', { 'health.leak.check': 'FAIL' }, body(/check$/, { status: 'ok', components: [{ name: 'db' }] })],
    ['open metrics', { 'health.leak.metrics': 'FAIL' }, body(/metrics$/, 'process_cpu_seconds_total 3\n')],
    [
      'an open list of blocks',
      { 'health.leak.security': 'FAIL' },
      body(/security$/, { bans: [{ address: '10.1.2.3' }] }),
    ],
    ['an open page', { 'health.leak.status': 'FAIL' }, body(/status$/, '<!doctype html><h1>Shop</h1>')],
    [
      'an open summary',
      { 'health.leak.summary': 'FAIL' },
      body(/summary$/, { status: 'ok', components: { HEALTHY: 3 } }),
    ],
    ['a refusal that tells', { 'health.leak.metrics': 'FAIL' }, body(/metrics$/, 'Error\n at x (/app/a.js:1:2)', 403)],
    [
      'an error page that tells',
      { 'health.leak.errors': 'FAIL' },
      body(/breakwater-/, 'Error\n at x (/app/a.js:1:2)', 404),
    ],
  ])('%s', async (_, expected, fault) => {
    expect(wrong(await found(fault))).toEqual(expected);
  });

  it('what is compressed, though nobody asked for that', async () => {
    const report = await found((request, response, path) =>
      path.endsWith('/live') && request.method === 'GET'
        ? answer(response, 200, 'xyz', { 'Content-Encoding': 'br' })
        : undefined,
    );
    expect(wrong(report)).toEqual({ 'health.live': 'WARN', 'health.leak.live': 'FAIL, crashed' });
  });

  it('credentials among details, and a token that comes back', async () => {
    const token = 'a-token-for-the-monitoring';
    const details = (more: object) => async () =>
      found(
        (request, response, path) =>
          path.endsWith('/check') && request.headers.authorization === `Bearer ${token}`
            ? answer(response, 200, { status: 'ok', components: [], ...more })
            : undefined,
        { token },
      );
    expect(wrong(await details({})())).toEqual({});
    expect(wrong(await details({ db: 'postgres://app:hunter22@db/shop' })())).toEqual({ 'health.auth.token': 'FAIL' });
    expect(wrong(await details({ seen: `<${token}>` })())).toEqual({ 'health.auth.token': 'FAIL' });
  });

  it.each([
    [401, 'FAIL'],
    [404, 'FAIL'],
    [200, 'WARN'],
  ])('a token that is answered with %i', async (status, expected) => {
    const report = await found(
      (request, response, path) =>
        path.endsWith('/check') && request.headers.authorization === 'Bearer mine'
          ? answer(response, status, { status: 'ok' })
          : undefined,
      { token: 'mine' },
    );
    expect(wrong(report)).toEqual({ 'health.auth.token': expected });
  });

  it('HLD-59: and never repeats what a service tells, or what it was given', async () => {
    const word = fc.string({
      minLength: 12,
      maxLength: 40,
      unit: fc.constantFrom('a', 'b', 'f', 'g', 'k', 'q', 'x', 'z', '2', '3', '7', '9'),
    });
    await fc.assert(
      fc.asyncProperty(word, word, fc.constantFrom(200, 302, 404, 500, 503), async (secret, token, status) => {
        const report = await found(
          (_, response) =>
            answer(
              response,
              status,
              { status: secret, phase: secret, [secret]: `postgres://u:${secret}@${secret}/` },
              {
                Location: `/${secret}`,
                Server: `${secret}/1.2`,
                'Cache-Control': `max-age=1${secret}`,
                'Content-Type': `text/${secret}`,
                'Retry-After': secret,
                'X-Backend': `10.0.0.1 ${secret}`,
                'Set-Cookie': `sid=${secret}`,
              },
            ),
          { token },
        );
        const text = JSON.stringify(report);
        expect(report.status).toBe('FAIL');
        expect([text.includes(secret), text.includes(token)]).toEqual([false, false]);
      }),
      { numRuns: runs(60) },
    );
  });

  it('by which route, and what kind of thing', async () => {
    const report = await found(body(/live$/, { status: 'ok', db: 'db.internal:5432', version: '1.2.3' }));
    expect(said(report, 'health.leak.live')).toBe('GET /health/live tells a host or an address, a version');
  });
});
