import { CircuitBreaker } from 'breakwater/circuit-breaker';
import { InvalidOptionsError, registerSecret } from 'breakwater/core';
import { createHardening, securityHeaders } from 'breakwater/http';
import { ManualClock } from 'breakwater/testing';
import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { ask, FakeResponse } from './exchange.js';
import { setup } from './setup.js';

/** A socket that is gone, or one that has no address. */
function socket(destroyed: boolean) {
  return Object.assign(new EventEmitter(), { destroyed, remoteAddress: undefined });
}

describe('a request whose client is gone', () => {
  const gone = () => ({ address: undefined, socket: socket(true) });

  it('goes no further, and gets no answer', async () => {
    const { hardening, records, reported } = setup();
    const { answered, headersSent, body } = await ask(hardening, '/', gone());
    expect([answered, headersSent, body, reported]).toEqual([true, false, undefined, []]);
    expect(records).toMatchObject([{ status: 499, aborted: true }]);
    const response = Object.assign(new FakeResponse(), { destroyed: true });
    expect((await ask(hardening, '/', { address: undefined, response })).answered).toBe(true);
  });

  it.each([[{ mode: 'shadow' as const }], [{ ddos: false as const }], [{ exempt: () => true }]])(
    'goes on where nothing would be refused: %j',
    async (options) => {
      expect((await ask(setup(options).hardening, '/', gone())).answered).toBe(false);
    },
  );

  it('is told from one on a connection that has no address', async () => {
    const { hardening, reported } = setup({ ddos: { threshold: 1 } });
    for (let i = 0; i < 3; i++) {
      expect((await ask(hardening, '/', { address: undefined, socket: socket(false) })).answered).toBe(false);
    }
    expect(reported).toMatchObject([{ code: 'BREAKWATER_W_NO_ADDRESS' }]);
  });
});

it('OBS-H8 closes each record once, through one listener on a connection, whichever ends first', async () => {
  const { hardening, records } = setup();
  const connection = socket(false);
  const answers = [];
  for (let i = 0; i < 50; i++) answers.push(await ask(hardening, `/${String(i)}`, { socket: connection }));
  expect(connection.listenerCount('close')).toBe(1);
  for (const answer of answers.slice(0, 20)) answer.end();
  expect(records).toHaveLength(20);
  connection.emit('close');
  for (const answer of answers) answer.emit('close');
  expect(records).toHaveLength(50);
  expect(records.filter(({ status }) => status === 499)).toHaveLength(30);
});

describe('rules and spellings', () => {
  it.each([
    '//admin',
    '/%61dmin',
    '/./admin',
    '/x/../admin/f',
    '/x/%2E%2e/admin',
    '/admin%2ff',
    '/admin%5cf',
    '/x%2f..%2fadmin',
    '/..//admin/',
    '/admin//../x',
    '/%/../%61dmin',
  ])('the rule for /admin applies to %s', async (url) => {
    const { hardening } = setup({ routes: [{ path: '/admin', ddos: { threshold: 1 } }] });
    await ask(hardening, url);
    expect((await ask(hardening, url)).answered).toBe(true);
  });

  it.each(['/x%2561dmin', '/%2561dmin', '/adm', '/x//y', '/%zz'])('and not to %s', async (url) => {
    const { hardening } = setup({ routes: [{ path: '/admin', ddos: { threshold: 1 } }] });
    for (let i = 0; i < 3; i++) expect((await ask(hardening, url)).answered).toBe(false);
  });

  it.each(['/open/../admin', '/open//..//admin', '/admin/../open', '/admin/%2e%2e/open'])(
    'no rule without limits excuses %s from another',
    async (url) => {
      const routes = [
        { path: '/open', ddos: false as const, perUser: false as const },
        { path: '/admin', ddos: { threshold: 1 } },
      ];
      const { hardening } = setup({ routes });
      await ask(hardening, url);
      expect((await ask(hardening, url)).answered).toBe(true);
      for (let i = 0; i < 5; i++) expect((await ask(hardening, '/open')).answered).toBe(false);
    },
  );

  it('a limiter that applies to several spellings counts a request once', async () => {
    const { hardening } = setup({ ddos: { threshold: 3 }, perUser: { capacity: 3 } });
    const answered = [];
    for (let i = 0; i < 4; i++) answered.push((await ask(hardening, '/a//b/../%63')).answered);
    expect(answered).toEqual([false, false, false, true]);
  });

  it('slow is what the plainest spelling says', async () => {
    const { hardening, records, clock } = setup({ routes: [{ path: '/report', slowRequestMs: 5_000 }] });
    const response = await ask(hardening, '/x/..//%72eport');
    clock.advance(3_000);
    response.end();
    expect(records).toMatchObject([{ slow: false }]);
  });
});

describe('blocks of the general limit', () => {
  it.each([[{ path: '/open', ddos: false as const }], [{ path: '/open', ddos: { threshold: 50 } }]])(
    'hold on every route: %j',
    async (rule) => {
      const { hardening } = setup({ ddos: { threshold: 1, deny: ['198.51.100.0/24'] }, routes: [rule] });
      expect((await ask(hardening, '/open', { address: '198.51.100.1' })).statusCode).toBe(403);
      expect((await ask(hardening, '/open')).answered).toBe(false);
      for (let i = 0; i < 2; i++) await ask(hardening, '/');
      expect((await ask(hardening, '/open')).statusCode).toBe(429);
    },
  );
});

it('wrong tokens of clients without an address shut nobody out', async () => {
  const token = 'correct-horse-battery';
  const { hardening } = setup({ authorize: token });
  const details = async (given: string) => {
    const asked = { headers: { authorization: `Bearer ${given}` }, address: undefined, socket: socket(false) };
    return 'components' in ((await ask(hardening, '/health/check', asked)).json as object);
  };
  for (let i = 0; i < 20; i++) expect(await details(`wrong-token-${String(i)}`)).toBe(false);
  expect(await details(token)).toBe(true);
});

describe('parts that are none', () => {
  it.each([
    [{ ddos: { kind: 'ddos-protection' } }, 'ddos must be an instance with check(), isBlocked(), snapshot(), name'],
    [
      { perUser: { kind: 'per-user-rate-limiter', name: 'a', check: () => ({}) } },
      'perUser must be an instance with snapshot()',
    ],
    [{ headers: { kind: 'security-headers' } }, 'headers.list must be a list of names and values'],
    [{ headers: { kind: 'security-headers', list: [['X-A', 'a\nb']] } }, 'headers.list[0] must be a header name'],
    [{ headers: { kind: 'security-headers', list: ['X-A', null, ['a b', 'c'], ['a']] } }, 'headers.list[3]'],
  ])('%j are refused', (options, message) => {
    expect(() => createHardening(options as never)).toThrow(InvalidOptionsError);
    expect(() => createHardening(options as never)).toThrow(message);
  });

  it('ready-made headers cannot be changed afterwards', async () => {
    const headers = securityHeaders();
    expect([headers, headers.list, ...headers.list].every((part) => Object.isFrozen(part))).toBe(true);
    const own = { kind: 'security-headers' as const, list: [['X-A', 'b'] as [string, string]] };
    const { hardening } = setup({ headers: own });
    (own.list[0] as [string, string])[1] = 'a\nb';
    const response = await ask(hardening, '/');
    response.end();
    expect(response.sent.get('x-a')).toBe('b');
  });
});

describe('health of a source of the service', () => {
  const good = { status: 'HEALTHY' as const, components: [] };
  const answer = (report: unknown) => () => report as never;

  it.each([
    undefined,
    null,
    'HEALTHY',
    {},
    { status: 'DOWN', components: [] },
    { status: 'healthy', components: [] },
    { status: 'HEALTHY' },
    { status: 'HEALTHY', components: [null] },
    { status: 'HEALTHY', components: [{ name: 'a' }] },
    { status: 'HEALTHY', components: [{ status: 'HEALTHY' }] },
  ])('that is no report (case %#) is 503, and is reported', async (report) => {
    const source = answer(report);
    const { hardening, reported } = setup({ health: { check: source, liveness: source, readiness: source } });
    for (const route of ['live', 'ready', 'check', 'summary']) {
      const { statusCode, json } = await ask(hardening, `/health/${route}`);
      expect([route, statusCode, json]).toEqual([route, 503, { status: 'UNHEALTHY' }]);
    }
    expect(reported).toMatchObject([{ code: 'BREAKWATER_W_HEALTH_SOURCE' }]);
  });

  it('that never answers is 503 after a second', async () => {
    const never = () => new Promise<never>(() => undefined);
    const { hardening, clock, reported } = setup({ health: { check: never, liveness: never, readiness: never } });
    const answers = [];
    for (const route of ['live', 'ready', 'check', 'summary']) answers.push(await ask(hardening, `/health/${route}`));
    await clock.advanceAsync(999);
    expect(answers.map(({ headersSent }) => headersSent)).toEqual([false, false, false, false]);
    await clock.advanceAsync(1);
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([503, 503, 503, 503]);
    expect(reported).toMatchObject([{ code: 'BREAKWATER_W_HEALTH_SOURCE' }]);
    expect(clock.pending).toBe(0);
  });

  it('is shown without the secrets in it', async () => {
    using _registered = registerSecret('correct-horse-battery');
    const report = {
      status: 'UNHEALTHY',
      components: [
        { name: 'postgres://u:S3CRETPW@h', status: 'UNHEALTHY', message: 'password=S3CRETPW correct-horse-battery' },
      ],
    };
    const { hardening } = setup({
      health: { check: answer(report), liveness: answer(good), readiness: answer(good) },
      authorize: () => true,
    });
    const { json, statusCode } = await ask(hardening, '/health/check');
    expect([statusCode, json]).toMatchObject([503, { components: [{ name: 'postgres://[secret]@h' }] }]);
    expect(JSON.stringify(json)).not.toMatch(/S3CRETPW|correct-horse/);
    expect((await ask(hardening, '/health/live')).statusCode).toBe(200);
  });

  it('names of components show no secrets either', async () => {
    const breaker = new CircuitBreaker({ name: 'redis://u:S3CRETPW@h' });
    const { hardening } = setup({ components: [breaker], authorize: () => true });
    expect((await ask(hardening, '/health/check')).json).toMatchObject({
      components: [{ name: 'circuit-breaker:redis://[secret]@h' }],
    });
  });

  it('who never says whether somebody may see details has said no', async () => {
    const { hardening, clock, reported } = setup({ authorize: () => new Promise<never>(() => undefined) });
    const response = await ask(hardening, '/health/check');
    expect(response.headersSent).toBe(false);
    await clock.advanceAsync(1_000);
    expect([response.statusCode, response.json]).toEqual([200, { status: 'HEALTHY' }]);
    expect(reported).toMatchObject([{ code: 'BREAKWATER_W_AUTHORIZE' }]);
  });
});

it('a clock that throws ends no request and no process', async () => {
  let broken = false;
  const clock = new ManualClock();
  const now = (): number => {
    if (broken) throw new Error('clock');
    return clock.now();
  };
  const { hardening, records, reported } = setup({
    clock: { now, wallNow: () => 0, schedule: (fn, ms) => clock.schedule(fn, ms) },
  });
  const before = await ask(hardening, '/');
  broken = true;
  const during = await ask(hardening, '/');
  expect(during.answered).toBe(false);
  expect(() => {
    before.end();
    during.end();
  }).not.toThrow();
  expect(records).toHaveLength(2);
  // Time stands still for that long.
  expect(reported).toEqual([]);
});

it('OBS-H16 no half of a registered secret is left where a path was cut', async () => {
  using _registered = registerSecret('correct-horse-battery');
  const { hardening, records } = setup();
  for (let length = 330; length < 420; length++) {
    (await ask(hardening, `/a;token=${'A'.repeat(length)}/correct-horse-battery`)).end();
    (await ask(hardening, `/a;token=${'A'.repeat(length + 1_810)}/correct-horse-battery`)).end();
  }
  expect(records).toHaveLength(180);
  expect(JSON.stringify(records)).not.toMatch(/corr|horse|batt/);
});

it('refuses listeners and events that there are not', () => {
  const { hardening } = setup();
  expect(() => hardening.on('requests' as never, () => undefined)).toThrow("did you mean 'request'?");
  expect(() => hardening.on('request', undefined as never)).toThrow('the listener must be a function');
});
