import {
  CircuitBreaker,
  type CircuitBreakerOptions,
  type CircuitBreakerSnapshot,
  failureRate,
} from 'breakwater/circuit-breaker';
import { InvalidOptionsError } from 'breakwater/core';
import { ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';
import { setup } from './setup.js';

const WALL = 1_700_000_000_000;

/** A breaker on another host, `later` ms after, from a snapshot that has been through JSON. */
function elsewhere(snapshot: unknown, later = 0, options: CircuitBreakerOptions = {}) {
  const clock = new ManualClock({ now: 5_000_000, wallNow: WALL + later });
  const reported: unknown[] = [];
  const breaker = CircuitBreaker.restore(
    snapshot === undefined ? (undefined as never) : (JSON.parse(JSON.stringify(snapshot)) as CircuitBreakerSnapshot),
    { clock, onListenerError: (error) => reported.push(error), ...options },
  );
  return { breaker, clock, reported };
}

async function opened(options: CircuitBreakerOptions = {}) {
  const all = setup({ name: 'payments', ...options });
  await all.failTimes(4);
  await all.fail(new Error('connection refused'));
  return all;
}

describe('CircuitBreaker.restore', () => {
  it.each([
    [0, 45_000],
    [20_000, 25_000],
    [44_999, 1],
  ])('RES-P01 %i ms later an open circuit has %i ms of its break left', async (later, leftMs) => {
    const { breaker, clock } = await opened();
    clock.advance(15_000);
    const other = elsewhere(breaker.snapshot(), 15_000 + later);
    expect(other.breaker.snapshot()).toMatchObject({
      name: 'payments',
      state: 'OPEN',
      reason: 'restored',
      remainingMs: leftMs,
      openedAt: WALL,
      breaks: 1,
      lastError: { name: 'Error', message: 'connection refused' },
    });
    other.clock.advance(leftMs - 1);
    expect(other.breaker.state).toBe('OPEN');
    other.clock.advance(1);
    expect(other.breaker.state).toBe('HALF_OPEN');
    await expect(other.breaker.execute(() => 'back')).resolves.toBe('back');
    expect(other.breaker.state).toBe('CLOSED');
  });

  it('RES-P01 with clocks apart what is left is neither less than nothing nor more than there was', async () => {
    const snapshot = (await opened()).breaker.snapshot();
    expect(elsewhere(snapshot, -5_000).breaker.snapshot()).toMatchObject({ state: 'OPEN', remainingMs: 60_000 });
    expect(elsewhere(snapshot, 3_600_000).breaker.state).toBe('HALF_OPEN');
  });

  it('RES-P01 a break longer than any that the options allow is cut to the longest', async () => {
    const { breaker } = await opened();
    const snapshot = { ...breaker.snapshot(), remainingMs: 1e15 };
    const throttled = { ...snapshot, reason: 'throttled' as const };
    expect(elsewhere(snapshot).breaker.snapshot().remainingMs).toBe(60_000);
    expect(elsewhere(throttled).breaker.snapshot().remainingMs).toBe(600_000);
    const options = { maxThrottleMs: 1, recoveryTimeoutMs: 5_000 };
    expect(elsewhere(snapshot, 0, options).breaker.snapshot().remainingMs).toBe(5_000);
    expect(elsewhere(throttled, 0, options).breaker.snapshot().remainingMs).toBe(1);
  });

  it('RES-O01 refusals of a restored circuit carry what the snapshot says of the error', async () => {
    const { breaker } = await opened();
    const other = elsewhere(breaker.snapshot());
    expect(await other.breaker.attempt(() => 1)).toMatchObject({
      rejected: true,
      error: { breaker: 'payments', cause: { name: 'Error', message: 'connection refused' } },
    });
  });

  it('RES-O10 breaks in a row go on growing', async () => {
    const backoff = { recoveryTimeoutMs: 1_000, recoveryBackoff: { factor: 2, maxMs: 60_000 } };
    const { breaker } = await opened(backoff);
    const other = elsewhere(breaker.snapshot(), 1_000, backoff);
    other.breaker.tryAcquire()?.failure(new Error('still down'));
    expect(other.breaker.snapshot()).toMatchObject({ state: 'OPEN', remainingMs: 2_000, breaks: 2 });
  });

  it('RES-P02 a snapshot is a deep copy', async () => {
    const { breaker } = await opened();
    breaker.reset();
    const before = breaker.snapshot();
    const copy = JSON.parse(JSON.stringify(before)) as CircuitBreakerSnapshot;
    Object.assign(before.counts, { failures: -1 });
    Object.assign(before.lastError ?? {}, { message: 'changed' });
    expect(breaker.snapshot()).toEqual(copy);
    const other = CircuitBreaker.restore(copy);
    Object.assign(copy.lastError ?? {}, { message: 'changed' });
    expect(other.snapshot().lastError?.message).toBe('connection refused');
  });

  it.each([
    ['nothing', () => undefined],
    ['a text', () => 'OPEN'],
    ['null', () => null],
    ['an empty object', () => ({})],
    ['another version', (good: object) => ({ ...good, version: 2 })],
    ['another state', (good: object) => ({ ...good, state: 'BROKEN' })],
    ['an inherited state', (good: object) => ({ ...good, state: 'toString' })],
    ['no time', (good: object) => ({ ...good, takenAt: NaN })],
    ['the future', (good: object) => ({ ...good, takenAt: WALL + 5_001 })],
    ['a negative wait', (good: object) => ({ ...good, remainingMs: -1 })],
    ['no wait', (good: object) => ({ ...good, remainingMs: undefined })],
    ['a wait of text', (good: object) => ({ ...good, remainingMs: '5' })],
    ['no counts', (good: object) => ({ ...good, counts: undefined })],
    ['half a failure', (good: { counts: object }) => ({ ...good, counts: { ...good.counts, failures: 0.5 } })],
    ['a missing count', (good: { counts: object }) => ({ ...good, counts: { ...good.counts, throttled: undefined } })],
    ['a name that is none', (good: object) => ({ ...good, name: 5 })],
    ['an error of text', (good: object) => ({ ...good, lastError: 'down' })],
    ['a mode that is none', (good: object) => ({ ...good, mode: 'off' })],
    ['negative breaks', (good: object) => ({ ...good, breaks: -1 })],
    ['a generation after which there is none', (good: object) => ({ ...good, generation: Number.MAX_SAFE_INTEGER })],
  ])('RES-P02 %s gives a closed breaker and a warning', async (_, spoil) => {
    const good = (await opened()).breaker.snapshot();
    const { breaker, reported } = elsewhere(spoil(good));
    expect(breaker.snapshot()).toMatchObject({ state: 'CLOSED', generation: 0, counts: { consecutiveFailures: 0 } });
    await Promise.resolve();
    expect(reported).toMatchObject([{ code: 'BREAKWATER_W_SNAPSHOT' }]);
  });

  it('RES-P02 a snapshot that throws when it is read is no better', async () => {
    const reported: unknown[] = [];
    const hostile = new Proxy({} as CircuitBreakerSnapshot, {
      get: () => {
        throw new Error('no');
      },
    });
    const breaker = CircuitBreaker.restore(hostile, { onListenerError: (error) => reported.push(error) });
    await Promise.resolve();
    expect([breaker.state, breaker.name, reported.length]).toEqual(['CLOSED', 'default', 1]);
  });

  it('RES-P03 a half-open circuit is probe-ready at once', async () => {
    const { breaker, clock } = await opened();
    clock.advance(60_000);
    breaker.tryAcquire();
    const other = elsewhere(breaker.snapshot(), 60_000);
    expect(other.breaker.state).toBe('HALF_OPEN');
    const probe = other.breaker.tryAcquire();
    expect(other.breaker.tryAcquire()).toBeUndefined();
    expect(probe?.success()).toBe(true);
    expect(other.breaker.state).toBe('CLOSED');
  });

  it('an isolated circuit stays isolated until reset, a disabled one stays disabled', () => {
    const { breaker } = setup();
    breaker.isolate('deploy');
    const isolated = elsewhere(breaker.snapshot());
    expect(isolated.breaker.health().message).toBe('circuit is ISOLATED: deploy');
    isolated.breaker.isolate()[Symbol.dispose]();
    expect(isolated.breaker.state).toBe('ISOLATED');
    isolated.breaker.reset();
    expect(isolated.breaker.state).toBe('CLOSED');
    breaker.reset();
    breaker.disable();
    const disabled = elsewhere(breaker.snapshot());
    expect(disabled.breaker.state).toBe('DISABLED');
    disabled.breaker.enable();
    expect(disabled.breaker.state).toBe('CLOSED');
  });

  it('a closed circuit keeps its failures in a row; windows and totals start empty', async () => {
    const { breaker, failTimes } = setup({ failureThreshold: 3 });
    await failTimes(2);
    const other = elsewhere(breaker.snapshot(), 0, { failureThreshold: 3 });
    expect(other.breaker.snapshot().counts).toMatchObject({ consecutiveFailures: 2, failures: 0 });
    other.breaker.tryAcquire()?.failure(new Error('third'));
    expect(other.breaker.state).toBe('OPEN');
    const rated = elsewhere(breaker.snapshot(), 0, { trip: failureRate() });
    expect(rated.breaker.snapshot()).toMatchObject({ state: 'CLOSED', rates: [{ calls: 0 }] });
  });

  it('takes its name from the options first, and checks them as ever', async () => {
    const snapshot = (await opened()).breaker.snapshot();
    expect(elsewhere(snapshot, 0, { name: 'other' }).breaker.name).toBe('other');
    expect(() => CircuitBreaker.restore(snapshot, { failureThreshold: 0 })).toThrow(InvalidOptionsError);
    expect(() => CircuitBreaker.restore(snapshot, 5 as never)).toThrow(InvalidOptionsError);
  });
});

describe('what a restored circuit keeps', () => {
  it('P01 a break that the dependency asked for survives two restarts', () => {
    const clock = new ManualClock({ wallNow: 1e12 });
    const options = { clock, recoveryTimeoutMs: 1_000 };
    const first = new CircuitBreaker({ ...options, classify: () => ({ throttledMs: 300_000 }) });
    first.executeSync(() => 1);
    const second = CircuitBreaker.restore(first.snapshot(), options);
    const third = CircuitBreaker.restore(second.snapshot(), options);
    expect([second, third].map((breaker) => breaker.snapshot())).toMatchObject([
      { remainingMs: 300_000, reason: 'throttled' },
      { remainingMs: 300_000, reason: 'throttled' },
    ]);
  });

  it('P01 a load that grows again goes on growing from where it was', async () => {
    const clock = new ManualClock({ wallNow: 1e12 });
    const options = {
      clock,
      failureThreshold: 1,
      recoveryTimeoutMs: 1_000,
      rampUp: { fromRatio: 0.1, overMs: 10_000 },
    };
    const first = new CircuitBreaker(options);
    await first.attempt(() => Promise.reject(new Error('down')));
    clock.advance(1_000);
    await first.execute(() => 1);
    clock.advance(5_000);
    const second = CircuitBreaker.restore(first.snapshot(), options);
    expect(second.snapshot().rampRatio).toBeCloseTo(0.55);
    const passed = Array.from({ length: 100 }, () => second.tryAcquire()?.success()).filter(Boolean).length;
    expect(passed).toBe(55);
    clock.advance(5_000);
    expect(second.snapshot().rampRatio).toBeUndefined();
    expect(CircuitBreaker.restore(first.snapshot(), { clock }).snapshot().rampRatio).toBeUndefined();
  });
});
