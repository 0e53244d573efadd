import { InvalidOptionsError } from 'breakwater/core';
import { HEALTH_CHECK_VALIDATOR_DEFAULTS, HealthCheckValidator } from 'breakwater/deployment';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { describe, expect, it } from 'vitest';
import { selfSigned } from '../../config/certificate.js';
import { answer, listening, said, service, wrong } from './services.js';

const BASE = 'http://127.0.0.1:3000';

describe('where a health check looks', () => {
  it('may be an IPv6 address', async () => {
    let host: string | undefined;
    const server = createServer(
      service((request) => {
        host = request.headers.host;
        return undefined;
      }),
    );
    const baseUrl = await listening(server, '::1');
    expect(wrong(await new HealthCheckValidator({ baseUrl }).run())).toEqual({});
    expect(`http://${String(host)}`).toBe(baseUrl);
  });

  it('may be encrypted, with an authority of its own', async () => {
    const { cert, key } = selfSigned();
    const url = await listening(createTlsServer({ cert, key }, service()), '127.0.0.1', 'https');
    const baseUrl = url.replace('127.0.0.1', 'localhost');
    const report = await new HealthCheckValidator({ baseUrl, ca: cert }).run();
    expect(wrong(report)).toEqual({});
    expect(said(report, 'health.certificate')).toBe(`the certificate of ${baseUrl} is trusted`);
    const bytes = await new HealthCheckValidator({ baseUrl, ca: [Buffer.from(cert)] }).run();
    expect(bytes.status).toBe('PASS');
  });

  it.each([
    ['localhost', {}, /not trusted \((DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN)\)/],
    ['127.0.0.1', {}, /not trusted \(/],
    ['localhost', { to: '260102000000Z' }, /not trusted \(/],
  ])('tells of a certificate that is not trusted: %s %o', async (host, options, message) => {
    const { cert, key } = selfSigned(options);
    let asked = 0;
    const fault = () => {
      asked++;
      return undefined;
    };
    const url = await listening(createTlsServer({ cert, key }, service(fault)), '127.0.0.1', 'https');
    const report = await new HealthCheckValidator({ baseUrl: url.replace('127.0.0.1', host) }).run();
    expect(wrong(report)).toEqual({ 'health.certificate': 'FAIL', 'health.live': 'FAIL', 'health.ready': 'FAIL' });
    expect(said(report, 'health.certificate')).toMatch(message);
    expect(asked).toBe(0);
  });

  it('trusts nothing more because the environment says so', async () => {
    const { cert, key } = selfSigned();
    const url = await listening(createTlsServer({ cert, key }, service()), '127.0.0.1', 'https');
    const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      const report = await new HealthCheckValidator({ baseUrl: url.replace('127.0.0.1', 'localhost') }).run();
      expect(wrong(report)['health.certificate']).toBe('FAIL');
    } finally {
      if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
    }
  });

  it.each([
    ['http', 'https', 'It seems to speak no TLS there'],
    ['https', 'http', 'It speaks no HTTP there'],
  ])('tells %s from %s', async (spoken, asked, hint) => {
    const { cert, key } = selfSigned();
    const server = spoken === 'http' ? createServer(service()) : createTlsServer({ cert, key }, service());
    const url = await listening(server, '127.0.0.1', asked);
    const { findings } = await new HealthCheckValidator({ baseUrl: url }).run();
    const finding = findings.find(({ id }) => id === 'health.unreachable');
    expect([finding?.status, finding?.crashed]).toEqual(['FAIL', undefined]);
    if (asked === 'https') expect(finding?.hint).toContain(hint);
    else expect(finding?.hint).toMatch(/HTTP|Start the service/);
  });

  it('is never left for where a redirect leads', async () => {
    let led = 0;
    const other = await listening(
      createServer((_, response) => {
        led++;
        answer(response, 200, { status: 'ok' });
      }),
    );
    const baseUrl = await listening(createServer((_, response) => answer(response, 307, '', { Location: other })));
    const report = await new HealthCheckValidator({ baseUrl, token: 'mine' }).run();
    expect(said(report, 'health.live')).toBe('GET /health/live answers 307, a redirect');
    expect([report.status, led]).toEqual(['FAIL', 0]);
  });
});

describe('the options of a health check', () => {
  const issues = (options: unknown): readonly string[] => {
    try {
      new HealthCheckValidator(options as { baseUrl: string });
      return [];
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidOptionsError);
      return (error as InvalidOptionsError).issues.map(({ path, message }) => `${path} ${message}`);
    }
  };

  it.each<[unknown, string]>([
    [{}, 'baseUrl is required: it must be a URL, such as http://127.0.0.1:3000'],
    [{ baseUrl: 3_000 }, 'baseUrl must be the text of a URL, got 3000'],
    [{ baseUrl: 'localhost:3000' }, 'baseUrl must be a complete URL, such as http://127.0.0.1:3000'],
    [{ baseUrl: '/health' }, 'baseUrl must be a complete URL, such as http://127.0.0.1:3000'],
    [{ baseUrl: 'http://' }, 'baseUrl must be a complete URL, such as http://127.0.0.1:3000'],
    [{ baseUrl: 'ftp://shop.example' }, 'baseUrl must begin with http:// or https://'],
    [{ baseUrl: `${BASE}?a=1` }, 'baseUrl must hold no query and no fragment'],
    [{ baseUrl: `${BASE}#a` }, 'baseUrl must hold no query and no fragment'],
    [
      { baseUrl: BASE, prefix: 'health' },
      'prefix must be a path of at most 200 characters that begins with one /, such as /health',
    ],
    [
      { baseUrl: BASE, prefix: '//evil.example' },
      'prefix must be a path of at most 200 characters that begins with one /, such as /health',
    ],
    [
      { baseUrl: BASE, prefix: '/a b\r\n' },
      'prefix must be a path of at most 200 characters that begins with one /, such as /health',
    ],
    [{ baseUrl: BASE, timeoutMs: 0 }, 'timeoutMs must be a finite number of milliseconds of at least 1, got 0'],
    [{ baseUrl: BASE, slowMs: 2_001 }, 'slowMs must be at most timeoutMs, 2000'],
    [{ baseUrl: BASE, token: 'a b' }, 'token must be 1 to 512 printable ASCII characters without blanks'],
    [{ baseUrl: BASE, token: '' }, 'token must be 1 to 512 printable ASCII characters without blanks'],
    [{ baseUrl: BASE, ca: '' }, 'ca must be certificates in PEM, got a string'],
    [{ baseUrl: BASE, ca: [] }, 'ca must be certificates in PEM, got an array'],
    [{ baseUrl: BASE, name: '' }, 'name must be text of 1 to 200 characters without control characters'],
    [{ baseUrl: BASE, clock: {} }, 'clock must have the method now(), wallNow(), schedule()'],
    [{ baseUrl: BASE, timeout: 5 }, 'timeout is not an option; did you mean timeoutMs?'],
  ])('refuses %j', (options, issue) => {
    expect(issues(options)).toEqual([issue]);
  });

  it.each(['http://app:hunter22@shop.example', 'https://hunter22@shop.example/', 'http://:hunter22@[::1]:80'])(
    'refuses a user and a password without repeating them: %s',
    (baseUrl) => {
      const [issue, ...more] = issues({ baseUrl });
      expect([issue?.startsWith('baseUrl must hold no user and no password'), more]).toEqual([true, []]);
      expect(issue).not.toContain('hunter22');
    },
  );

  it('have these defaults', () => {
    expect(HEALTH_CHECK_VALIDATOR_DEFAULTS).toEqual({
      prefix: '/health',
      timeoutMs: 2_000,
      slowMs: 1_000,
      name: 'health',
    });
    expect(issues({ baseUrl: BASE, timeoutMs: 500 })).toEqual([]);
    expect(new HealthCheckValidator({ baseUrl: BASE, name: 'shop' }).name).toBe('shop');
  });
});
