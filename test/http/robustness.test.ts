import { InvalidOptionsError, registerSecret } from 'breakwater/core';
import { createHardening, type Hardening, type HardeningOptions } from 'breakwater/http';
import { PerUserRateLimiter } from 'breakwater/rate-limiter';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask, FakeResponse } from './exchange.js';
import { setup } from './setup.js';

const later = (): never => Promise.reject(new Error('too late')) as never;
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

describe('functions of the service', () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  beforeEach(() => {
    unhandled.length = 0;
    process.on('unhandledRejection', note);
  });
  afterEach(() => {
    process.off('unhandledRejection', note);
  });

  it.each([null, undefined, '', false, { id: null }, { id: undefined }, { id: '' }])(
    'TRA-76 the identity %j is nobody: the request is limited by its address',
    async (identity) => {
      const identify = () => identity as never;
      const { hardening, reported } = setup({ ddos: false, identify, perUser: { capacity: 1 } });
      expect([(await ask(hardening, '/')).answered, (await ask(hardening, '/')).answered]).toEqual([false, true]);
      expect(reported).toEqual([]);
    },
  );

  it.each([[7], [true], [{}], [{ id: 7 }], [{ user: 'a' }], [[]], [Symbol('a')], [() => 'a']])(
    'an identity that is no text is nobody, and a warning says so once (case %#)',
    async (identity: unknown) => {
      const identify = () => identity as never;
      const { hardening, reported } = setup({ ddos: false, identify, perUser: { capacity: 1 } });
      expect([(await ask(hardening, '/')).answered, (await ask(hardening, '/')).answered]).toEqual([false, true]);
      expect(reported).toMatchObject([{ code: 'BREAKWATER_W_IDENTITY' }]);
    },
  );

  it('an identity that cannot be read is nobody too', async () => {
    const identify = () => ({
      get id(): string {
        throw new Error('no id');
      },
      verified: true,
    });
    const { hardening } = setup({ ddos: false, identify, perUser: { capacity: 1 } });
    expect([(await ask(hardening, '/')).answered, (await ask(hardening, '/')).answered]).toEqual([false, true]);
  });

  it('a promise of an identity counts as no answer, and a warning says so once; its rejection goes no further', async () => {
    const { hardening, reported } = setup({ ddos: false, identify: later, exempt: later, perUser: { capacity: 1 } });
    expect([(await ask(hardening, '/')).answered, (await ask(hardening, '/')).answered]).toEqual([false, true]);
    await nextTurn();
    expect(reported.filter((error) => (error as { code?: string }).code === 'BREAKWATER_W_ASYNC_OPTION')).toHaveLength(
      1,
    );
    expect(reported).toContainEqual(new Error('too late'));
    expect(unhandled).toEqual([]);
  });

  it('a logger that answers later may fail later', async () => {
    const { hardening, reported } = setup({ logger: { event: later } });
    (await ask(hardening, '/')).end();
    await nextTurn();
    expect([reported, unhandled]).toEqual([[new Error('too late')], []]);
  });

  it('a logger keeps its own this', async () => {
    class Log {
      readonly lines: string[] = [];
      event(type: string): void {
        this.lines.push(type);
      }
    }
    const logger = new Log();
    (await ask(setup({ logger }).hardening, '/')).end();
    expect(logger.lines).toEqual(['SYSTEM_EVENT']);
  });
});

/** A request that the service's authentication gives a user between two parts of one pipeline. */
function authenticated(hardening: Hardening, user: string, address: string): boolean {
  const native: { user?: string } = {};
  const response = new FakeResponse();
  const exchange = {
    method: 'GET',
    url: '/',
    headers: {},
    socketAddress: address,
    frameworkAddress: () => address,
    frameworkTrustsProxy: false,
    response,
    native,
  };
  if (hardening.handle(exchange) === true) return true;
  native.user = user;
  return hardening.handle(exchange, ['guard']) === true || hardening.handle(exchange, ['guard']) === true;
}

it('TRA-48 mounted again behind the authentication, one pipeline counts the user, and once', () => {
  const identify: HardeningOptions['identify'] = ({ native }) => (native as { user?: string }).user;
  const { hardening } = setup({ ddos: false, identify, perUser: { capacity: 2, refillPerSecond: 0.001 } });
  const refused = ['203.0.113.1', '203.0.113.2', '203.0.113.3'].map((address) =>
    authenticated(hardening, 'a', address),
  );
  expect(refused).toEqual([false, false, true]);
  expect(authenticated(hardening, 'b', '203.0.113.4')).toBe(false);
});

describe('addresses of the framework', () => {
  it.each([
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['::FFFF:cb00:7109', '203.0.113.9'],
    ['2001:DB8:0::1', '2001:db8::1'],
    ['', undefined],
    ['unknown', undefined],
    ['<script>'.repeat(1_000), undefined],
  ])('TRA-69 %.40s is shown as %s', async (address, shown) => {
    const { hardening, records } = setup();
    (await ask(hardening, '/', { address })).end();
    expect(records[0]?.address).toBe(shown);
  });

  it('one that cannot be asked for is not known, and hurts nobody', () => {
    const { hardening, records, reported } = setup();
    const response = new FakeResponse();
    const exchange = {
      method: 'GET',
      url: '/',
      headers: {},
      socketAddress: '203.0.113.5',
      frameworkAddress: (): never => {
        throw new Error('trust function');
      },
      frameworkTrustsProxy: true,
      response,
      native: {},
    };
    expect(hardening.handle(exchange)).toBe(false);
    expect(() => {
      response.end();
    }).not.toThrow();
    expect(records).toMatchObject([{ status: 200 }]);
    expect(records[0]).not.toHaveProperty('address');
    expect(reported).toEqual([]);
    expect(response.sent.get('x-frame-options')).toBe('DENY');
  });
});

describe('what records and events show', () => {
  it('OBS-H16 masks registered secrets and named ones in the path, of refusals too', async () => {
    using _registered = registerSecret('s3cret-of-the-reset-link');
    const { hardening, records } = setup();
    const refusals: unknown[] = [];
    const refusing = setup({ ddos: { deny: ['203.0.113.0/24'] }, logger: { event: (...all) => refusals.push(all) } });
    refusing.hardening.on('refused', (event) => refusals.push(event));
    refusing.hardening.subscribe((event) => refusals.push(event));
    for (const path of ['/reset/s3cret-of-the-reset-link', `/${'x'.repeat(190)}/s3cret-of-the-reset-link`]) {
      (await ask(hardening, path)).end();
      await ask(refusing.hardening, path);
    }
    (await ask(hardening, '/files;token=abcd1234/report')).end();
    expect(refusals.length).toBeGreaterThan(6);
    expect(JSON.stringify([records, refusals])).not.toMatch(/s3cret|abcd1234/);
    expect(records[0]?.path).toBe('/reset/[secret]');
    for (const { path } of records) expect(path.length).toBeLessThanOrEqual(200);
  });

  it.each([
    [200, 200],
    [201, 200],
    [16_000, 200],
  ])('OBS-H16 a path of %i characters is shown with %i', async (length, shown) => {
    const { hardening, records } = setup();
    (await ask(hardening, `/${'x'.repeat(length - 1)}`)).end();
    expect(records[0]?.path).toHaveLength(shown);
    expect(records[0]?.path.endsWith('…')).toBe(length > 200);
  });
});

it.each([1e-25, 1e-12, 1])('TRA-64 numbers in headers are integers: refill %d', async (refillPerSecond) => {
  const { hardening } = setup({ ddos: false, perUser: { capacity: 1, refillPerSecond } });
  await ask(hardening, '/');
  const { statusCode, sent } = await ask(hardening, '/');
  expect(statusCode).toBe(429);
  expect(sent.get('retry-after')).toMatch(/^\d{1,15}$/);
  expect(sent.get('ratelimit')).toMatch(/^"per-user";r=0;t=\d{1,15}$/);
  expect(sent.get('ratelimit-policy')).toMatch(/^"per-user";q=1;w=\d{1,15}$/);
});

it.each([
  [{ health: true }, 'health must be an instance'],
  [{ health: null }, 'health must be an instance'],
  [{ health: 5 }, 'health must be an instance'],
  [{ health: [] }, 'health must be an instance'],
  [{ health: { check: () => Promise.resolve() } }, 'health.check is not an option'],
  [{ health: new PerUserRateLimiter({ capacity: 1, refillPerSecond: 1 }) }, 'health must be an instance'],
  [{ ddos: [] }, 'ddos must be an instance'],
  [{ lifecycle: { phase: 'ready' } }, "lifecycle must be an object whose 'phase'"],
])('refuses what is no part: case %#', (options, message) => {
  expect(() => createHardening(options as never)).toThrow(InvalidOptionsError);
  expect(() => createHardening(options as never)).toThrow(message);
});
