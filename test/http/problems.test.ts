import { type AddressLimiter, createHardening, type KeyLimiter } from 'breakwater/http';
import { type Decision, PerUserRateLimiter } from 'breakwater/rate-limiter';
import { ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';
import { ask } from './exchange.js';

/** What a limiter with a shared store says when it refuses. */
const REFUSED: Decision = {
  allowed: false,
  limit: 10,
  remaining: 0,
  retryAfterMs: 1_500,
  resetAfterMs: 9_000,
  cost: 1,
  policy: 'shared',
  violated: ['shared'],
  source: 'store',
  degraded: false,
  shadow: false,
};

function byUser(decision: Partial<Decision>): KeyLimiter {
  return {
    kind: 'per-user-rate-limiter',
    name: 'shared',
    check: () => ({ ...REFUSED, ...decision }),
    snapshot: () => ({ capacity: 10, refillPerSecond: 1 }),
  };
}

function byAddress(decision: Partial<Decision>): AddressLimiter {
  const check = () => ({ ...REFUSED, ...decision });
  return { kind: 'ddos-protection', name: 'shared', check, isBlocked: () => false, snapshot: () => ({}) };
}

const problem = (name: string) => `https://iana.org/assignments/http-problem-types#${name}`;

describe('problems', () => {
  it.each([
    ['a quota that is used up', {}, 429, '2', 'quota-exceeded', 'Request quota exceeded'],
    ['a ban', { source: 'ban' }, 429, '2', 'abnormal-usage-detected', 'Abnormal usage detected'],
    [
      'a shared store that could not be asked',
      { source: 'fallback', degraded: true },
      503,
      '2',
      'temporary-reduced-capacity',
      'Temporarily reduced capacity',
    ],
    ['a fallback that knew enough', { source: 'fallback' }, 429, '2', 'quota-exceeded', 'Request quota exceeded'],
    ['a store that answered late', { degraded: true }, 429, '2', 'quota-exceeded', 'Request quota exceeded'],
    ['what no wait helps', { retryAfterMs: Infinity }, 403, undefined, 'quota-exceeded', 'Request quota exceeded'],
    [
      'what no wait helps, by a fallback',
      { retryAfterMs: Infinity, source: 'fallback', degraded: true },
      403,
      undefined,
      'quota-exceeded',
      'Request quota exceeded',
    ],
    [
      'a ban for ever',
      { retryAfterMs: Infinity, source: 'ban' },
      403,
      undefined,
      'abnormal-usage-detected',
      'Abnormal usage detected',
    ],
  ] as const)(
    'TRA-68 %s is answered by %o with %i, Retry-After %s and %s',
    async (_, decision, status, wait, type, title) => {
      for (const limits of [
        { ddos: false as const, perUser: byUser(decision) },
        { ddos: byAddress(decision), perUser: false as const },
      ]) {
        const { statusCode, sent, json } = await ask(createHardening({ clock: new ManualClock(), ...limits }), '/');
        expect([statusCode, sent.get('retry-after'), sent.get('content-type')]).toEqual([
          status,
          wait,
          'application/problem+json',
        ]);
        expect(json).toEqual({ type: problem(type), title, status, 'violated-policies': ['shared'] });
      }
    },
  );

  it('TRA-68 an outage is told by the fields as well, and is an error of the service in its log', async () => {
    const events: unknown[] = [];
    const perUser = byUser({ source: 'fallback', degraded: true });
    const hardening = createHardening({ ddos: false, perUser, logger: { event: (type) => events.push(type) } });
    const { sent } = await ask(hardening, '/');
    expect([sent.get('ratelimit'), sent.get('ratelimit-policy')]).toEqual(['"shared";r=0;t=2', '"shared";q=10;w=10']);
    expect(events).toEqual(['SECURITY_EVENT', 'ERROR_EVENT']);
  });

  it('TRA-68 names all policies that were violated, or the one that decided when none is named', async () => {
    const named = async (violated: readonly string[] | undefined) => {
      const perUser = byUser({ violated: violated as readonly string[] });
      const { json } = await ask(createHardening({ ddos: false, perUser }), '/');
      return (json as { 'violated-policies': unknown })['violated-policies'];
    };
    expect(await named(['shared', 'daily "é"\r\n'])).toEqual(['shared', 'daily "é"\r\n']);
    expect(await named([])).toEqual(['shared']);
    expect(await named(undefined)).toEqual(['shared']);
  });

  it('TRA-68 of limits that are decided together, those that refused', async () => {
    const clock = new ManualClock();
    const daily = new PerUserRateLimiter({ name: 'daily', capacity: 1, refillPerSecond: 0.001, clock });
    const burst = new PerUserRateLimiter({ name: 'burst', capacity: 1, refillPerSecond: 1, clock });
    const perUser: KeyLimiter = {
      kind: 'per-user-rate-limiter',
      name: 'burst',
      check: (key) => burst.check(key, { also: [{ limiter: daily, key }] }),
      snapshot: () => burst.snapshot(),
    };
    const hardening = createHardening({ clock, ddos: false, perUser });
    await ask(hardening, '/');
    const { json, sent } = await ask(hardening, '/');
    expect(json).toMatchObject({ 'violated-policies': ['burst', 'daily'] });
    expect(sent.get('ratelimit')).toBe('"daily";r=0;t=1000');
  });

  it.each([NaN, undefined, -5])(
    'TRA-62 a limiter of the service that names no time (%s) still refuses',
    async (retryAfterMs) => {
      const perUser = byUser({ retryAfterMs: retryAfterMs as number });
      const { statusCode, sent } = await ask(
        createHardening({ ddos: false, perUser, onListenerError: () => undefined }),
        '/',
      );
      expect([statusCode, sent.get('retry-after')]).toEqual([429, '1']);
    },
  );
});
