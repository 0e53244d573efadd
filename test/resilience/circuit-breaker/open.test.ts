import { CircuitBreaker, type CircuitStateChange } from 'breakwater/circuit-breaker';
import { isBreakwaterError, systemClock } from 'breakwater/core';
import { describe, expect, it } from 'vitest';
import { setup } from './setup.js';

describe('CircuitBreaker open', () => {
  it('RES-O01 a refusal names breaker, state, wait and cause', async () => {
    const { breaker, clock, fail, failTimes } = setup({ name: 'payments' });
    const cause = new Error('connection refused');
    await failTimes(4);
    await fail(cause);
    clock.advance(15_500);
    const error = await fail();
    expect(isBreakwaterError(error, 'BREAKWATER_CIRCUIT_OPEN')).toBe(true);
    expect(error).toMatchObject({
      name: 'CircuitOpenError',
      breaker: 'payments',
      state: 'OPEN',
      retryAfterMs: 44_500,
      cause,
    });
    expect((error as Error).message).toContain("'payments' is OPEN");
    expect(breaker.snapshot()).toMatchObject({
      state: 'OPEN',
      openedAt: 1_700_000_000_000,
      remainingMs: 44_500,
      lastError: { name: 'Error', message: 'connection refused' },
    });
  });

  it('RES-O01 the wait is never negative nor longer than the break, even when the clock is set back', async () => {
    const { clock, trip, fail } = setup();
    await trip();
    clock.set(0);
    expect(await fail()).toMatchObject({ retryAfterMs: 60_000 });
    clock.set(60_999);
    expect(await fail()).toMatchObject({ retryAfterMs: 1 });
  });

  it('RES-O02 a thousand refusals are a thousand errors, none of them with frames', async () => {
    const { trip, fail } = setup();
    await trip();
    const errors = new Set<unknown>();
    for (let i = 0; i < 1_000; i++) errors.add(await fail());
    expect(errors.size).toBe(1_000);
    const [first] = errors as Set<Error & { extra?: string }>;
    if (first === undefined) throw new Error('no refusal');
    first.extra = 'mine';
    expect([...errors].filter((error) => Object.hasOwn(error as object, 'extra'))).toHaveLength(1);
    for (const error of errors) expect((error as Error).stack).not.toContain('\n    at ');
  });

  it('RES-O02 captureStack records where the refusal was created', async () => {
    const { trip, fail } = setup({ captureStack: true });
    await trip();
    expect(((await fail()) as Error).stack).toContain('\n    at ');
  });

  it('RES-O03 concurrent failures across the threshold open once, with one deadline', async () => {
    const { breaker, clock, fail } = setup();
    const changes: CircuitStateChange[] = [];
    breaker.on('stateChange', (change) => changes.push(change));
    await Promise.all(Array.from({ length: 20 }, () => fail()));
    expect(changes).toMatchObject([{ from: 'CLOSED', to: 'OPEN', reason: 'failure-threshold' }]);
    clock.advance(59_999);
    expect(breaker.state).toBe('OPEN');
    clock.advance(1);
    expect(breaker.state).toBe('HALF_OPEN');
  });

  it('RES-O04 answers that arrive while open neither extend nor end the break', async () => {
    const { breaker, clock, trip } = setup();
    const lateFailure = breaker.tryAcquire();
    const lateSuccess = breaker.tryAcquire();
    await trip();
    clock.advance(30_000);
    expect(lateFailure?.failure(new Error('late'))).toBe(false);
    expect(lateSuccess?.success()).toBe(false);
    expect(breaker.snapshot()).toMatchObject({ state: 'OPEN', remainingMs: 30_000, counts: { stale: 2 } });
  });

  it.each([3_600_000, -3_600_000])('RES-O05 a wall clock stepped by %i ms changes nothing', async (stepMs) => {
    const { breaker, clock, trip } = setup();
    await trip();
    clock.stepWall(stepMs);
    clock.advance(59_999);
    expect(breaker.state).toBe('OPEN');
    clock.advance(1);
    expect(breaker.state).toBe('HALF_OPEN');
  });

  it('RES-O07 after a break of 0 ms the next call is a probe', async () => {
    const { breaker, succeed, fail, trip } = setup({ recoveryTimeoutMs: 0 });
    await trip();
    await fail();
    expect(breaker.snapshot()).toMatchObject({ state: 'HALF_OPEN', counts: { failures: 6, rejected: 0 } });
    await succeed();
    expect(breaker.state).toBe('CLOSED');
  });

  it('RES-O08 reading the state after the deadline says HALF_OPEN, without a timer or a call', async () => {
    const { breaker, clock, trip } = setup();
    await trip();
    clock.advance(60_000);
    expect(clock.pending).toBe(0);
    expect(breaker.state).toBe('HALF_OPEN');
  });

  it('RES-O09 no breaker owns a timer, whatever its state', async () => {
    let timers = 0;
    const clock = {
      ...systemClock,
      schedule: () => {
        timers++;
        return () => undefined;
      },
    };
    const breaker = new CircuitBreaker({ clock, failureThreshold: 1, recoveryTimeoutMs: 0 });
    await breaker.attempt(() => Promise.reject(new Error('down')));
    await breaker.attempt(() => Promise.reject(new Error('probe')));
    await breaker.execute(() => 1);
    breaker.isolate()[Symbol.dispose]();
    breaker.disable();
    breaker.enable();
    expect(timers).toBe(0);
  });

  it('tells refusals by tryAcquire without an error and without a promise', async () => {
    const { breaker, clock, trip } = setup();
    const seen: unknown[] = [];
    breaker.on('rejected', (event) => seen.push(event));
    await trip();
    clock.advance(1_000);
    expect(breaker.tryAcquire()).toBeUndefined();
    expect(seen).toEqual([{ breaker: 'default', state: 'OPEN', retryAfterMs: 59_000 }]);
  });
});
