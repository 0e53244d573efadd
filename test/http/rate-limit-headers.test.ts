import { InvalidOptionsError } from 'breakwater/core';
import { DDoSProtection } from 'breakwater/ddos-protection';
import { createHardening, type HardeningOptions, type KeyLimiter } from 'breakwater/http';
import { PerUserRateLimiter } from 'breakwater/rate-limiter';
import { ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';
import { ask, type Asked, FakeResponse } from './exchange.js';

const clock = new ManualClock({ now: 1_000, wallNow: 1_800_000_000_000 });

function setup(options: HardeningOptions = {}) {
  const reported: unknown[] = [];
  const hardening = createHardening({ clock, onListenerError: (error) => reported.push(error), ...options });
  return { hardening, reported };
}

const ALL = { on: 'all' } as const;
const limiter = (name: string, capacity: number) =>
  new PerUserRateLimiter({ name, capacity, refillPerSecond: 1, clock });

/** What a response said of limits once it was over. */
function said(response: FakeResponse): Record<string, string> {
  if (!response.headersSent) response.end();
  return Object.fromEntries([...response.sent].filter(([name]) => /ratelimit|retry-after/.test(name)));
}

async function answer(options: HardeningOptions, times = 1, asked: Asked = {}): Promise<Record<string, string>> {
  const { hardening } = setup(options);
  for (let i = 1; i < times; i++) await ask(hardening, '/');
  return said(await ask(hardening, '/', asked));
}

const BOTH = {
  'ratelimit-policy': '"ddos";q=100;w=60, "per-user";q=2;w=2',
  ratelimit: '"ddos";r=99;t=60, "per-user";r=1;t=1',
};

describe('the fields of a refusal', () => {
  it('TRA-65 name those that admitted before as well as the one that refused', async () => {
    const options = { perUser: { capacity: 2, refillPerSecond: 1 } };
    expect(await answer(options, 2)).toEqual({});
    expect(await answer(options, 3)).toEqual({
      'retry-after': '1',
      'ratelimit-policy': '"ddos";q=100;w=60, "per-user";q=2;w=2',
      // When the addresses' window is over is no matter to who may come back sooner.
      ratelimit: '"ddos";r=97, "per-user";r=0;t=1',
    });
  });

  it('are of the version that was chosen', async () => {
    const of = (rateLimitHeaders: HardeningOptions['rateLimitHeaders']) =>
      answer({ ddos: { threshold: 2 }, rateLimitHeaders }, 3);
    const named = { 'ratelimit-policy': '"ddos";q=2;w=60', ratelimit: '"ddos";r=0;t=900' };
    expect(await of(undefined)).toEqual({ 'retry-after': '900', ...named });
    expect(await of({ draft: 'draft-8' })).toEqual({ 'retry-after': '900', ...named });
    expect(await of({ draft: 'draft-7' })).toEqual({
      'retry-after': '900',
      'ratelimit-policy': '2;w=60',
      ratelimit: 'limit=2, remaining=0, reset=900',
    });
    expect(await of({ draft: 'draft-6' })).toEqual({
      'retry-after': '900',
      'ratelimit-policy': '2;w=60',
      'ratelimit-limit': '2',
      'ratelimit-remaining': '0',
      'ratelimit-reset': '900',
    });
    const legacy = { 'x-ratelimit-limit': '2', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1800000900' };
    expect(await of({ legacy: true })).toEqual({ 'retry-after': '900', ...named, ...legacy });
    expect(await of({ draft: false, legacy: true })).toEqual({ 'retry-after': '900', ...legacy });
    expect(await of({ draft: false })).toEqual({ 'retry-after': '900' });
    expect(await of(false)).toEqual({ 'retry-after': '900' });
  });

  it('TRA-65 keep what the service set, and come behind it', async () => {
    const response = new FakeResponse();
    response.setHeader('RateLimit', '"mine";r=1');
    response.setHeader('RateLimit-Policy', '"mine";q=9');
    const fields = await answer({ ddos: { threshold: 1 } }, 2, { response });
    expect(fields).toMatchObject({
      'ratelimit-policy': '"mine";q=9, "ddos";q=1;w=60',
      ratelimit: '"mine";r=1, "ddos";r=0;t=900',
    });
  });

  it('are not those of limits that nobody enforces', async () => {
    const shadow = new DDoSProtection({ threshold: 1, mode: 'shadow', clock });
    const options = { ddos: shadow, perUser: { capacity: 2, refillPerSecond: 1 } };
    expect(await answer(options, 3)).toEqual({
      'retry-after': '1',
      'ratelimit-policy': '"per-user";q=2;w=2',
      ratelimit: '"per-user";r=0;t=1',
    });
  });

  it.each([
    ['a name that would end the header', { policy: 'x\r\nSet-Cookie: a=1' }],
    ['a number that is none', { remaining: NaN }],
  ])('TRA-64 a limiter of the service with %s still refuses, and is reported', async (_, wrong) => {
    const real = limiter('custom', 1);
    real.check('address:203.0.113.5');
    const perUser: KeyLimiter = {
      kind: 'per-user-rate-limiter',
      name: 'custom',
      check: (key) => ({ ...real.check(key), ...wrong }),
      snapshot: () => ({}),
    };
    const { hardening, reported } = setup({ ddos: false, perUser });
    const response = await ask(hardening, '/');
    expect([response.answered, response.statusCode, said(response)]).toEqual([true, 429, { 'retry-after': '1' }]);
    expect(reported).toHaveLength(1);
    expect(String(reported[0])).toMatch(/decisions\[0\]\.(policy|remaining) must be/);
  });

  it('a limiter that cannot be described still refuses', async () => {
    const real = limiter('custom', 1);
    const perUser: KeyLimiter = {
      kind: 'per-user-rate-limiter',
      name: 'custom',
      check: (key) => real.check(key),
      snapshot: () => {
        throw new Error('no snapshot');
      },
    };
    const { hardening, reported } = setup({ ddos: false, perUser, rateLimitHeaders: ALL });
    expect(said(await ask(hardening, '/'))).toEqual({});
    const response = await ask(hardening, '/');
    expect([response.statusCode, said(response)]).toEqual([429, { 'retry-after': '1' }]);
    expect(reported).toMatchObject([{ message: 'no snapshot' }]);
  });
});

describe('the fields of every answer', () => {
  const options = { perUser: { capacity: 2, refillPerSecond: 1 }, rateLimitHeaders: ALL };

  it('TRA-65 are there when asked for, each limiter once, in the order of the decisions', async () => {
    expect(await answer(options)).toEqual(BOTH);
    const { hardening } = setup(options);
    const response = await ask(hardening, '/');
    await ask(hardening, '/', { response });
    await ask(hardening, '/', { response, steps: ['guard'] });
    expect(said(response)).toEqual(BOTH);
  });

  it('TRA-65 of limits that are mounted by themselves, one behind the other, those of all', async () => {
    const response = new FakeResponse();
    const asked: Asked = { response, steps: ['guard'] };
    const first = setup({ ddos: false, perUser: limiter('first', 5), rateLimitHeaders: ALL }).hardening;
    const second = setup({ ddos: false, perUser: limiter('second', 3), rateLimitHeaders: ALL }).hardening;
    for (const hardening of [first, second, first]) await ask(hardening, '/', asked);
    expect(said(response)).toEqual({
      'ratelimit-policy': '"first";q=5;w=5, "second";q=3;w=3',
      ratelimit: '"first";r=4;t=1, "second";r=2;t=1',
    });
  });

  it('TRA-65 of two limits where only one is told always, that one; on a refusal both', async () => {
    const always = setup({ ddos: false, perUser: limiter('always', 5), rateLimitHeaders: ALL }).hardening;
    const refusing = setup({ ddos: false, perUser: limiter('refusing', 1) }).hardening;
    const through = async () => {
      const response = new FakeResponse();
      for (const hardening of [always, refusing]) await ask(hardening, '/', { response, steps: ['guard'] });
      return said(response).ratelimit;
    };
    expect(await through()).toBe('"always";r=4;t=1');
    expect(await through()).toBe('"always";r=3, "refusing";r=0;t=1');
    const silent = setup({ ddos: false, perUser: limiter('silent', 1), rateLimitHeaders: false }).hardening;
    const response = new FakeResponse();
    for (const hardening of [silent, always]) await ask(hardening, '/', { response, steps: ['guard'] });
    expect(said(response).ratelimit).toBe('"always";r=2;t=3');
    const after = new FakeResponse();
    const rarely = setup({ ddos: false, perUser: limiter('rarely', 9) }).hardening;
    for (const hardening of [rarely, always]) await ask(hardening, '/', { response: after, steps: ['guard'] });
    expect(said(after).ratelimit).toBe('"always";r=1;t=4');
    const last = new FakeResponse();
    for (const hardening of [always, silent]) await ask(hardening, '/', { response: last, steps: ['guard'] });
    expect(said(last)).toEqual({ 'retry-after': '1' });
  });

  it('TRA-65 a limiter that counts again, once the user is known, tells what it said last', async () => {
    let user: string | undefined = undefined;
    const { hardening } = setup({
      ddos: false,
      perUser: limiter('users', 3),
      identify: () => user,
      rateLimitHeaders: ALL,
    });
    await ask(hardening, '/');
    const response = await ask(hardening, '/');
    const other = setup({ ddos: false, perUser: limiter('other', 9), rateLimitHeaders: ALL }).hardening;
    await ask(other, '/', { response, steps: ['guard'] });
    user = 'ada';
    await ask(hardening, '/', { response, steps: ['guard'] });
    expect(said(response).ratelimit).toBe('"other";r=8;t=1, "users";r=2;t=1');
  });

  it('TRA-64 a user with limits of their own is told those, without a window that is not theirs', async () => {
    const perUser = { capacity: 2, refillPerSecond: 1, limitsFor: () => ({ capacity: 50, refillPerSecond: 1 }) };
    expect(await answer({ ddos: false, perUser, rateLimitHeaders: ALL })).toEqual({
      'ratelimit-policy': '"per-user";q=50',
      ratelimit: '"per-user";r=49;t=1',
    });
  });

  it("a route's own limit is told in place of the general one", async () => {
    const { hardening } = setup({
      ...options,
      ddos: false,
      routes: [{ path: '/a', perUser: { capacity: 9, refillPerSecond: 1 } }],
    });
    expect(said(await ask(hardening, '/a')).ratelimit).toBe('"per-user /a";r=8;t=1');
  });

  it.each(['draft-10', 'draft-8'] as const)(
    'TRA-65 %s comes behind what the service set, whenever it did',
    async (draft) => {
      const { hardening } = setup({ ...options, rateLimitHeaders: { on: 'all', draft } });
      const response = new FakeResponse();
      response.setHeader('RateLimit-Policy', '"mine";q=9');
      await ask(hardening, '/', { response });
      response.setHeader('RateLimit', '"mine";r=1');
      expect(said(response)).toEqual({
        'ratelimit-policy': `"mine";q=9, ${BOTH['ratelimit-policy']}`,
        ratelimit: `"mine";r=1, ${BOTH.ratelimit}`,
      });
    },
  );

  it('TRA-65 fields that can name one policy only stay as the service set them, all or none', async () => {
    const set = async (rateLimitHeaders: HardeningOptions['rateLimitHeaders'], name: string) => {
      const response = await ask(setup({ ...options, rateLimitHeaders }).hardening, '/');
      response.setHeader(name, 'mine');
      return said(response);
    };
    const policies = '100;w=60, 2;w=2';
    expect(await set({ on: 'all', draft: 'draft-7' }, 'RateLimit')).toEqual({
      ratelimit: 'mine',
      'ratelimit-policy': policies,
    });
    expect(await set({ on: 'all', draft: 'draft-6' }, 'RateLimit-Reset')).toEqual({
      'ratelimit-reset': 'mine',
      'ratelimit-policy': policies,
    });
    expect(await set({ on: 'all', draft: false, legacy: true }, 'X-RateLimit-Limit')).toEqual({
      'x-ratelimit-limit': 'mine',
    });
    expect(await set({ on: 'all', draft: 'draft-7', legacy: true }, 'X-RateLimit-Limit')).toEqual({
      ratelimit: 'limit=2, remaining=1, reset=1',
      'ratelimit-policy': policies,
      'x-ratelimit-limit': 'mine',
    });
  });

  it('TRA-66 come back when a framework threw headers away', async () => {
    const response = await ask(setup(options).hardening, '/');
    response.sent.clear();
    expect(said(response)).toEqual(BOTH);
  });

  it('TRA-66 throw nothing and change nothing once the headers were sent', async () => {
    const { hardening, reported } = setup(options);
    const response = new FakeResponse();
    response.writeHead(200);
    await ask(hardening, '/', { response });
    expect([said(response), reported]).toEqual([{}, []]);
    const begun = await ask(setup(options).hardening, '/');
    begun.end();
    await ask(hardening, '/', { response: begun, steps: ['guard'] });
    expect([said(begun), reported]).toEqual([BOTH, []]);
    expect(() => {
      begun.writeHead(200);
    }).not.toThrow();
  });

  it('are set at once on HTTP/2, and once, however many limits follow', async () => {
    const response = Object.assign(new FakeResponse(), { stream: {} });
    response.setHeader('RateLimit', '"mine";r=1');
    await ask(setup(options).hardening, '/', { response });
    expect(response.sent.get('ratelimit')).toBe(`"mine";r=1, ${BOTH.ratelimit}`);
    const more = setup({ ddos: false, perUser: limiter('more', 3), rateLimitHeaders: ALL }).hardening;
    await ask(more, '/', { response, steps: ['guard'] });
    expect(response.sent.get('ratelimit')).toBe(`"mine";r=1, ${BOTH.ratelimit}, "more";r=2;t=1`);
    response.end();
    expect(response.sent.get('ratelimit-policy')).toBe(`${BOTH['ratelimit-policy']}, "more";q=3;w=3`);
  });

  it('TRA-66 change nothing on HTTP/2 either once the headers were sent', async () => {
    const { hardening, reported } = setup(options);
    const response = Object.assign(new FakeResponse(), { stream: {} });
    response.writeHead(200);
    const { answered, sent } = await ask(hardening, '/', { response });
    expect([answered, [...sent], reported]).toEqual([false, [], []]);
  });

  it('leave alone what they cannot read', async () => {
    const response = new FakeResponse();
    Object.defineProperty(response, 'getHeader', { value: undefined });
    response.setHeader('RateLimit', '"mine";r=1');
    await ask(setup(options).hardening, '/', { response });
    expect(said(response)).toEqual({ ratelimit: '"mine";r=1', 'ratelimit-policy': BOTH['ratelimit-policy'] });
  });

  it('join what the service set as a list', async () => {
    const response = new FakeResponse();
    response.setHeader('RateLimit', '');
    Object.defineProperty(response, 'getHeader', { value: () => ['"a";r=1', '"b";r=2'] });
    await ask(setup(options).hardening, '/', { response });
    expect(said(response).ratelimit).toBe(`"a";r=1, "b";r=2, ${BOTH.ratelimit}`);
  });

  it('there are none for requests that no limiter counts, and none while nothing is enforced', async () => {
    expect(await answer({ ...options, exempt: () => true })).toEqual({});
    expect(await answer({ ...options, mode: 'shadow' })).toEqual({});
    expect(await answer({ ddos: false, rateLimitHeaders: ALL })).toEqual({});
    expect(said(await ask(setup(options).hardening, '/health/live'))).toEqual({});
    const enforcing = limiter('enforcing', 1);
    expect(await answer({ ddos: false, perUser: enforcing, mode: 'shadow', rateLimitHeaders: ALL })).toEqual({});
    const shadow = new PerUserRateLimiter({ capacity: 1, refillPerSecond: 1, mode: 'shadow', clock });
    expect(await answer({ ddos: false, perUser: shadow, rateLimitHeaders: ALL })).toEqual({});
    expect(await answer({ ddos: false, perUser: shadow, rateLimitHeaders: ALL }, 2)).toEqual({});
    const own: KeyLimiter = {
      kind: 'per-user-rate-limiter',
      name: 'own',
      check: (key) => shadow.check(key),
      snapshot: () => ({}),
    };
    expect(await answer({ ddos: false, perUser: own, rateLimitHeaders: ALL })).toEqual({});
  });
});

describe('the option rateLimitHeaders', () => {
  it.each([
    [{ draft: 'draft-11' }, "rateLimitHeaders.draft must be 'draft-10', 'draft-8', 'draft-7', 'draft-6' or false"],
    [{ draft: 10 }, 'rateLimitHeaders.draft must be'],
    [{ legacy: 'yes' }, 'rateLimitHeaders.legacy must be'],
    [{ on: 'al' }, "rateLimitHeaders.on must be 'refusals' or 'all'"],
    [{ version: 'draft-7' }, 'rateLimitHeaders.version is not an option'],
    [true, 'rateLimitHeaders must be an options object'],
    [null, 'rateLimitHeaders must be an options object'],
    ['draft-7', 'rateLimitHeaders must be an options object'],
  ])('TRA-67 refuses %j and says what there is', (rateLimitHeaders, message) => {
    const make = () => createHardening({ rateLimitHeaders } as never);
    expect(make).toThrow(InvalidOptionsError);
    expect(make).toThrow(message);
  });
});
