import { AbuseDetector, SharedAbuseDetector } from 'breakwater/abuse-detector';
import { InvalidArgumentError } from 'breakwater/core';
import { createHardening, type HardeningOptions } from 'breakwater/http';
import { createMemoryStore, ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';
import { ask, type Asked } from './exchange.js';

function setup(options: HardeningOptions = {}, threshold = 3) {
  const clock = new ManualClock({ now: 1_000 });
  const detector = new AbuseDetector({ clock, threshold });
  const reported: unknown[] = [];
  const hardening = createHardening({
    clock,
    abuse: { action: 'reject', detector },
    ddos: false,
    onListenerError: (error) => reported.push(error),
    ...options,
  });
  const answer = async (status: number, asked: Asked = {}) => {
    const response = await ask(hardening, '/login', asked);
    if (response.answered === false) {
      response.writeHead(status);
      response.end();
    }
    return response;
  };
  return { clock, detector, hardening, answer, reported };
}

const IDENTIFY = {
  identify: (request: { header(name: string): string | undefined }) => {
    const id = request.header('x-id');
    return id === undefined ? undefined : { id, verified: request.header('x-verified') === '1' };
  },
};

describe('abuse events', () => {
  it.each([
    [401, 'AUTH_FAILED'],
    [403, 'AUTH_FAILED'],
    [400, 'BAD_REQUEST'],
    [413, 'BAD_REQUEST'],
    [414, 'BAD_REQUEST'],
    [431, 'BAD_REQUEST'],
  ])('a %i is %s, booked on the address', async (status, type) => {
    const { answer, detector } = setup();
    await answer(status);
    expect(detector.explain('address:203.0.113.5')).toMatchObject({ countByType: { [type]: 1 } });
  });

  it.each([200, 301, 404, 409, 422, 429, 500, 503])('a %i is none', async (status) => {
    const { answer, detector } = setup();
    await answer(status);
    expect(detector.snapshot().events).toBe(0);
  });

  it('are booked on whom the service has verified, and on nobody who is only claimed', async () => {
    const { answer, detector } = setup({ ...IDENTIFY, perUser: false });
    await answer(401, { headers: { 'x-id': 'ada', 'x-verified': '1' } });
    await answer(401, { headers: { 'x-id': 'bob' } });
    expect(detector.explain('id:ada')?.count).toBe(1);
    expect(detector.explain('id:bob')).toBeUndefined();
    expect(detector.explain('address:203.0.113.5')?.count).toBe(1);
  });

  it('an id never reads like an address', async () => {
    const { answer, detector } = setup({ ...IDENTIFY, perUser: false });
    await answer(401, { headers: { 'x-id': 'address:198.51.100.1', 'x-verified': '1' } });
    expect(detector.explain('address:198.51.100.1')).toBeUndefined();
  });

  it('IPv6 addresses are booked by their range', async () => {
    const { answer, detector } = setup();
    await answer(401, { address: '2001:db8::1' });
    await answer(401, { address: '2001:db8::2' });
    expect(detector.explain('address:2001:db8::/64')?.count).toBe(2);
  });

  it('refusals of the limit of a user are RATE_LIMITED, those of a block or a flag are nothing more', async () => {
    const perUser = { capacity: 1, refillPerSecond: 0.001 };
    const { answer, detector } = setup({ perUser, ddos: { threshold: 4 } }, 10);
    for (let i = 0; i < 8; i++) await answer(200);
    // One admitted, three refused by the user's limit, then the address is blocked.
    expect(detector.explain('address:203.0.113.5')?.countByType).toEqual({ RATE_LIMITED: 3 });
  });

  it('exempt requests and those without an address are booked on nobody', async () => {
    const { answer, detector } = setup({ exempt: ({ path }) => path === '/login' });
    await answer(401);
    const other = setup();
    await other.answer(401, { address: undefined });
    expect([detector.snapshot().events, other.detector.snapshot().events]).toEqual([0, 0]);
  });

  it('no body and no query is kept as evidence', async () => {
    const { hardening, detector } = setup({}, 100);
    for (let i = 0; i < 6; i++) {
      const response = await ask(hardening, '/login?password=hunter2', { method: 'POST' });
      response.writeHead(401);
      response.end();
    }
    const evidence = JSON.stringify(detector.explain('address:203.0.113.5')?.evidence);
    expect(evidence).toContain('/login');
    expect(evidence).not.toContain('hunter2');
  });
});

describe('flags', () => {
  it('only report unless they are told to refuse', async () => {
    const { detector, clock } = setup();
    const hardening = createHardening({ clock, ddos: false, abuse: detector });
    for (let i = 0; i < 5; i++) {
      const response = await ask(hardening, '/');
      expect(response.answered).toBe(false);
      response.writeHead(401);
      response.end();
    }
    expect(detector.isFlagged('address:203.0.113.5')).toBe(true);
  });

  it('refuse with the time that is left, in whole seconds, until it is over', async () => {
    const { answer, clock, hardening } = setup();
    const refusals: unknown[] = [];
    hardening.on('refused', ({ decision }) => refusals.push(decision.source));
    for (let i = 0; i < 3; i++) await answer(401);
    clock.advance(500);
    const refused = await answer(200);
    expect(refused.statusCode).toBe(429);
    expect(refused.sent.get('retry-after')).toBe('3600');
    expect(refused.json).toMatchObject({ title: 'Abnormal usage detected', 'violated-policies': ['abuse'] });
    expect(refused.sent.get('x-frame-options')).toBe('DENY');
    expect(refusals).toEqual(['ban']);
    clock.advance(3_600_000);
    expect((await answer(200)).answered).toBe(false);
  });

  it('without an end are 403 without Retry-After', async () => {
    const { answer, detector } = setup();
    detector.flag('address:203.0.113.5', 'by hand', Infinity);
    const refused = await answer(200);
    expect([refused.statusCode, refused.sent.has('retry-after')]).toEqual([403, false]);
  });

  it('of a verified user follow the user, and not the address', async () => {
    const { answer } = setup({ ...IDENTIFY, perUser: false });
    const ada = { headers: { 'x-id': 'ada', 'x-verified': '1' } };
    for (let i = 0; i < 3; i++) await answer(401, ada);
    expect((await answer(200, { ...ada, address: '198.51.100.7' })).statusCode).toBe(429);
    expect((await answer(200)).answered).toBe(false);
  });

  it('in shadow mode are told and refuse nobody', async () => {
    const { clock } = setup();
    const hardening = createHardening({
      clock,
      ddos: false,
      mode: 'shadow',
      abuse: { action: 'reject', threshold: 2 },
    });
    const refused: unknown[] = [];
    hardening.on('refused', ({ shadow, decision }) => refused.push([shadow, decision.source]));
    for (let i = 0; i < 5; i++) {
      const response = await ask(hardening, '/');
      expect(response.answered).toBe(false);
      response.writeHead(401);
      response.end();
    }
    expect(refused).toEqual(Array(3).fill([true, 'ban']));
  });

  it('leave health routes and exempt requests alone', async () => {
    const { detector, hardening } = setup({ exempt: ({ path }) => path === '/open' });
    detector.flag('address:203.0.113.5', 'by hand');
    expect((await ask(hardening, '/health/live')).statusCode).toBe(200);
    expect((await ask(hardening, '/open')).answered).toBe(false);
    expect((await ask(hardening, '/')).answered).toBe(true);
  });

  it('are read from the local copy of a shared detector', async () => {
    const { clock } = setup();
    const detector = new SharedAbuseDetector({
      store: createMemoryStore({ clock }),
      instances: 1,
      threshold: 2,
      clock,
    });
    const hardening = createHardening({ clock, ddos: false, abuse: { action: 'reject', detector } });
    for (let i = 0; i < 2; i++) {
      const response = await ask(hardening, '/');
      response.writeHead(401);
      response.end();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await ask(hardening, '/')).answered).toBe(true);
  });
});

describe('recordAbuse', () => {
  it('books an event of the service by its own request or that of the pipeline', async () => {
    const seen: object[] = [];
    const { hardening, detector } = setup({ exempt: (request) => !seen.push(request) });
    const native = { url: '/pay' };
    await ask(hardening, '/pay', { more: { native } });
    expect(hardening.recordAbuse(native, 'CARD_DECLINED', { weight: 2 })).toBe(true);
    expect(hardening.recordAbuse(seen[0] ?? {}, 'CARD_DECLINED', { evidence: 'expired' })).toBe(true);
    expect(detector.explain('address:203.0.113.5')).toMatchObject({ countByType: { CARD_DECLINED: 3 } });
  });

  it('refuses a request that it does not know, and arguments that are wrong', async () => {
    const { hardening } = setup();
    const native = {};
    await ask(hardening, '/', { more: { native } });
    expect(() => hardening.recordAbuse({}, 'X')).toThrow(InvalidArgumentError);
    expect(() => hardening.recordAbuse(native, '')).toThrow(InvalidArgumentError);
    expect(() => hardening.recordAbuse(native, 'X', { weight: -1 })).toThrow(InvalidArgumentError);
  });

  it('says when there is no detector, or nobody to book it on', async () => {
    const { hardening } = setup();
    const native = {};
    await ask(hardening, '/', { more: { native }, address: undefined });
    expect(hardening.recordAbuse(native, 'X')).toBe(false);
    expect(createHardening().recordAbuse({}, 'X')).toBe(false);
  });
});

it('a detector of the service that throws hurts no request', async () => {
  const detector = {
    kind: 'abuse-detector' as const,
    name: 'own',
    record: () => { throw new Error('record'); }, // prettier-ignore
    isFlagged: () => { throw new Error('isFlagged'); }, // prettier-ignore
    explain: () => undefined,
    snapshot: () => ({}),
  };
  const { answer, reported } = setup({ abuse: { action: 'reject', detector } });
  expect((await answer(401)).answered).toBe(false);
  await Promise.resolve();
  expect(reported).toMatchObject([{ message: 'isFlagged' }]);
});
