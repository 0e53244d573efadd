import { createHardening, cspNonce, type HardeningOptions, type RouteRule, securityHeaders } from 'breakwater/http';
import { describe, expect, it } from 'vitest';
import { ask, FakeResponse } from './exchange.js';

const POLICY = "script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'";

describe('a nonce', () => {
  const hardening = createHardening({ headers: { set: { 'Content-Security-Policy': POLICY } } });

  it('OBS-H19 is of 128 bits, fresh for each response, the same in header, handler and locals', async () => {
    const seen = new Set<string>();
    for (let i = 0; i < 50; i++) {
      const locals: Record<string, string> = {};
      const response = await ask(hardening, '/', { more: { expose: (name, value) => (locals[name] = value) } });
      const nonce = cspNonce(response);
      response.end();
      expect(Buffer.from(nonce, 'base64')).toHaveLength(16);
      expect(response.sent.get('content-security-policy')).toBe(
        `script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'`,
      );
      expect(locals).toEqual({ cspNonce: nonce });
      seen.add(nonce);
    }
    expect(seen.size).toBe(50);
  });

  it('OBS-H19 survives an error page of the framework', async () => {
    const response = await ask(hardening, '/');
    const nonce = cspNonce(response);
    response.sent.clear();
    response.end('error');
    expect(response.sent.get('content-security-policy')).toContain(nonce);
  });

  it('can be had without any header', () => {
    const response = new FakeResponse();
    expect(cspNonce(response)).toBe(cspNonce(response));
  });
});

describe('Strict-Transport-Security', () => {
  const sent = async (options: Parameters<typeof createHardening>[0], more: object = {}, headers = {}) => {
    const response = await ask(createHardening(options), '/', { more, headers, address: '10.0.0.7' });
    response.end();
    return response.sent.has('strict-transport-security');
  };
  const secure = { headers: { hsts: 'secure' as const } };
  const forwarded = { 'x-forwarded-proto': 'https' };

  it('OBS-H18 is sent always, unless it is for encrypted connections alone', async () => {
    expect(await sent({})).toBe(true);
    expect(await sent(secure)).toBe(false);
    expect(await sent(secure, { socket: { encrypted: true } })).toBe(true);
    expect(await sent(secure, { frameworkSecure: true })).toBe(true);
  });

  it('OBS-H18 believes X-Forwarded-Proto only of declared proxies', async () => {
    expect(await sent(secure, {}, forwarded)).toBe(false);
    expect(await sent({ ...secure, trustProxy: ['10.0.0.0/8'] }, {}, forwarded)).toBe(true);
    expect(await sent({ ...secure, trustProxy: ['10.0.0.0/8'] }, {}, { 'x-forwarded-proto': 'https, http' })).toBe(
      false,
    );
    expect(await sent({ ...secure, trustProxy: ['192.0.2.0/24'] }, {}, forwarded)).toBe(false);
    expect(await sent({ ...secure, trustProxy: 1 }, {}, forwarded)).toBe(true);
    expect(await sent({ ...secure, trustProxy: 0 }, { frameworkSecure: true }, forwarded)).toBe(false);
  });

  it('ready-made headers keep it', async () => {
    expect(await sent({ headers: securityHeaders({ hsts: 'secure' }) })).toBe(false);
  });
});

describe('headers of a route', () => {
  const docs = securityHeaders({ preset: 'modern', set: { 'X-Frame-Options': false } });
  const hardening = createHardening({
    routes: [
      { path: '/docs', headers: docs },
      { path: '/embed', headers: false },
      { path: '/api', headers: { set: { 'X-Api': '1' } } },
      { path: '/limited', ddos: { threshold: 1 } },
    ],
  });
  const framing = async (url: string) => {
    const response = await ask(hardening, url);
    response.end();
    return [response.sent.get('x-frame-options'), response.sent.get('referrer-policy'), response.sent.get('x-api')];
  };

  it('replace those of the service, or leave them out', async () => {
    expect(await framing('/')).toEqual(['DENY', undefined, undefined]);
    expect(await framing('/docs/a')).toEqual([undefined, 'no-referrer', undefined]);
    expect(await framing('/embed')).toEqual([undefined, undefined, undefined]);
    expect(await framing('/api//x')).toEqual(['DENY', undefined, '1']);
    expect(await framing('/limited')).toEqual(['DENY', undefined, undefined]);
  });
});

it.each(['/account/..%2fembed', '/account/..%5cembed', '/account/%2e%2e/embed', '/x/../embed', '//embed', '/%65mbed'])(
  'who spells a path otherwise does not choose the headers of another route: %s',
  async (url) => {
    const response = await ask(createHardening({ routes: [{ path: '/embed', headers: false }] }), url);
    response.end();
    expect(response.sent.get('x-frame-options')).toBe('DENY');
  },
);

it("a route's headers are the service's, but for what it says, unless they are ready-made", async () => {
  const sent = async (headers: HardeningOptions['headers'], own: RouteRule['headers']) => {
    const response = await ask(createHardening({ headers, routes: [{ path: '/own', headers: own }] }), '/own');
    response.end();
    const names = ['x-frame-options', 'referrer-policy', 'strict-transport-security', 'x-mine', 'x-own'];
    return names.map((name) => response.sent.get(name));
  };
  const general = {
    preset: 'modern',
    hsts: 'secure',
    set: { 'X-Frame-Options': 'SAMEORIGIN', 'X-Mine': '1' },
  } as const;
  expect(await sent(general, { set: { 'x-mine': '2', 'X-Own': '1' } })).toEqual([
    'SAMEORIGIN',
    'no-referrer',
    undefined,
    '2',
    '1',
  ]);
  expect(await sent(general, securityHeaders())).toEqual(['DENY', undefined, 'max-age=31536000', undefined, undefined]);
  expect(await sent(securityHeaders(general), { preset: 'default' })).toEqual([
    'DENY',
    undefined,
    'max-age=31536000',
    undefined,
    undefined,
  ]);
});

it('headers come back after a beginning that failed', async () => {
  class Picky extends FakeResponse {
    override writeHead(statusCode: number): void {
      if (statusCode > 999) throw new RangeError('Invalid status code');
      super.writeHead(statusCode);
    }
  }
  const response = await ask(createHardening(), '/', { response: new Picky() });
  expect(() => {
    response.writeHead(9_999);
  }).toThrow('Invalid status code');
  response.sent.clear();
  response.writeHead(500);
  expect(response.sent.get('x-frame-options')).toBe('DENY');
});
