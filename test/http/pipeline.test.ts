import { CircuitBreaker } from 'breakwater/circuit-breaker';
import { InvalidOptionsError } from 'breakwater/core';
import { DDoSProtection } from 'breakwater/ddos-protection';
import { HealthCheckService } from 'breakwater/health';
import { createHardening } from 'breakwater/http';
import { PerUserRateLimiter } from 'breakwater/rate-limiter';
import { ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';
import { ask, FakeResponse } from './exchange.js';
import { setup } from './setup.js';

describe('limits', () => {
  it('TRA-66 a refusal after the headers were sent throws nothing and leaves the answer alone', async () => {
    const { hardening, reported } = setup({ ddos: { deny: ['203.0.113.0/24'] } });
    const response = new FakeResponse();
    response.writeHead(200);
    const { answered, statusCode, body } = await ask(hardening, '/', { response });
    expect([answered, statusCode, body, reported]).toEqual([false, 200, undefined, []]);
  });

  it.each([
    [1, '1'],
    [999, '1'],
    [1_000, '1'],
    [1_001, '2'],
  ])(
    'TRA-62 TRA-63 a wait of %i ms is Retry-After %s, and RateLimit names no later time',
    async (refillMs, retryAfter) => {
      const { hardening } = setup({ ddos: false, perUser: { capacity: 1, refillPerSecond: 1_000 / refillMs } });
      await ask(hardening, '/');
      const { sent, statusCode } = await ask(hardening, '/');
      expect([statusCode, sent.get('retry-after')]).toEqual([429, retryAfter]);
      expect(sent.get('ratelimit')).toBe(`"per-user";r=0;t=${retryAfter}`);
    },
  );

  it('TRA-64 a name that no header can carry is refused; quotes are escaped', async () => {
    expect(() => setup({ ddos: { name: 'schütz' } })).toThrow('ddos.name must be printable ASCII');
    const { hardening } = setup({ ddos: { name: 'a"b\\c', deny: ['203.0.113.0/24'] } });
    expect((await ask(hardening, '/')).sent.get('ratelimit')).toBe('"a\\"b\\\\c";r=0');
  });

  it('TRA-68 the body says which policy was violated and how', async () => {
    const { hardening } = setup({ ddos: { threshold: 1 } });
    await ask(hardening, '/');
    const refused = await ask(hardening, '/');
    expect(refused.sent.get('content-type')).toBe('application/problem+json');
    expect(refused.json).toEqual({
      type: 'https://iana.org/assignments/http-problem-types#abnormal-usage-detected',
      title: 'Abnormal usage detected',
      status: 429,
      'violated-policies': ['ddos'],
    });
    expect(Number(refused.sent.get('content-length'))).toBe(refused.body?.length);
  });

  it('a refused HEAD request has no body', async () => {
    const { hardening } = setup({ ddos: { deny: ['203.0.113.0/24'] } });
    const { statusCode, body } = await ask(hardening, '/', { method: 'HEAD' });
    expect([statusCode, body]).toEqual([403, undefined]);
  });

  it('takes instances that it then shares', async () => {
    const ddos = new DDoSProtection({ threshold: 1 });
    const perUser = new PerUserRateLimiter({ capacity: 5, refillPerSecond: 1 });
    const { hardening } = setup({ ddos, perUser });
    await ask(hardening, '/');
    expect([ddos.stats().admitted, perUser.size]).toEqual([1, 1]);
    expect((await ask(hardening, '/')).statusCode).toBe(429);
    expect((await ask(setup({ ddos: false, perUser: false }).hardening, '/')).answered).toBe(false);
  });

  it('exempts what it is told to', async () => {
    const { hardening } = setup({ ddos: { threshold: 1 }, exempt: ({ path }) => path === '/assets' });
    for (let i = 0; i < 5; i++) expect((await ask(hardening, '/assets')).answered).toBe(false);
    await ask(hardening, '/');
    expect((await ask(hardening, '/')).answered).toBe(true);
  });

  it('a proxy in the declared ranges is never blocked itself', async () => {
    const { hardening } = setup({ trustProxy: ['10.0.0.0/8'], ddos: { threshold: 1 } });
    await ask(hardening, '/', { address: '10.0.0.1' });
    expect((await ask(hardening, '/', { address: '10.0.0.1' })).sent.get('retry-after')).toBe('60');
  });

  it('takes identities with a verdict, and counts anything else by address', async () => {
    let identity: unknown = { id: 'a', verified: true };
    const { hardening, reported } = setup({ ddos: false, identify: () => identity as never, perUser: { capacity: 1 } });
    expect([(await ask(hardening, '/')).answered, (await ask(hardening, '/')).answered]).toEqual([false, true]);
    identity = 'a';
    expect((await ask(hardening, '/')).answered).toBe(true);
    let address = 0;
    for (const nobody of [undefined, '', null, 7, {}, Promise.resolve('a')]) {
      identity = nobody;
      address++;
      const from = { address: `198.51.100.${String(address)}` };
      expect([(await ask(hardening, '/', from)).answered, (await ask(hardening, '/', from)).answered]).toEqual([
        false,
        true,
      ]);
    }
    expect(reported).toMatchObject([{ code: 'BREAKWATER_W_IDENTITY' }, { code: 'BREAKWATER_W_ASYNC_OPTION' }]);
    identity = undefined;
    await ask(hardening, '/');
    expect((await ask(hardening, '/')).answered).toBe(true);
    expect((await ask(hardening, '/', { address: '203.0.113.6' })).answered).toBe(false);
    expect((await ask(hardening, '/', { address: undefined })).answered).toBe(false);
  });

  it.each([
    ['/api', '/api', true],
    ['/api', '/api/', true],
    ['/api', '/API/users?x=1', true],
    ['/api/', '/api', true],
    ['/api', '/apis', false],
    ['/api', '/', false],
    [/^\/v\d+\//, '/v2/users', true],
    [/^\/v\d+\//, '/v/users', false],
    ['/api', 'http://example.com/api/x', true],
    ['/api/login', '/api\\login', true],
    ['/api/login', '/api\\login#', true],
    ['/api/login', 'http://h\\api\\login', true],
    ['/api/login', '/api/login\u00a0', true],
    ['/api/login', '/?x=\\api\\login', false],
  ])('the rule %s applies to %s: %s', async (path, url, applies) => {
    const { hardening } = setup({ ddos: false, routes: [{ path, ddos: { threshold: 1 } }] });
    await ask(hardening, url);
    expect((await ask(hardening, url)).answered).toBe(applies);
  });

  it('the first rule that matches applies, with counters of its own', async () => {
    const routes = [
      { path: '/a', perUser: { capacity: 1, refillPerSecond: 1 } },
      { path: /^\/a/, perUser: false as const, ddos: false as const },
      { path: '/b', ddos: false as const, perUser: false as const },
    ];
    const { hardening } = setup({ ddos: { threshold: 3 }, perUser: { capacity: 2 }, routes });
    const answered = async (url: string) => (await ask(hardening, url)).answered;
    expect([await answered('/a'), await answered('/a')]).toEqual([false, true]);
    for (let i = 0; i < 9; i++) expect(await answered('/b')).toBe(false);
    expect([await answered('/c'), await answered('/c')]).toEqual([false, true]);
  });
});

describe('records', () => {
  it.each([
    [1_000, false],
    [1_000.5, true],
  ])('OBS-H22 a request of %f ms is slow: %s', async (ms, slow) => {
    const events: unknown[] = [];
    const { hardening, clock, records } = setup({ logger: { event: (type, message) => events.push([type, message]) } });
    const response = await ask(hardening, '/');
    clock.advance(ms);
    response.end();
    expect(records).toMatchObject([{ durationMs: ms, slow }]);
    expect(events).toEqual([['SYSTEM_EVENT', 'request'], ...(slow ? [['PERFORMANCE_EVENT', 'slow request']] : [])]);
    expect(hardening.snapshot()).toMatchObject({ requests: 1, slow: slow ? 1 : 0, aborted: 0 });
  });

  it('a route may be slow later', async () => {
    const { hardening, clock, records } = setup({ routes: [{ path: '/report', slowRequestMs: 5_000 }] });
    const response = await ask(hardening, '/report');
    clock.advance(5_000);
    response.end();
    expect(records).toMatchObject([{ slow: false }]);
  });

  it('OBS-H16 holds no query, and no more than 200 characters of the path', async () => {
    const { hardening, records } = setup();
    (await ask(hardening, '/reset?token=abcd#part')).end();
    (await ask(hardening, `/${'x'.repeat(10_000)}`)).end();
    expect(records[0]).toMatchObject({ path: '/reset' });
    expect(records[1]?.path).toHaveLength(200);
    expect(Object.isFrozen(records[0])).toBe(true);
  });

  it('OBS-H8 an answer that was cut short keeps its status and is aborted', async () => {
    const { hardening, records } = setup();
    const response = await ask(hardening, '/');
    response.writeHead(206);
    response.emit('close');
    expect(records).toMatchObject([{ status: 206, aborted: true }]);
    expect(hardening.snapshot().aborted).toBe(1);
  });

  it('writes refusals as security events and server errors as errors', async () => {
    const events: unknown[][] = [];
    const { hardening } = setup({ ddos: { threshold: 1 }, logger: { event: (...event) => events.push(event) } });
    const broken = await ask(hardening, '/');
    broken.statusCode = 500;
    broken.end();
    await ask(hardening, '/?token=abcd');
    expect(events).toMatchObject([
      ['ERROR_EVENT', 'request', { status: 500 }],
      [
        'SECURITY_EVENT',
        'request refused',
        { path: '/', policy: 'ddos', source: 'ban', retryAfterMs: 900_000, address: '203.0.113.5' },
      ],
      ['SYSTEM_EVENT', 'request', { status: 429, refusedBy: 'ddos' }],
    ]);
    expect(JSON.stringify(events)).not.toContain('abcd');
  });

  it('can be off, and so can ids', async () => {
    const { hardening, records } = setup({ requestRecord: false, requestId: false });
    const response = await ask(hardening, '/');
    response.end();
    expect([records, response.sent.get('x-request-id')]).toEqual([[], undefined]);
  });

  it('ids differ, also beyond one draw', async () => {
    const { hardening } = setup();
    const ids = new Set<string | undefined>();
    for (let i = 0; i < 600; i++) {
      const response = await ask(hardening, '/', { address: undefined });
      response.end();
      ids.add(response.sent.get('x-request-id'));
    }
    expect(ids.size).toBe(600);
  });
});

describe('health routes', () => {
  it('check and summary share one report a second', async () => {
    const clock = new ManualClock();
    let runs = 0;
    const health = {
      check: () => Promise.resolve({ status: 'HEALTHY' as const, components: [], run: ++runs }),
      liveness: () => Promise.resolve({ status: 'HEALTHY' as const, components: [] }),
      readiness: () => Promise.resolve({ status: 'HEALTHY' as const, components: [] }),
    };
    const { hardening } = setup({ health, clock });
    for (let i = 0; i < 50; i++) await ask(hardening, i % 2 === 0 ? '/health/check' : '/health/summary');
    expect(runs).toBe(1);
    clock.advance(1_000);
    await ask(hardening, '/health/check');
    expect(runs).toBe(2);
  });

  it('checks that throw or reject make every route unhealthy but live and ready phases right', async () => {
    const fail = (): never => {
      throw new Error('no report');
    };
    const { hardening, reported } = setup({
      health: { check: fail, liveness: fail, readiness: () => Promise.reject(new Error('no')) },
    });
    for (const route of ['live', 'ready', 'check', 'summary']) {
      const { statusCode, json } = await ask(hardening, `/health/${route}`);
      expect([route, statusCode, json]).toEqual([route, 503, { status: 'UNHEALTHY' }]);
    }
    expect(reported.length).toBeGreaterThan(0);
  });

  it('a breaker in components shows in check, and an isolated one degrades without failing', async () => {
    const breaker = new CircuitBreaker({ name: 'db' });
    const health = new HealthCheckService();
    health.register('cache', () => true);
    const { hardening } = setup({ components: [breaker], health, authorize: () => true });
    breaker.isolate();
    const { statusCode, json } = await ask(hardening, '/health/check');
    expect([statusCode, json]).toMatchObject([
      200,
      { status: 'DEGRADED', components: [{ name: 'cache' }, { name: 'circuit-breaker:db' }] },
    ]);
  });

  it('after ten wrong tokens a minute from one address its tokens are ignored, right ones too', async () => {
    const token = 'correct-horse-battery';
    const { hardening, clock } = setup({ authorize: token });
    const details = async (given: string, address = '203.0.113.5') => {
      const { json } = await ask(hardening, '/health/check', {
        headers: { authorization: `Bearer ${given}` },
        address,
      });
      return 'components' in (json as object);
    };
    expect(await details(token)).toBe(true);
    for (let i = 0; i < 10; i++) expect(await details(`wrong-token-${String(i)}`)).toBe(false);
    expect(await details(token)).toBe(false);
    expect(await details(token, '203.0.113.6')).toBe(true);
    clock.advance(6_000);
    expect(await details(token)).toBe(true);
  });

  it.each([
    [() => Promise.resolve(true), true],
    [() => Promise.resolve(false), false],
    [() => Promise.reject(new Error('no')), false],
    [() => 'yes' as never, false],
  ])('authorize may be a function: case %#', async (authorize, shows) => {
    const { hardening } = setup({ authorize });
    const response = await ask(hardening, '/health/check');
    await new Promise((resolve) => setImmediate(resolve));
    expect('components' in (response.json as object)).toBe(shows);
  });
});

describe('createHardening', () => {
  it('names everything that is wrong, of its parts too, in one error', () => {
    const make = () =>
      createHardening({
        ddos: { treshold: 5 },
        perUser: { capacity: 0 },
        headers: { set: { 'X-Bad': 'a\r\nb' } },
        health: { reportTimeoutMs: -1 },
        components: [new CircuitBreaker({ name: 'a' }), new CircuitBreaker({ name: 'a' })],
        routes: [{ path: '/x', ddos: { threshold: 5 } }],
        healht: {},
        slowRequestMs: 'soon',
      } as never);
    expect(make).toThrow(InvalidOptionsError);
    try {
      make();
    } catch (error) {
      const paths = (error as InvalidOptionsError).issues.map(({ path }) => path);
      for (const path of [
        'ddos.treshold',
        'perUser.capacity',
        'headers.set.X-Bad',
        'health.reportTimeoutMs',
        'components[1]',
        'healht',
        'slowRequestMs',
      ])
        expect(paths).toContain(path);
    }
  });

  it.each([
    [{ abuse: { threshold: 0 } }, 'abuse.threshold'],
    [{ abuse: { action: 'ban' } }, "abuse.action must be 'report' or 'reject'"],
    [
      { abuse: { kind: 'abuse-detector' } },
      'abuse must be an instance with record(), isFlagged(), explain(), snapshot()',
    ],
    [{ metrics: { maxSeriesPerMetric: 0 } }, 'metrics.maxSeriesPerMetric'],
    [{ metrics: { kind: 'metrics-collector' } }, 'metrics must be an instance with histogram()'],
    [{ monitor: true }, 'monitor must be an instance'],
    [{ statusPage: true }, 'statusPage needs authorize'],
    [{ requestRecord: { query: ['a', 7] } }, 'requestRecord.query[1]'],
    [{ requestRecord: { headers: ['a b'] } }, 'requestRecord.headers[0]'],
    [{ routes: [{ path: '/x', headers: { preset: 'modem' } }] }, 'routes[0].headers.preset'],
    [{ trustProxy: true }, 'trustProxy must be a number of proxies'],
    [{ trustProxy: ['0.0.0.0/0'] }, 'every address'],
    [{ identify: 'x-user' }, "identify must be a function or 'x-user-id'"],
    [{ authorize: 'short' }, 'authorize must be a bearer token of at least 16 characters'],
    [{ healthPrefix: 'health/' }, 'healthPrefix must be a path'],
    [{ logger: {} }, 'logger must be an object with the method event()'],
    [{ lifecycle: {} }, 'lifecycle must be an object'],
    [{ components: [{}] }, 'components must be a list'],
    [{ routes: [{ path: 'api' }] }, 'routes[0].path must be a path'],
    [{ routes: [{ path: '/users/:id/pay' }] }, 'routes[0].path must be a path as clients write it'],
    [{ routes: [{ path: '/files/*' }] }, 'give a RegExp'],
    [{ routes: [{ path: /x/g }] }, 'routes[0].path must not have the flags'],
    [{ routes: [{ path: '/x', ddos: {} }] }, 'routes[0].ddos.threshold is required'],
    [{ routes: {} }, 'routes must be a list'],
    [{ ddos: new PerUserRateLimiter({ capacity: 1, refillPerSecond: 1 }) }, 'ddos must be an instance'],
    [{ perUser: true }, 'perUser must be an instance'],
    [{ requestId: { header: 'x' } }, 'requestId.header is not an option'],
  ])('refuses %j', (options, message) => {
    expect(() => createHardening(options as never)).toThrow(message);
  });

  it('never shows the token', () => {
    const token = 'correct-horse-battery-staple-9';
    const { hardening } = setup({ authorize: token });
    expect(JSON.stringify(hardening.snapshot())).not.toContain(token);
    expect(() => createHardening({ authorize: `${token} with spaces` })).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining(token) as string }),
    );
  });

  it('tells refusals to those who subscribe', async () => {
    const { hardening } = setup({ ddos: { deny: ['203.0.113.0/24'] } });
    const told: unknown[] = [];
    hardening.subscribe((event) => told.push(event));
    await ask(hardening, '/secret?key=1');
    expect(told).toMatchObject([
      { type: 'refused', level: 'warn', data: { path: '/secret', policy: 'ddos', retryAfterMs: null } },
    ]);
    expect(hardening.snapshot()).toMatchObject({ name: 'http', mode: 'enforce', refused: 1 });
  });
});
