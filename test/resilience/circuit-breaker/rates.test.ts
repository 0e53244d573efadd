import {
  anyOf,
  CircuitBreaker,
  type CircuitBreakerOptions,
  consecutiveFailures,
  failureRate,
  slowCallRate,
  type TripRule,
} from 'breakwater/circuit-breaker';
import { InvalidOptionsError, systemClock } from 'breakwater/core';
import { describe, expect, it } from 'vitest';
import { held, setup } from './setup.js';

function issuesOf(make: () => unknown): string[] {
  try {
    make();
  } catch (error) {
    if (error instanceof InvalidOptionsError) return error.issues.map(({ path }) => path);
    throw error;
  }
  throw new Error('it was accepted');
}

describe('failureRate', () => {
  it('RES-C02 exactly half of the calls at the minimum opens, whichever way round they come', async () => {
    for (const order of ['ffss', 'ssff', 'fsfs']) {
      const { breaker, succeed, fail } = setup({ trip: failureRate({ ratio: 0.5, minimumCalls: 4 }) });
      for (const outcome of order) await (outcome === 'f' ? fail() : succeed());
      expect(breaker.state, order).toBe('OPEN');
      expect(breaker.snapshot().reason).toBe('failure-rate');
    }
  });

  it.each([0.07, 0.1, 0.29, 0.3, 0.57, 0.7])('RES-C02 the boundary of %d belongs to the failures', async (ratio) => {
    const { breaker, failTimes, succeed } = setup({ trip: failureRate({ ratio, lastCalls: 100, minimumCalls: 100 }) });
    const failures = Math.round(ratio * 100);
    await failTimes(failures - 1);
    for (let i = failures; i <= 100; i++) await succeed();
    expect(breaker.state).toBe('CLOSED');
    breaker.reset();
    await failTimes(failures);
    for (let i = failures; i < 100; i++) await succeed();
    expect(breaker.state).toBe('OPEN');
  });

  it('RES-C03 says nothing below the minimum of calls, 20 by default', async () => {
    const { breaker, failTimes } = setup({ trip: failureRate() });
    await failTimes(19);
    expect(breaker.state).toBe('CLOSED');
    expect(breaker.snapshot().rates).toEqual([{ rule: 'failure-rate', calls: 19, ratio: 1 }]);
    await failTimes(1);
    expect(breaker.state).toBe('OPEN');
    expect(breaker.snapshot()).not.toHaveProperty('rates');
  });

  it('RES-C03 the minimum is the window itself where that is shorter', async () => {
    const { breaker, failTimes } = setup({ trip: failureRate({ lastCalls: 3 }) });
    await failTimes(2);
    expect(breaker.state).toBe('CLOSED');
    await failTimes(1);
    expect(breaker.state).toBe('OPEN');
  });

  it('RES-C04 only the last calls count', async () => {
    const { breaker, failTimes, succeed } = setup({ trip: failureRate({ ratio: 0.75, lastCalls: 4 }) });
    await failTimes(2);
    for (let i = 0; i < 2; i++) await succeed();
    await failTimes(2);
    expect(breaker.snapshot().rates).toEqual([{ rule: 'failure-rate', calls: 4, ratio: 0.5 }]);
    await failTimes(1);
    expect(breaker.snapshot().state).toBe('OPEN');
  });

  it('RES-C05 after a pause longer than the window nothing is held against the dependency', async () => {
    const { breaker, clock, failTimes } = setup({ trip: failureRate({ minimumCalls: 5, windowMs: 10_000 }) });
    await failTimes(4);
    clock.advance(3_600_000);
    await failTimes(4);
    expect(breaker.snapshot()).toMatchObject({ state: 'CLOSED', rates: [{ calls: 4 }] });
    clock.advance(10_001);
    expect(breaker.snapshot().rates).toEqual([{ rule: 'failure-rate', calls: 0, ratio: 0 }]);
  });

  it('RES-C07 calls in flight do not dilute the rate', async () => {
    const { breaker, failTimes } = setup({ trip: failureRate({ minimumCalls: 50 }) });
    const gate = held();
    const running = Array.from({ length: 100 }, () => breaker.execute(() => gate.promise));
    await failTimes(50);
    expect(breaker.state).toBe('OPEN');
    gate.resolve('late');
    await Promise.all(running);
  });

  it('RES-C08 refused, disabled and ignored calls never enter the rate', async () => {
    const { breaker, succeed, fail } = setup({
      trip: failureRate({ minimumCalls: 2 }),
      classify: ({ error, failed }) => (error === 'skip' ? 'ignore' : failed ? 'failure' : 'success'),
    });
    const handle = breaker.isolate();
    await fail();
    handle[Symbol.dispose]();
    breaker.disable();
    await fail();
    await fail();
    breaker.enable();
    await fail('skip');
    await succeed();
    expect(breaker.snapshot().rates).toEqual([{ rule: 'failure-rate', calls: 1, ratio: 0 }]);
  });

  it('RES-H11 a half-open circuit decides below the minimum of calls', async () => {
    const { breaker, clock, fail, failTimes, succeed } = setup({ trip: failureRate({ minimumCalls: 10 }) });
    await failTimes(10);
    clock.advance(60_000);
    await fail();
    expect(breaker.state).toBe('OPEN');
    clock.advance(60_000);
    await succeed();
    expect(breaker.state).toBe('CLOSED');
  });

  it('RES-H13 after closing the windows start empty', async () => {
    const { breaker, clock, failTimes, succeed } = setup({ trip: failureRate({ minimumCalls: 4, lastCalls: 8 }) });
    await failTimes(4);
    clock.advance(60_000);
    await succeed();
    await failTimes(3);
    expect(breaker.snapshot()).toMatchObject({ state: 'CLOSED', rates: [{ calls: 3, ratio: 1 }] });
  });

  it('RES-O01 the cause is the latest error, also when a success made the number of calls full', async () => {
    const { failTimes, fail, succeed } = setup({ trip: failureRate({ minimumCalls: 4 }) });
    const cause = new Error('the latest');
    await failTimes(2);
    await fail(cause);
    await succeed();
    expect(await fail()).toMatchObject({ code: 'BREAKWATER_CIRCUIT_OPEN', cause });
  });

  it('RES-O05 a monotonic clock that is set back changes nothing in the window', async () => {
    const { breaker, clock, failTimes } = setup({ trip: failureRate({ minimumCalls: 4, windowMs: 10_000 }) });
    await failTimes(2);
    clock.set(-1_000_000);
    await failTimes(1);
    expect(breaker.snapshot().rates).toMatchObject([{ calls: 3 }]);
    await failTimes(1);
    expect(breaker.state).toBe('OPEN');
    clock.set(60_999);
    expect(breaker.state).toBe('OPEN');
    clock.set(61_000);
    expect(breaker.state).toBe('HALF_OPEN');
  });

  it('reads no clock where only the number of calls counts', async () => {
    let reads = 0;
    const clock = {
      ...systemClock,
      now: () => {
        reads++;
        return 0;
      },
    };
    for (const trip of [failureRate({ lastCalls: 10 }), consecutiveFailures(5)]) {
      const breaker = new CircuitBreaker({ clock, trip });
      await breaker.execute(() => 1);
      await breaker.attempt(() => Promise.reject(new Error('down')));
      expect(reads).toBe(0);
    }
  });
});

describe('trip rules', () => {
  it('consecutiveFailures is failureThreshold by another name', async () => {
    const { breaker, failTimes } = setup({ trip: consecutiveFailures(3) });
    await failTimes(2);
    expect(breaker.state).toBe('CLOSED');
    await failTimes(1);
    expect(breaker.snapshot()).toMatchObject({ state: 'OPEN', reason: 'failure-threshold' });
  });

  it('anyOf opens by whichever comes first, and may be nested', async () => {
    const trip = anyOf(
      anyOf(consecutiveFailures(9), consecutiveFailures(3)),
      failureRate({ minimumCalls: 6, lastCalls: 6 }),
    );
    const a = setup({ trip });
    await a.failTimes(3);
    expect(a.breaker.snapshot()).toMatchObject({ state: 'OPEN', reason: 'failure-threshold' });
    const b = setup({ trip });
    for (let i = 0; i < 3; i++) {
      await b.fail();
      await b.succeed();
    }
    expect(b.breaker.snapshot()).toMatchObject({ state: 'OPEN', reason: 'failure-rate' });
  });

  it('RES-M09 two breakers may share a rule; each counts by itself', async () => {
    const trip = failureRate({ minimumCalls: 2 });
    const [a, b] = [setup({ trip }), setup({ trip })];
    await a.failTimes(2);
    await b.failTimes(1);
    expect([a.breaker.state, b.breaker.state]).toEqual(['OPEN', 'CLOSED']);
    expect(Object.isFrozen(trip)).toBe(true);
  });

  it('RES-M09 what is done to the options afterwards changes nothing', async () => {
    const rate = { minimumCalls: 2, lastCalls: 4, ratio: 1 };
    const options = {
      trip: failureRate(rate),
      recoveryTimeoutMs: 1_000,
      halfOpen: { maxCalls: 1 },
      recoveryBackoff: { factor: 2, maxMs: 4_000 },
      classify: undefined as CircuitBreakerOptions['classify'],
    };
    const { breaker, clock, failTimes } = setup(options);
    Object.assign(rate, { minimumCalls: 1 });
    Object.assign(options, { trip: consecutiveFailures(1), recoveryTimeoutMs: 1, classify: () => 'success' });
    Object.assign(options.halfOpen, { maxCalls: 9 });
    Object.assign(options.recoveryBackoff, { factor: 1 });
    await failTimes(1);
    expect(breaker.state).toBe('CLOSED');
    await failTimes(1);
    expect(breaker.snapshot().remainingMs).toBe(1_000);
    clock.advance(1_000);
    expect([breaker.tryAcquire() === undefined, breaker.tryAcquire()]).toEqual([false, undefined]);
    breaker.reset();
  });

  it('says what is wrong with a rule where it is made', () => {
    expect(issuesOf(() => consecutiveFailures(0))).toEqual(['failures']);
    expect(issuesOf(() => consecutiveFailures(1.5))).toEqual(['failures']);
    expect(issuesOf(() => failureRate({ ratio: 0 }))).toEqual(['ratio']);
    expect(issuesOf(() => failureRate({ ratio: 1.1, minimumCalls: 0, windowMs: 0.5, lastCalls: 2e6 }))).toEqual([
      'ratio',
      'minimumCalls',
      'windowMs',
      'lastCalls',
    ]);
    expect(issuesOf(() => failureRate({ windowMs: 1_000, lastCalls: 30 }))).toEqual(['lastCalls']);
    expect(issuesOf(() => failureRate({ minimumCalls: 11, lastCalls: 10 }))).toEqual(['lastCalls']);
    expect(issuesOf(() => failureRate({ window: 5 } as never))).toEqual(['window']);
    expect(issuesOf(() => slowCallRate({} as never))).toEqual(['slowAfterMs']);
    expect(issuesOf(() => slowCallRate({ slowAfterMs: NaN }))).toEqual(['slowAfterMs']);
    expect(issuesOf(() => anyOf())).toEqual(['']);
    expect(issuesOf(() => anyOf(consecutiveFailures(1), { kind: 'trip-rule' }))).toEqual(['rule 2']);
  });

  it('says what is wrong with the options of a breaker together', () => {
    const make = (options: CircuitBreakerOptions) => () => new CircuitBreaker(options);
    expect(issuesOf(make({ trip: failureRate(), failureThreshold: 5 }))).toEqual(['trip']);
    expect(make({ trip: { kind: 'trip-rule' } })).toThrow('trip must be made by consecutiveFailures, failureRate');
    expect(issuesOf(make({ trip: 5 as unknown as TripRule }))).toEqual(['trip']);
    expect(issuesOf(make({ recoveryBackoff: { factor: 0.5, maxMs: -1, jitter: 2 } }))).toEqual([
      'recoveryBackoff.factor',
      'recoveryBackoff.maxMs',
      'recoveryBackoff.jitter',
    ]);
    expect(issuesOf(make({ recoveryBackoff: { factor: 2, maxMs: 59_999 } }))).toEqual(['recoveryBackoff.maxMs']);
    expect(issuesOf(make({ recoveryBackoff: {} as never }))).toEqual([
      'recoveryBackoff.factor',
      'recoveryBackoff.maxMs',
    ]);
    expect(issuesOf(make({ rampUp: { fromRatio: 0, overMs: 0 } }))).toEqual(['rampUp.fromRatio', 'rampUp.overMs']);
    expect(issuesOf(make({ maxThrottleMs: 0, mode: 'enforced' as never, random: {} as never }))).toEqual([
      'maxThrottleMs',
      'mode',
      'random',
    ]);
  });
});
