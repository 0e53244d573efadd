import { CircuitBreaker } from 'breakwater/circuit-breaker';
import { InvalidArgumentError, InvalidOptionsError } from 'breakwater/core';
import { HealthCheckService } from 'breakwater/health';
import { createHardening, type HardeningInput, type MountedPipeline, type RequestRecord } from 'breakwater/http';
import { ManualClock } from 'breakwater/testing';
import { connect } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { type Act, type Framework, FRAMEWORKS, type Running, serve } from './frameworks.js';

const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'x-xss-protection': '1; mode=block',
  'strict-transport-security': 'max-age=31536000',
  'content-security-policy': "default-src 'self'",
};

const ACTS: readonly Act[] = [
  { path: '/', run: () => 'hello' },
  { path: '/api/users', run: () => 'users' },
  { path: '/later', run: () => Promise.resolve('later') },
  {
    path: '/throws',
    run() {
      throw new Error('broken handler');
    },
  },
  { path: '/rejects', run: () => Promise.reject(new Error('broken promise')) },
  {
    path: '/own-header',
    run(set) {
      set('X-Frame-Options', 'SAMEORIGIN');
      return 'mine';
    },
  },
  { path: '/hangs', run: () => new Promise<string>(() => undefined) },
];

function headersOf(answer: Response): Record<string, string> {
  return Object.fromEntries(answer.headers);
}

/** The status of a request whose target goes over the wire as it is. */
async function statusOf(port: number, target: string): Promise<number> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  socket.write(Buffer.from(`GET ${target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`, 'latin1'));
  await once(socket, 'close');
  return Number(text.split(' ', 2)[1]);
}

describe.each(FRAMEWORKS.map((framework) => [framework.name, framework] as const))('%s', (_, framework: Framework) => {
  const running: Running[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((server) => server.close()));
  });

  async function start(hardening?: HardeningInput, options?: Parameters<Framework['app']>[2]): Promise<Running> {
    const server = await serve(framework.app(ACTS, hardening, options));
    running.push(server);
    return server;
  }

  it('OBS-H1 OBS-H2 every answer carries the security headers and an id: results, errors, unknown paths, refusals, health', async () => {
    const { ask } = await start({ ddos: { threshold: 5 } });
    for (const path of ['/', '/throws', '/rejects', '/nothing', '/later', '/later', '/health/live', '/health/check']) {
      const answer = await ask(path);
      const headers = headersOf(answer);
      expect(headers['x-request-id'], path).toMatch(/^[0-9a-f]{32}$/);
      // A framework may put a stricter policy on its own error pages.
      const { 'content-security-policy': policy, ...rest } = SECURITY_HEADERS;
      expect(headers, path).toMatchObject(rest);
      expect([policy, "default-src 'none'"], path).toContain(headers['content-security-policy']);
    }
    expect((await ask('/')).status).toBe(429);
  });

  it('OBS-H3 a header that the handler sets wins', async () => {
    const { ask } = await start();
    expect(headersOf(await ask('/own-header'))).toMatchObject({ ...SECURITY_HEADERS, 'x-frame-options': 'SAMEORIGIN' });
  });

  it('OBS-H20 TRA-48 mounted twice, headers come once and a request counts once', async () => {
    const hardening = createHardening({ ddos: { threshold: 2 } });
    const { ask } = await start(hardening, { parts: ['setup', 'setup', 'headers', 'rateLimit', 'log'] });
    const first = await ask('/');
    expect(headersOf(first)).toMatchObject(SECURITY_HEADERS);
    const statuses = [first.status, (await ask('/')).status, (await ask('/')).status];
    expect(statuses).toEqual([200, 200, 429]);
    expect(hardening.snapshot()).toMatchObject({ refused: 1, requests: 3 });
  });

  it('TRA-12 TRA-62 100 requests pass; request 101 is refused and blocks the address for 15 minutes', async () => {
    const clock = new ManualClock();
    const { ask } = await start({ clock });
    for (let i = 0; i < 100; i++) expect((await ask('/')).status).toBe(200);
    const refused = await ask('/');
    expect(refused.status).toBe(429);
    expect(headersOf(refused)).toMatchObject({
      ...SECURITY_HEADERS,
      'retry-after': '900',
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'ratelimit-policy': '"ddos";q=100;w=60',
      ratelimit: '"ddos";r=0;t=900',
    });
    expect(await refused.json()).toMatchObject({
      status: 429,
      title: 'Abnormal usage detected',
      'violated-policies': ['ddos'],
    });
    clock.advance(899_801);
    expect((await ask('/')).headers.get('retry-after')).toBe('1');
    clock.advance(199);
    expect((await ask('/')).status).toBe(200);
  });

  it('limits each user, and those without an identity by address, where no id can reach', async () => {
    const clock = new ManualClock();
    const { ask } = await start({ clock, identify: 'x-user-id', perUser: { capacity: 2, refillPerSecond: 1 } });
    const as = async (id?: string) => (await ask('/', id === undefined ? {} : { headers: { 'x-user-id': id } })).status;
    expect([await as('1'), await as('1'), await as('1'), await as('2')]).toEqual([200, 200, 429, 200]);
    expect([await as(), await as(), await as()]).toEqual([200, 200, 429]);
    expect([await as('address:127.0.0.1'), await as('127.0.0.1'), await as('')]).toEqual([200, 200, 429]);
    const refused = await ask('/', { headers: { 'x-user-id': '1' } });
    expect(headersOf(refused)).toMatchObject({
      'retry-after': '1',
      ratelimit: '"ddos";r=89, "per-user";r=0;t=1',
      'ratelimit-policy': '"ddos";q=100;w=60, "per-user";q=2;w=2',
    });
    expect(await refused.json()).toMatchObject({ title: 'Request quota exceeded' });
    clock.advance(1_000);
    expect(await as('1')).toBe(200);
  });

  it('a wait without an end is 403 without Retry-After', async () => {
    const { ask } = await start({ ddos: { deny: ['127.0.0.0/8'] } });
    const refused = await ask('/');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([403, null]);
    expect(headersOf(refused)).toMatchObject(SECURITY_HEADERS);
  });

  it('gives parts of the service limits of their own, which are no way around a block', async () => {
    const { ask } = await start({ ddos: { threshold: 3 }, routes: [{ path: '/api/users', ddos: { threshold: 5 } }] });
    const times = async (path: string, n: number) => {
      let passed = 0;
      for (let i = 0; i < n; i++) if ((await ask(path)).status === 200) passed++;
      return passed;
    };
    expect(await times('/API/users/?q=1', 4)).toBeLessThanOrEqual(4);
    expect(await times('/api/users', 3)).toBe(1);
    expect(await times('/', 4)).toBe(3);
    expect(await times('/', 1)).toBe(0);
    expect(await times('/api/users', 1)).toBe(0);
  });

  it.each(['/api/users', '/api\\users#', 'http://h/api\\users', 'http://h/api/users', '/API/Users/?a#b'])(
    'counts %j under the rule of the route that answers it, however it is spelled',
    async (target) => {
      const { port } = await start({
        ddos: false,
        perUser: false,
        routes: [{ path: '/api/users', ddos: { threshold: 1 } }],
      });
      const statuses = [await statusOf(port, target), await statusOf(port, target)];
      expect(statuses[1]).toBe(429);
    },
  );

  it('TRA-74 OBS-H17 believes X-Forwarded-For only of proxies that are declared', async () => {
    const from = (address: string) => ({ headers: { 'x-forwarded-for': `6.6.6.6, ${address}` } });
    const { ask } = await start({ trustProxy: 1, ddos: { threshold: 2 } });
    for (let i = 0; i < 2; i++) await ask('/', from('203.0.113.5'));
    expect((await ask('/', from('203.0.113.5'))).status).toBe(429);
    expect((await ask('/', from('203.0.113.6'))).status).toBe(200);
    const framework5 = await start({ ddos: { threshold: 1 } }, { trustsProxy: true });
    await framework5.ask('/', from('203.0.113.5'));
    expect((await framework5.ask('/', from('203.0.113.5'))).headers.get('retry-after')).toBe('900');
    expect((await framework5.ask('/', from('203.0.113.6'))).status).toBe(200);
  });

  it('OBS-H17 behind a proxy that nobody declared refuses but blocks nobody, and says once what to set', async () => {
    const warnings: unknown[] = [];
    const clock = new ManualClock();
    const options = { clock, ddos: { threshold: 2 }, onListenerError: (error: unknown) => warnings.push(error) };
    const { ask } = await start(options);
    const via = { headers: { 'x-forwarded-for': '203.0.113.5' } };
    for (let i = 0; i < 2; i++) await ask('/', via);
    const refused = await ask('/', via);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60']);
    // The proxy's own request, such as a health check, blocks nobody either.
    expect((await ask('/')).headers.get('retry-after')).toBe('60');
    clock.advance(60_000);
    expect((await ask('/', via)).status).toBe(200);
    expect(warnings).toMatchObject([{ code: 'BREAKWATER_W_TRUST_PROXY' }]);
    const none = await start({ ...options, trustProxy: 0 });
    for (let i = 0; i < 2; i++) await none.ask('/', via);
    expect((await none.ask('/', via)).headers.get('retry-after')).toBe('900');
  });

  it('OBS-H17 refuses at set-up an application that trusts every proxy, unless trustProxy decides', () => {
    expect(() => {
      framework.setupTrustingAll();
    }).toThrow(InvalidOptionsError);
    expect(() => {
      framework.setupTrustingAll({ trustProxy: 1 });
    }).not.toThrow();
  });

  it("TRA-76 an address that cannot be read is nobody's bucket", async () => {
    const warnings: unknown[] = [];
    const { ask } = await start({
      trustProxy: 1,
      ddos: { threshold: 1 },
      onListenerError: (error) => warnings.push(error),
    });
    for (let i = 0; i < 5; i++)
      expect((await ask('/', { headers: { 'x-forwarded-for': 'unknown' } })).status).toBe(200);
    expect(warnings).toMatchObject([{ code: 'BREAKWATER_W_NO_ADDRESS' }]);
  });

  it('OBS-H9 a handler that throws, at once or later, is a 500 with one record, and the service goes on', async () => {
    const records: RequestRecord[] = [];
    const hardening = createHardening();
    hardening.on('request', (record) => records.push(record));
    const { ask } = await start(hardening);
    expect([
      (await ask('/throws?token=secret')).status,
      (await ask('/rejects')).status,
      (await ask('/')).status,
    ]).toEqual([500, 500, 200]);
    await expect.poll(() => records.length).toBe(3);
    expect(records).toMatchObject([
      { method: 'GET', path: '/throws', status: 500, aborted: false, address: '127.0.0.1' },
      { path: '/rejects', status: 500 },
      { path: '/', status: 200 },
    ]);
    expect(new Set(records.map(({ id }) => id)).size).toBe(3);
  });

  it('OBS-H8 OBS-H9 a client that hangs up leaves one record, and the service goes on', async () => {
    const records: RequestRecord[] = [];
    const hardening = createHardening();
    hardening.on('request', (record) => records.push(record));
    const { ask, port, server } = await start(hardening);
    const arrived = once(server, 'request');
    const socket = connect(port, '127.0.0.1');
    socket.write('POST /hangs HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf');
    await arrived;
    socket.destroy();
    await expect.poll(() => records.length).toBe(1);
    expect(records).toMatchObject([{ method: 'POST', path: '/hangs', status: 499, aborted: true }]);
    expect((await ask('/')).status).toBe(200);
    await expect.poll(() => records.length).toBe(2);
  });

  it('OBS-H9 requests that share a connection do not mix', async () => {
    const records: RequestRecord[] = [];
    const hardening = createHardening();
    hardening.on('request', (record) => records.push(record));
    const { port } = await start(hardening);
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const ask = (path: string, id: string, more = '') =>
      `GET ${path} HTTP/1.1\r\nHost: x\r\nX-Request-Id: ${id}\r\n${more}\r\n`;
    socket.write(
      ask('/later', 'first-request') +
        ask('/', 'second-request') +
        ask('/nothing', 'third-request', 'Connection: close\r\n'),
    );
    await once(socket, 'close');
    expect([...text.matchAll(/x-request-id: (\S+)/gi)].map(([, id]) => id)).toEqual([
      'first-request',
      'second-request',
      'third-request',
    ]);
    await expect.poll(() => records.length).toBe(3);
    expect(records.map(({ id, path, status }) => [id, path, status])).toEqual([
      ['first-request', '/later', 200],
      ['second-request', '/', 200],
      ['third-request', '/nothing', 404],
    ]);
  });

  it('an id from outside is taken over when it is well-formed, and never otherwise', async () => {
    const { ask } = await start();
    const id = async (given: string) =>
      (await ask('/', { headers: { 'x-request-id': given } })).headers.get('x-request-id');
    expect(await id('trace-0123456789')).toBe('trace-0123456789');
    for (const bad of ['short', 'x'.repeat(129), 'has spaces in it', '<script>alert(1)</script>'])
      expect(await id(bad)).toMatch(/^[0-9a-f]{32}$/);
    const strict = await start({ requestId: { acceptIncoming: false } });
    expect(
      (await strict.ask('/', { headers: { 'x-request-id': 'trace-0123456789' } })).headers.get('x-request-id'),
    ).toMatch(/^[0-9a-f]{32}$/);
  });

  it('a refused upload is answered before its body, on a connection that ends', async () => {
    const { port } = await start({ ddos: { deny: ['127.0.0.0/8'] } });
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\npart of it');
    await once(socket, 'close');
    expect(text).toMatch(/^HTTP\/1\.1 403 /);
    expect(text).toMatch(/connection: close/i);
  });

  it('HLD-11 HLD-33 live, ready, check and summary answer by status, never cached', async () => {
    const clock = new ManualClock();
    const health = new HealthCheckService({ clock });
    let status: 'HEALTHY' | 'DEGRADED' | 'UNHEALTHY' = 'HEALTHY';
    health.register('database', () => status, { critical: true });
    const { ask } = await start({ health, clock });
    const look = async () => {
      clock.advance(2_000);
      const answers = await Promise.all(['live', 'ready', 'check', 'summary'].map((route) => ask(`/health/${route}`)));
      for (const answer of answers) {
        expect(answer.headers.get('cache-control')).toBe('no-store');
        expect(answer.headers.get('retry-after')).toBe(answer.status === 503 ? '5' : null);
      }
      return answers.map((answer) => answer.status);
    };
    expect(await look()).toEqual([200, 200, 200, 200]);
    status = 'DEGRADED';
    expect(await look()).toEqual([200, 200, 200, 200]);
    status = 'UNHEALTHY';
    expect(await look()).toEqual([200, 503, 503, 503]);
  });

  it('HLD-13 HLD-16 while the service starts or drains, ready is 503 at once and live stays 200', async () => {
    const lifecycle: { phase: 'STARTING' | 'READY' | 'DRAINING' } = { phase: 'STARTING' };
    const { ask } = await start({ lifecycle });
    for (const [phase, ready] of [
      ['STARTING', 503],
      ['READY', 200],
      ['DRAINING', 503],
    ] as const) {
      lifecycle.phase = phase;
      const answer = await ask('/health/ready');
      expect([answer.status, (await ask('/health/live')).status]).toEqual([ready, 200]);
      expect(await answer.json()).toMatchObject({ phase });
    }
  });

  it('HLD-19 HLD-21 shows status words alone, and details to who is authorised; a wrong token changes no status', async () => {
    const breaker = new CircuitBreaker({ name: 'billing-primary' });
    breaker.isolate('maintenance of host db7');
    const token = 'correct-horse-battery-staple';
    const { ask } = await start({ components: [breaker], authorize: token });
    const as = (given?: string) =>
      ask('/health/check', given === undefined ? {} : { headers: { authorization: given } });
    for (const given of [undefined, 'Bearer wrong-token-0123456789', 'Basic abc', `Bearer ${token} x`]) {
      const answer = await as(given);
      expect([answer.status, await answer.json()]).toEqual([200, { status: 'DEGRADED' }]);
    }
    const full = await as(`Bearer ${token}`);
    expect(await full.json()).toMatchObject({
      status: 'DEGRADED',
      components: [{ name: 'circuit-breaker:billing-primary', status: 'DEGRADED' }],
    });
    const summary = await ask('/health/summary', { headers: { authorization: `bearer ${token}` } });
    expect(await summary.json()).toMatchObject({
      status: 'DEGRADED',
      phase: 'READY',
      components: { HEALTHY: 0, DEGRADED: 1, UNHEALTHY: 0 },
    });
  });

  it('HLD-24 health routes answer a caller who is blocked', async () => {
    const { ask } = await start({ ddos: { threshold: 1 } });
    await ask('/');
    expect((await ask('/')).status).toBe(429);
    for (const route of ['live', 'ready', 'check', 'summary']) expect((await ask(`/health/${route}`)).status).toBe(200);
  });

  it('HLD-24 limits that are mounted before the health routes leave them alone', async () => {
    const { ask } = await start(createHardening({ ddos: { threshold: 1 } }), { parts: ['rateLimit', 'health'] });
    await ask('/');
    expect((await ask('/')).status).toBe(429);
    for (let i = 0; i < 3; i++) expect((await ask('/health/live')).status).toBe(200);
  });

  it('health routes take GET and HEAD, and leave every other path alone', async () => {
    const { ask } = await start();
    const head = await ask('/health/ready', { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    const post = await ask('/health/ready', { method: 'POST' });
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect((await ask('/health/unknown')).status).toBe(404);
    const moved = await start({ healthPrefix: '/internal/status' });
    expect([(await moved.ask('/internal/status/live')).status, (await moved.ask('/health/live')).status]).toEqual([
      200, 404,
    ]);
    const none = await start({ health: false });
    expect((await none.ask('/health/live')).status).toBe(404);
  });

  it('parts can be mounted by themselves', async () => {
    const { ask } = await start({ ddos: { threshold: 1 } }, { parts: ['health', 'rateLimit'] });
    const first = await ask('/');
    expect([first.status, first.headers.get('x-frame-options'), first.headers.get('x-request-id')]).toEqual([
      200,
      null,
      null,
    ]);
    expect([(await ask('/')).status, (await ask('/health/live')).status]).toEqual([429, 200]);
  });

  it('after dispose every request passes through', async () => {
    let pipeline: MountedPipeline | undefined;
    const { ask } = await start({ ddos: { threshold: 1 } }, { mounted: (mounted) => (pipeline = mounted) });
    await ask('/');
    expect((await ask('/')).status).toBe(429);
    pipeline?.dispose();
    const answer = await ask('/');
    expect([answer.status, answer.headers.get('x-frame-options')]).toEqual([200, null]);
    expect((await ask('/health/live')).status).toBe(404);
  });

  it('in shadow mode refuses nobody and tells who would have been', async () => {
    const hardening = createHardening({ mode: 'shadow', ddos: { threshold: 1 } });
    const told: unknown[] = [];
    hardening.on('refused', (event) => told.push(event));
    const { ask } = await start(hardening);
    expect([(await ask('/')).status, (await ask('/')).status]).toEqual([200, 200]);
    expect(told).toMatchObject([{ shadow: true, path: '/', decision: { shadow: true } }]);
  });

  it('functions of the service that throw hurt nobody', async () => {
    const errors: unknown[] = [];
    const thrown = (): never => {
      throw new Error('mine');
    };
    const { ask } = await start({
      identify: thrown,
      exempt: thrown,
      authorize: thrown,
      logger: { event: thrown },
      clock: new ManualClock(),
      onListenerError: (error) => errors.push(error),
    });
    expect([(await ask('/')).status, (await ask('/health/check')).status]).toEqual([200, 200]);
    expect(errors).toEqual([new Error('mine')]);
  });

  it('refuses a wrong option and a late set-up at once, saying what to do', () => {
    expect(() => framework.app([], { dddos: false } as never)).toThrow('did you mean ddos?');
    expect(() => {
      framework.setupTooLate();
    }).toThrow(InvalidArgumentError);
  });
});
