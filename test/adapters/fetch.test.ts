import { InvalidArgumentError, InvalidOptionsError } from 'breakwater/core';
import { type FetchOptions, type FetchRequest, harden, setRoute } from 'breakwater/fetch';
import { createHardening, type HardeningOptions } from 'breakwater/http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { held } from '../held.js';
import { setup } from '../http/setup.js';

const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'content-security-policy': "default-src 'self'",
};
const hello = (): Response => new Response('hello');
const address = (request: Request): string => request.headers.get('x-test-address') ?? '203.0.113.5';

type Handler = (request: Request) => Response | Promise<Response>;

function asking(handler: Handler, hardening: HardeningOptions | ReturnType<typeof createHardening>, more: object = {}) {
  const hardened = harden(handler, hardening, { address, ...more });
  return (path: string, init?: RequestInit) => hardened(new Request(`http://service.test${path}`, init));
}

const headersOf = (answer: Response): Record<string, string> => Object.fromEntries(answer.headers);

describe('harden for handlers of requests', () => {
  it('OBS-H1 every answer carries the headers and an id: results, not found, refusals, health', async () => {
    const { hardening } = setup({ ddos: { threshold: 2 } });
    const ask = asking(({ url }) => (url.endsWith('/') ? hello() : new Response(null, { status: 404 })), hardening);
    const statuses = [];
    for (const path of ['/', '/nothing', '/', '/health/live', '/health/check']) {
      const answer = await ask(path);
      statuses.push(answer.status);
      expect(headersOf(answer), path).toMatchObject(SECURITY_HEADERS);
      expect(answer.headers.get('x-request-id'), path).toMatch(/^[0-9a-f]{32}$/);
    }
    expect(statuses).toEqual([200, 404, 429, 200, 200]);
  });

  it('OBS-H3 what the handler sets wins, and every cookie stays', async () => {
    const headers = [
      ['X-Frame-Options', 'SAMEORIGIN'],
      ['Set-Cookie', 'a=1'],
      ['Set-Cookie', 'b=2'],
    ] satisfies [string, string][];
    const ask = asking(() => new Response('mine', { status: 201, statusText: 'Made', headers }), {});
    const answer = await ask('/');
    expect([answer.status, answer.statusText, await answer.text()]).toEqual([201, 'Made', 'mine']);
    expect(headersOf(answer)).toMatchObject({ ...SECURITY_HEADERS, 'x-frame-options': 'SAMEORIGIN' });
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  });

  it('a refusal says when to come back, and holds nothing that is the business of the runtime', async () => {
    const { clock, hardening, records } = setup({ ddos: { threshold: 1 } });
    const ask = asking(hello, hardening);
    await ask('/');
    const refused = await ask('/', { method: 'POST', body: 'a body', headers: { 'content-length': '6' } });
    expect([refused.status, await refused.json()]).toEqual([
      429,
      expect.objectContaining({ status: 429, 'violated-policies': ['ddos'] }),
    ]);
    expect(headersOf(refused)).toMatchObject({
      'retry-after': '900',
      ratelimit: '"ddos";r=0;t=900',
      'content-type': 'application/problem+json',
    });
    expect(refused.headers.get('connection')).toBeNull();
    clock.advance(900_000);
    expect((await ask('/')).status).toBe(200);
    expect(records[0]).toMatchObject({ method: 'POST', status: 429, route: 'refused', refusedBy: 'ddos' });
  });

  it('passes everything that the runtime gives on, with this, and keeps the parameters', async () => {
    const seen: unknown[] = [];
    const options: FetchOptions<Request, [env: { key: string }, context?: object]> = {
      address: (_, env) => env.key,
    };
    const worker = {
      fetch: harden(
        function (this: unknown, request: Request, env: { key: string }, context?: object) {
          seen.push(this, request, env, context);
          return hello();
        },
        { ddos: { threshold: 1 } },
        options,
      ),
    };
    const request = new Request('http://service.test/');
    const env = { key: '203.0.113.7' };
    await worker.fetch(request, env);
    expect(seen).toEqual([worker, request, env, undefined]);
    expect((await worker.fetch(request, env)).status).toBe(429);
    expect((await worker.fetch(request, { key: '203.0.113.8' })).status).toBe(200);
  });

  it('takes options that want less of what the handler is given', async () => {
    const handler = (_request: Request, env: { readonly name: string }): Response => new Response(env.name);
    const ask = harden(handler, {}, { address: (_, env) => env.name, route: () => '/x' });
    expect(await (await ask(new Request('http://service.test/'), { name: '203.0.113.7' })).text()).toBe('203.0.113.7');
  });

  it('after dispose every request passes through', async () => {
    const response = hello();
    const hardened = harden(() => response, { ddos: { deny: ['0.0.0.0/0'] } }, { address });
    expect((await hardened(new Request('http://service.test/'))).status).toBe(403);
    hardened.dispose();
    expect(await hardened(new Request('http://service.test/'))).toBe(response);
  });

  it('answers HEAD of a health route without a body', async () => {
    const answer = await asking(hello, {})('/health/live', { method: 'HEAD' });
    expect([answer.status, answer.body, Number(answer.headers.get('content-length')) > 0]).toEqual([200, null, true]);
  });

  it('HSTS can be for encrypted connections alone', async () => {
    const hardened = harden(hello, setup({ headers: { hsts: 'secure' } }).hardening);
    const seen = [];
    for (const scheme of ['http', 'https'])
      seen.push((await hardened(new Request(`${scheme}://service.test/`))).headers.has('strict-transport-security'));
    expect(seen).toEqual([false, true]);
  });

  it('waits for a limiter that shares a store', async () => {
    const { check } = { check: held<void>() };
    const ddos = {
      kind: 'ddos-protection' as const,
      name: 'shared',
      isBlocked: () => false,
      snapshot: () => ({}),
      async check() {
        await check.promise;
        return refused;
      },
    };
    const asked = asking(hello, { ddos })('/');
    check.resolve();
    expect((await asked).status).toBe(429);
  });

  it('runs the handler in the context of its request', async () => {
    const contexts: object[] = [];
    const withContext = <T>(fields: object, fn: () => T): T => (contexts.push(fields), fn());
    const ask = asking(hello, { logger: { event: () => undefined, withContext } });
    const answer = await ask('/');
    expect(contexts).toEqual([{ requestId: answer.headers.get('x-request-id') }]);
  });

  it('refuses at once what is no handler, and wrong options', () => {
    expect(() => harden({} as never)).toThrow(InvalidArgumentError);
    expect(() => harden(hello, { dddos: false } as never)).toThrow(InvalidOptionsError);
    expect(() => harden(hello, {}, { adress: () => '' } as never)).toThrow('did you mean address?');
    expect(() => harden(hello, {}, { address: 'x' } as never)).toThrow(InvalidOptionsError);
  });
});

describe("a client's address", () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  beforeEach(() => {
    unhandled.length = 0;
    process.on('unhandledRejection', note);
  });
  afterEach(() => {
    process.off('unhandledRejection', note);
  });

  it.each([
    ['nobody says', undefined],
    ['is not said', () => undefined],
    ['is null', () => null],
    ['is promised', (() => Promise.reject(new Error('later'))) as never],
  ])('that %s counts nowhere, and a warning says so once', async (_, address) => {
    const { hardening, reported, records } = setup({ ddos: { threshold: 1 } });
    const hardened = harden(hello, hardening, { address });
    for (let i = 0; i < 3; i++) expect((await hardened(new Request('http://service.test/'))).status).toBe(200);
    await new Promise((resolve) => setImmediate(resolve));
    expect(reported).toMatchObject([{ code: 'BREAKWATER_W_NO_ADDRESS' }]);
    expect(records.length === 0 || !('address' in (records[0] ?? {}))).toBe(true);
    expect(unhandled).toEqual([]);
  });

  it('that cannot be found out hurts nobody', async () => {
    const { hardening, reported } = setup({ ddos: false });
    const address = (): never => {
      throw new Error('no address');
    };
    const hardened = harden(hello, hardening, { address });
    expect((await hardened(new Request('http://service.test/'))).headers.get('x-frame-options')).toBe('DENY');
    expect(reported).toEqual([new Error('no address')]);
  });

  it('TRA-74 is what trustProxy makes of the address of the connection', async () => {
    const { hardening } = setup({ trustProxy: ['10.0.0.0/8'], ddos: { threshold: 1 } });
    const handler = (_request: Request, _peer: string) => hello();
    const hardened = harden(handler, hardening, { address: (_, peer) => peer });
    const from = async (peer: string, forwarded: string) =>
      (await hardened(new Request('http://x.test/', { headers: { 'x-forwarded-for': forwarded } }), peer)).status;
    expect([await from('10.0.0.1', '203.0.113.5'), await from('10.0.0.1', '203.0.113.6')]).toEqual([200, 200]);
    expect([await from('10.0.0.1', '203.0.113.5'), await from('203.0.113.6', '203.0.113.9')]).toEqual([429, 429]);
  });
});

describe('the route of a request', () => {
  it('OBS-H7 is what the option or setRoute says; what is not found has none of its own', async () => {
    const { hardening, records } = setup();
    const named: Handler = (request) => {
      if (request.url.includes('/set/')) setRoute(request, '/set/:id');
      return new Response(null, { status: request.url.includes('/lost') ? 404 : 200 });
    };
    const route = ({ url }: FetchRequest) =>
      url.includes('/asked/') ? '/asked/:id' : url.includes('/none') ? null : undefined;
    const ask = asking(named, hardening, { route });
    for (const path of ['/asked/1', '/set/2', '/set/3/lost', '/lost', '/none', '/']) await ask(path);
    expect(records.map((record) => record.route)).toEqual([
      '/asked/:id',
      '/set/:id',
      '/set/:id',
      'unmatched',
      'unmatched',
      undefined,
    ]);
  });

  it('that cannot be found out hurts nobody', async () => {
    const { hardening, records, reported } = setup();
    const ask = asking(hello, hardening, {
      route() {
        throw new Error('no route');
      },
    });
    await (await ask('/')).text();
    expect([records.length, records[0]?.route, reported]).toEqual([1, undefined, [new Error('no route')]]);
  });
});

const refused = {
  allowed: false,
  limit: 1,
  remaining: 0,
  retryAfterMs: 1_000,
  resetAfterMs: 1_000,
  cost: 1,
  policy: 'shared',
  violated: ['shared'],
  source: 'store',
  degraded: false,
  shadow: false,
} as const;
