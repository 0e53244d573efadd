import type { Decision } from 'breakwater/ddos-protection';
import { type AddressLimiter, createHardening, type HardeningOptions, type KeyLimiter } from 'breakwater/http';
import { PerUserRateLimiter, SharedPerUserRateLimiter } from 'breakwater/rate-limiter';
import { createMemoryStore, ManualClock } from 'breakwater/testing';
import { expect, it } from 'vitest';
import { ask, FakeResponse } from './exchange.js';

/** An address limiter whose answers a test gives by hand. */
function slowLimiter() {
  const waiting: ((decision: Decision | Error) => void)[] = [];
  const limiter: AddressLimiter = {
    kind: 'ddos-protection',
    name: 'slow',
    check: () =>
      new Promise<Decision>((resolve, reject) => {
        waiting.push((decision) => {
          if (decision instanceof Error) reject(decision);
          else resolve(decision);
        });
      }),
    isBlocked: () => false,
    snapshot: () => ({}),
  };
  return { limiter, waiting };
}

const ADMITTED: Decision = {
  allowed: true,
  limit: 1,
  remaining: 0,
  retryAfterMs: 0,
  resetAfterMs: 0,
  cost: 1,
  policy: 'slow',
  violated: [],
  source: 'store',
  degraded: false,
  shadow: false,
};
const REFUSED: Decision = { ...ADMITTED, allowed: false, retryAfterMs: 5_000, violated: ['slow'] };

function setup(options: HardeningOptions = {}) {
  const { limiter, waiting } = slowLimiter();
  const clock = new ManualClock();
  const reported: unknown[] = [];
  const hardening = createHardening({
    clock,
    ddos: limiter,
    onListenerError: (error) => reported.push(error),
    ...options,
  });
  return { hardening, waiting, reported, clock };
}

it('waits for a limiter that asks a store, and asks the next one only then', async () => {
  const users: string[] = [];
  const perUser: KeyLimiter = {
    kind: 'per-user-rate-limiter',
    name: 'users',
    check: (key) => {
      users.push(key);
      return ADMITTED;
    },
    snapshot: () => ({}),
  };
  const { hardening, waiting } = setup({ perUser, identify: 'x-user-id' });
  const response = await ask(hardening, '/', { headers: { 'x-user-id': 'ann' } });
  expect([response.answered, users]).toEqual([expect.any(Promise), []]);
  waiting[0]?.(ADMITTED);
  expect([await response.answered, users]).toEqual([false, ['id:ann']]);
});

it('answers a refusal that comes later', async () => {
  const { hardening, waiting } = setup();
  const response = await ask(hardening, '/');
  expect(response.headersSent).toBe(false);
  waiting[0]?.(REFUSED);
  expect([await response.answered, response.statusCode, response.sent.get('retry-after')]).toEqual([true, 429, '5']);
});

it('passes a request on when the limiter fails, and reports that', async () => {
  const { hardening, waiting, reported } = setup();
  const response = await ask(hardening, '/');
  waiting[0]?.(new Error('broken limiter'));
  expect(await response.answered).toBe(false);
  await Promise.resolve();
  expect(reported).toEqual([new Error('broken limiter')]);
});

it('does not answer what somebody else has answered meanwhile', async () => {
  const { hardening, waiting } = setup();
  const response = await ask(hardening, '/');
  response.writeHead(204);
  waiting[0]?.(REFUSED);
  expect([await response.answered, response.statusCode]).toEqual([false, 204]);
});

it('answers at once as long as no limiter shares a store', async () => {
  const clock = new ManualClock();
  const perUser = new PerUserRateLimiter({ capacity: 1, refillPerSecond: 1, clock });
  const hardening = createHardening({ clock, perUser, identify: 'x-user-id' });
  expect((await ask(hardening, '/', { headers: { 'x-user-id': 'ann' } })).answered).toBe(false);
  expect((await ask(hardening, '/', { headers: { 'x-user-id': 'ann' } })).answered).toBe(true);
});

it('TRA-48 counts a request once, though the guard is mounted twice', async () => {
  const clock = new ManualClock();
  const perUser = new SharedPerUserRateLimiter({
    capacity: 10,
    refillPerSecond: 1,
    store: createMemoryStore({ clock }),
    instances: 1,
    clock,
  });
  const hardening = createHardening({ clock, ddos: false, perUser, identify: 'x-user-id' });
  const response = new FakeResponse();
  const headers = { 'x-user-id': 'ann' };
  for (let i = 0; i < 2; i++) expect(await (await ask(hardening, '/', { response, headers })).answered).toBe(false);
  expect((await perUser.peek('id:ann')).remaining).toBe(9);
});
