import { InvalidOptionsError } from 'breakwater/core';
import { createHardening, securityHeaders } from 'breakwater/http';
import { describe, expect, it } from 'vitest';
import { ask, FakeResponse } from './exchange.js';

describe('securityHeaders', () => {
  it('has the five headers of the default preset', () => {
    expect(Object.fromEntries(securityHeaders().list)).toEqual({
      'X-Content-Type-Options': 'nosniff',
      'X-Frame-Options': 'DENY',
      'X-XSS-Protection': '1; mode=block',
      'Strict-Transport-Security': 'max-age=31536000',
      'Content-Security-Policy': "default-src 'self'",
    });
  });

  it('the modern preset adds isolation and turns the old filter off', () => {
    const headers = new Map(securityHeaders({ preset: 'modern' }).list);
    expect(headers.get('X-XSS-Protection')).toBe('0');
    expect(headers.get('Strict-Transport-Security')).toContain('includeSubDomains');
    for (const name of [
      'Referrer-Policy',
      'Cross-Origin-Opener-Policy',
      'Cross-Origin-Resource-Policy',
      'Origin-Agent-Cluster',
      'Permissions-Policy',
    ]) {
      expect(headers.has(name)).toBe(true);
    }
  });

  it('replaces, adds and leaves out headers by name, in any case', () => {
    const { list } = securityHeaders({
      set: { 'x-frame-options': 'SAMEORIGIN', 'X-XSS-PROTECTION': false, 'X-Own': 'yes' },
    });
    expect(list.map(([name]) => name.toLowerCase()).sort()).toEqual([
      'content-security-policy',
      'strict-transport-security',
      'x-content-type-options',
      'x-frame-options',
      'x-own',
    ]);
    expect(new Map(list).get('x-frame-options')).toBe('SAMEORIGIN');
  });

  it.each([
    [{ set: { 'X-A': 'a\nb' } }, 'set.X-A'],
    [{ set: { 'X A': 'a' } }, 'set.X A'],
    [{ set: { 'X-A': '' } }, 'set.X-A'],
    [{ set: { 'X-A': 5 } }, 'set.X-A'],
    [{ set: [] }, 'set must be'],
    [{ preset: 'modem' }, "did you mean 'modern'?"],
    [{ hsts: false }, "hsts must be 'always' or 'secure'"],
    [{ set: { 'Content-Security-Policy': "defualt-src 'self'" } }, 'did you mean default-src?'],
    [{ set: { 'Content-Security-Policy': 'default-src self' } }, 'has self without single quotes'],
    [{ set: { 'content-security-policy': "img-src 'self'; IMG-SRC data:" } }, 'a directive twice'],
  ])('refuses %j at once', (options, message) => {
    expect(() => securityHeaders(options as never)).toThrow(InvalidOptionsError);
    expect(() => securityHeaders(options as never)).toThrow(message);
  });

  it('OBS-H1 comes back when a framework threw its headers away', async () => {
    const response = await ask(createHardening(), '/', { response: new FakeResponse() });
    response.setHeader('Content-Type', 'text/html');
    response.sent.clear();
    response.end('error page');
    expect(response.sent.get('x-frame-options')).toBe('DENY');
    expect(response.sent.get('x-request-id')).toMatch(/^[0-9a-f]{32}$/);
  });

  it('OBS-H3 OBS-H20 never replaces a header that is there', async () => {
    const hardening = createHardening();
    const response = await ask(hardening, '/');
    await ask(createHardening({ headers: { preset: 'modern' } }), '/', { response });
    response.setHeader('x-frame-options', 'SAMEORIGIN');
    response.end();
    expect(response.sent.get('x-frame-options')).toBe('SAMEORIGIN');
  });

  it('sets headers at once on HTTP/2, whose responses begin by themselves', async () => {
    const response = Object.assign(new FakeResponse(), { stream: {} });
    await ask(createHardening(), '/', { response });
    expect(response.sent.get('x-frame-options')).toBe('DENY');
  });

  it('can be off', async () => {
    const response = await ask(createHardening({ headers: false }), '/');
    response.end();
    expect(response.sent.has('x-frame-options')).toBe(false);
  });
});
