import { CircuitBreaker } from 'breakwater/circuit-breaker';
import { type Authorize, createHardening, type HardeningOptions } from 'breakwater/http';
import { ManualClock } from 'breakwater/testing';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { ask, type Asked, FakeResponse } from '../exchange.js';
import { NOON } from './parts.js';

const TOKEN = 'correct-horse-battery';

function setup(options: HardeningOptions = {}) {
  const clock = new ManualClock({ now: 1_000, wallNow: NOON });
  const reported: unknown[] = [];
  const hardening = createHardening({
    clock,
    onListenerError: (error) => reported.push(error),
    authorize: TOKEN,
    statusPage: true,
    ...options,
  });
  const visit = async (url = '/health/status', asked: Asked = {}): Promise<FakeResponse & { answered: unknown }> => {
    const response = new FakeResponse();
    const over = once(response, 'close');
    const { answered } = await ask(hardening, url, { ...asked, response });
    if (answered === true) await over;
    return Object.assign(response, { answered });
  };
  const basic = (password: string, user = 'anybody'): Asked => ({
    headers: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` },
  });
  return { clock, reported, hardening, visit, basic };
}

describe('the status page', () => {
  it('is not there unless it is wanted: the request goes on to the service', async () => {
    const { visit, basic } = setup({ statusPage: false });
    expect((await visit('/health/status', basic(TOKEN))).answered).toBe(false);
    expect((await visit('/health/status/', setup().basic(TOKEN))).answered).toBe(false);
  });

  it('cannot be without the health routes, and moves with them', async () => {
    expect(() => setup({ health: false })).toThrow('statusPage is one of the health routes');
    const { visit, basic } = setup({ healthPrefix: '/internal' });
    expect((await visit('/internal/status', basic(TOKEN))).statusCode).toBe(200);
    expect((await visit('/health/status', basic(TOKEN))).answered).toBe(false);
  });

  it('tells those who may not see it nothing, and asks a browser for the token', async () => {
    const { visit, basic } = setup({ name: 'secret-service' });
    for (const asked of [{}, basic('wrong-token-of-16'), { headers: { authorization: 'Bearer wrong-token-of-16' } }]) {
      const { statusCode, body, sent } = await visit('/health/status', asked);
      expect([statusCode, body]).toEqual([401, 'Not authorised.\n']);
      expect(sent.get('www-authenticate')).toBe('Basic realm="status", charset="UTF-8"');
      expect([sent.get('content-type'), sent.get('cache-control')]).toEqual(['text/plain; charset=utf-8', 'no-store']);
      expect(JSON.stringify([...sent])).not.toMatch(/secret-service|refresh/i);
    }
  });

  it('shows itself to the token as a password under any name, and as a bearer token', async () => {
    const { visit, basic } = setup();
    for (const asked of [
      basic(TOKEN),
      basic(TOKEN, ''),
      basic(TOKEN, 'a:b'.slice(0, 1)),
      { headers: { authorization: `Bearer ${TOKEN}` } },
      { headers: { authorization: basic(TOKEN).headers?.['authorization']?.replace('Basic', 'bAsIc ') ?? '' } },
    ]) {
      const { statusCode, body } = await visit('/health/status', asked);
      expect([statusCode, body?.startsWith('<!doctype html>')]).toEqual([200, true]);
    }
  });

  it('takes a token that is not ASCII in UTF-8, as it says', async () => {
    const { visit, basic } = setup({ authorize: 'schlüssel-für-alle-türen' });
    expect((await visit('/health/status', basic('schlüssel-für-alle-türen'))).statusCode).toBe(200);
  });

  it.each([
    'Basic',
    'Basic !!!!',
    `Basic ${Buffer.from(TOKEN).toString('base64')}`,
    `Basic ${Buffer.from(`${TOKEN}:`).toString('base64')}`,
    `Basic ${Buffer.from(`:${TOKEN}x`).toString('base64')}`,
    `Basic ${Buffer.from(`a:b:${TOKEN}`).toString('base64')}`,
    `Basic ${Buffer.from([0x3a, 0xff, 0xfe]).toString('base64')}`,
    `Basic ${'A'.repeat(100_000)}`,
    `Digest ${TOKEN}`,
    TOKEN,
  ])('takes no other credentials: %s', async (authorization) => {
    const { visit, reported } = setup();
    expect((await visit('/health/status', { headers: { authorization } })).statusCode).toBe(401);
    expect(reported).toEqual([]);
  });

  it('takes the token as a password nowhere else', async () => {
    const breaker = new CircuitBreaker({ name: 'database' });
    const { visit, basic } = setup({ components: [breaker] });
    expect((await visit('/health/check', basic(TOKEN))).json).toEqual({ status: 'HEALTHY' });
  });

  it('counts wrong passwords as wrong tokens: after ten a minute from one address none is looked at', async () => {
    const { visit, basic, clock } = setup();
    const status = async (password: string, address = '203.0.113.5'): Promise<number> =>
      (await visit('/health/status', { ...basic(password), address })).statusCode;
    for (let i = 0; i < 5; i++) expect(await status(`wrong-token-${String(i)}`)).toBe(401);
    for (let i = 0; i < 5; i++) {
      await visit('/health/check', { headers: { authorization: `Bearer wrong-token-${String(i)}` } });
    }
    expect([await status(TOKEN), await status(TOKEN, '203.0.113.6')]).toEqual([401, 200]);
    clock.advance(6_000);
    expect(await status(TOKEN)).toBe(200);
  });

  it.each<[Authorize, number]>([
    [() => true, 200],
    [() => Promise.resolve(true), 200],
    [() => false, 403],
    [() => Promise.resolve('yes' as unknown as boolean), 403],
    [
      (): boolean => {
        throw new Error('session store is away');
      },
      403,
    ],
    [() => Promise.reject<boolean>(new Error('session store is away')), 403],
  ])('authorize may be a function, which no browser can be asked for: case %#', async (authorize, status) => {
    const { visit } = setup({ authorize });
    const { statusCode, sent, body } = await visit();
    expect([statusCode, sent.get('www-authenticate')]).toEqual([status, undefined]);
    if (status === 403) expect(body).toBe('Not authorised.\n');
  });

  it('allows its own style and nothing else, and may not be kept, framed or read by other pages', async () => {
    const { visit, basic } = setup({ headers: false });
    const { sent, body = '' } = await visit('/health/status', basic(TOKEN));
    const style = /<style>([\s\S]*?)<\/style>/.exec(body)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(sent.get('content-security-policy')).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
    expect(Object.fromEntries(sent)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex',
      'content-length': String(Buffer.byteLength(body)),
    });
  });

  it.each([
    [{}, '/health/status', '5'],
    [{ refreshSeconds: 30 }, '/health/status', '30'],
    [{ refreshSeconds: false }, '/health/status', undefined],
    [{}, '/health/status?refresh=off', undefined],
    [{}, '/health/status?a=b&refresh=off&c', undefined],
    [{}, '/health/status?refresh=on', '5'],
    [{}, '/health/status?norefresh=offer', '5'],
  ] as const)('with %o %s loads itself again after %s seconds', async (statusPage, url, seconds) => {
    const { visit, basic } = setup({ statusPage });
    expect((await visit(url, basic(TOKEN))).sent.get('refresh')).toBe(seconds);
  });

  it('has the title that is given, or the name of the pipeline', async () => {
    const title = async (statusPage: HardeningOptions['statusPage']): Promise<string | undefined> => {
      const { visit, basic } = setup({ name: 'orders-http', statusPage });
      return /<h1>(.*?)<\/h1>/.exec((await visit('/health/status', basic(TOKEN))).body ?? '')?.[1];
    };
    expect([await title(true), await title({ title: 'Orders & more' })]).toEqual(['orders-http', 'Orders &amp; more']);
  });

  it('answers HEAD without a body, and no other method', async () => {
    const { visit, basic } = setup();
    const head = await visit('/health/status', { ...basic(TOKEN), method: 'HEAD' });
    expect([head.statusCode, head.body, Number(head.sent.get('content-length')) > 1_000]).toEqual([
      200,
      undefined,
      true,
    ]);
    const post = await visit('/health/status', { ...basic(TOKEN), method: 'POST' });
    expect([post.statusCode, post.sent.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  it('shows what is there now, found out at most once a second', async () => {
    const breaker = new CircuitBreaker({ name: 'payments', failureThreshold: 1 });
    let looks = 0;
    const counted = {
      kind: 'counted',
      name: 'counted',
      subscribe: () => () => undefined,
      snapshot: () => ({ looks: ++looks }),
    };
    const { visit, basic, clock } = setup({ components: [breaker, counted] });
    const body = async (): Promise<string> => (await visit('/health/status', basic(TOKEN))).body ?? '';
    expect(await body()).toContain('all closed');
    await breaker.execute(() => Promise.reject(new Error('refused'))).catch(() => undefined);
    clock.advance(999);
    expect([(await body()).includes('all closed'), looks]).toEqual([true, 1]);
    clock.advance(1);
    expect([(await body()).includes('1 open'), looks]).toEqual([true, 2]);
  });

  it('shows the limits of routes, the requests so far, and never the token', async () => {
    const { visit, basic, hardening } = setup({
      identify: 'x-user-id',
      routes: [{ path: '/login', ddos: { threshold: 10 } }],
    });
    (await ask(hardening, '/')).end();
    const { body = '' } = await visit('/health/status', basic(TOKEN));
    for (const shown of ['ddos /login', '10 in 1 min', 'per-user', '100, then 100/min']) expect(body).toContain(shown);
    expect(body).toMatch(/Requests<\/span> <span class="count">1</);
    expect(body).not.toContain('horse');
  });

  it('stays below the limits of the service, and a blocked address may see it', async () => {
    const { visit, basic } = setup({ ddos: { deny: ['203.0.113.0/24'] } });
    expect((await visit('/')).statusCode).toBe(403);
    expect((await visit('/health/status', basic(TOKEN))).statusCode).toBe(200);
  });

  it('that cannot be made says so, and is reported', async () => {
    const clock = new ManualClock();
    let fails = false;
    const odd = {
      now: () => clock.now(),
      schedule: clock.schedule.bind(clock),
      wallNow: () => {
        if (fails) throw new Error('no time');
        return 0;
      },
    };
    const { visit, basic, reported } = setup({ clock: odd });
    fails = true;
    const { statusCode, body } = await visit('/health/status', basic(TOKEN));
    expect([statusCode, body]).toEqual([500, 'The status page could not be made.\n']);
    expect(reported).toEqual([new Error('no time')]);
    fails = false;
    clock.advance(1_000);
    expect((await visit('/health/status', basic(TOKEN))).statusCode).toBe(200);
  });
});
