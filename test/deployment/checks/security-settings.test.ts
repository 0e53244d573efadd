import { type CookieSettings, securityCheck, type SecurityCheckOptions } from 'breakwater/deployment';
import { describe, expect, it } from 'vitest';
import { lines, run } from './run.js';

const WELL = { environment: { NODE_ENV: 'production' }, userId: 1_000, execArgv: [], root: '/nowhere' };

async function found(options: SecurityCheckOptions): Promise<string[]> {
  return lines(await run(securityCheck({ ...WELL, ...options })));
}

describe('trust proxy', () => {
  const all = ['FAIL security.trust-proxy: trust proxy believes everybody'];
  const count = [
    'WARN security.trust-proxy: trust proxy counts proxies: whoever reaches the service past them is believed',
  ];

  it.each<[unknown, string[]]>([
    [undefined, []],
    [false, []],
    [0, []],
    [true, all],
    [1, count],
    ['loopback, linklocal,uniquelocal', []],
    ['10.0.0.0/8', []],
    [['10.1.2.3/8', '192.168.1.1'], []],
    ['0.0.0.0/0', all],
    ['0.0.0.0/0.0.0.0', all],
    ['10.0.0.0/8, ::/0', all],
    ['128.0.0.0/1', all],
    ['::ffff:0.0.0.0/96', all],
    ['2000::/3', all],
    [['10.0.0.0/33'], ['WARN security.trust-proxy: trust proxy names what is no address and no range']],
    [['hidden'], ['WARN security.trust-proxy: trust proxy names what is no address and no range']],
    [() => true, all],
    [(address: string) => address.startsWith('10.'), []],
    [
      () => {
        throw new Error('hidden');
      },
      ['CRASHED security.trust-proxy: the function of trust proxy threw, and what it believes is not known'],
    ],
  ])('%j: %j', async (trustProxy, expected) => {
    expect(await found({ trustProxy })).toEqual(expected);
  });
});

describe('a cookie', () => {
  const good = { name: 'sid', secure: true, httpOnly: true, sameSite: 'lax' } as const;

  it.each<[CookieSettings, string[]]>([
    [good, []],
    [{ ...good, secure: false }, ['FAIL security.cookies.secure.sid: the cookie sid is sent without TLS as well']],
    [
      { ...good, secure: 'auto' },
      ['WARN security.cookies.secure.sid: the cookie sid is sent without TLS where the connection seems to have none'],
    ],
    [
      { ...good, httpOnly: false },
      ['WARN security.cookies.http-only.sid: the cookie sid can be read by scripts of the page'],
    ],
    [{ ...good, sameSite: 'none' }, []],
    [
      { httpOnly: true, sameSite: 'None' },
      [
        'FAIL security.cookies.secure.1: cookie 1 is sent without TLS as well',
        'FAIL security.cookies.same-site.1: cookie 1 is for every site and not secure, which browsers refuse',
      ],
    ],
    [{ ...good, name: '__Host-a', path: '/' }, []],
    [{ ...good, name: '__Host-a' }, []],
    [
      { ...good, name: '__Host-a', path: '/x' },
      [
        'FAIL security.cookies.prefix.__Host-a: the cookie __Host-a breaks what its prefix promises, so that browsers refuse it',
      ],
    ],
    [
      { ...good, name: '__host-a', domain: 'a.example' },
      [
        'FAIL security.cookies.prefix.__host-a: the cookie __host-a breaks what its prefix promises, so that browsers refuse it',
      ],
    ],
    [{ ...good, name: '__Secure-a', domain: 'a.example' }, []],
  ])('%j: %j', async (cookie, expected) => {
    expect(await found({ cookies: [cookie] })).toEqual(expected);
  });
});

describe('CORS', () => {
  const everyone =
    'FAIL security.cors.credentials: every site may read what visitors may: all are let in, with credentials';
  const pattern =
    'WARN security.cors.pattern: a pattern of origins is not bound at both ends, so that other sites fit it too';
  const loose =
    'WARN security.cors.loose-pattern: a pattern of origins has an open dot, or a wildcard beside a name, so that other sites fit it too';
  const odd = 'WARN security.cors.origin: what is let in is no origin, so that nothing ever fits it';
  const plain =
    'WARN security.cors.insecure-origin: an origin without TLS is let in: whoever is in between speaks for it';

  it.each<[unknown, string[], string[]]>([
    ['*', [everyone], []],
    [true, [everyone], []],
    [false, [], []],
    ['https://shop.example', [], []],
    ['https://shop.example:8443', [], []],
    ['https://shop.example/', [odd], [odd]],
    ['shop.example', [odd], [odd]],
    [
      'null',
      ["FAIL security.cors.null: the origin 'null' is let in, which any site can be"],
      ["FAIL security.cors.null: the origin 'null' is let in, which any site can be"],
    ],
    [['https://a.example', 'http://b.example'], [plain], [plain]],
    [/^https:\/\/[\w|-]+\.shop\.example$/, [], []],
    [/shop\.example$/, [pattern], [pattern]],
    [/^https:\/\/a\.example$|b\.example/, [pattern], [pattern]],
    [/^https:\/\/(a|b)\.example\$/, [pattern], [pattern]],
    [/^https:\/\/.*$/g, [everyone], []],
    [/^https:\/\/app.example.com$/, [loose], [loose]],
    [/^https:\/\/.*example\.com$/, [loose], [loose]],
    [/^https:\/\/(.*)example\.com$/, [loose], [loose]],
    [/^https:\/\/example\.com.*$/, [loose], [loose]],
    [/.*example\.com/, [pattern, loose], [pattern, loose]],
    [/^https:\/\/(?:.*\.)?example\.com(?::.*)?$/, [], []],
    [/^https:\/\/[^.]+\.example\.com(?::\d+)?$/, [], []],
    [/^https:\/\/pr-.*\.example\.com$/, [], []],
    [/^https:\/\/[\w.-]+example\.com$/, [loose], [loose]],
    [/^https:\/\/\w*example\.co\.uk$/, [loose], [loose]],
    [/^https:\/\/[a-z]+preview\.shop\.example$/, [], []],
    [/^https:\/\/[\w-]{1,63}\.(shop|app)\.example\.com$/i, [], []],
    [/^https?:\/\/app\.example\.com$/, [plain], [plain]],
    [/^http:\/\/localhost:\d+$/, [plain], [plain]],
    [/^(?:http|https):\/\/app\.example\.com$/, [plain], [plain]],
    ['https://*.example.com', [odd], [odd]],
    ['.*example\\.com', [odd], [odd]],
    [(origin: string) => origin, [everyone], []],
    [() => ({}), [everyone], []],
    [(origin: string) => (origin.endsWith('.shop.example') ? origin : null), [], []],
    [(_: string, done: (error: null, allowed: boolean) => void) => done(null, true), [everyone], []],
    [(_: string, done: (error: Error) => void) => done(new Error('hidden')), [], []],
    [
      () => {
        throw new Error('hidden');
      },
      [
        'CRASHED security.cors.function: the function that decides about origins failed, so that nobody knows whom it lets in',
      ],
      [
        'CRASHED security.cors.function: the function that decides about origins failed, so that nobody knows whom it lets in',
      ],
    ],
  ])('%s: with credentials %j, without %j', async (origin, having, lacking) => {
    expect(await found({ cors: { origin, credentials: true } })).toEqual(having);
    expect(await found({ cors: { origin } })).toEqual(lacking);
  });
});
