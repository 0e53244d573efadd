import { anyOf, consecutiveFailures, failureRate, slowCallRate, type Lease } from 'breakwater/circuit-breaker';
import { describe, expect, it } from 'vitest';
import { held, setup } from './setup.js';

const slow = { slowAfterMs: 2_000, minimumCalls: 4, ratio: 0.5 };

describe('slowCallRate', () => {
  it('RES-C18 a slow success is returned and counted slow; the rate at the threshold opens', async () => {
    const { breaker, clock, succeed } = setup({ trip: slowCallRate(slow) });
    const slowly = (): Promise<string> =>
      breaker.execute(() => {
        clock.advance(2_000);
        return 'late but fine';
      });
    await succeed();
    await succeed();
    await expect(slowly()).resolves.toBe('late but fine');
    expect(breaker.snapshot()).toMatchObject({
      state: 'CLOSED',
      rates: [{ rule: 'slow-call-rate', calls: 3 }],
      counts: { successes: 3 },
    });
    await expect(slowly()).resolves.toBe('late but fine');
    expect(breaker.snapshot()).toMatchObject({ state: 'OPEN', reason: 'slow-call-rate' });
  });

  it.each([
    [1_999, 'CLOSED'],
    [2_000, 'OPEN'],
  ])('RES-C18 calls of %i ms leave the circuit %s', async (ms, state) => {
    for (const countInFlight of [true, false]) {
      const { breaker, clock } = setup({ trip: slowCallRate({ ...slow, minimumCalls: 1, countInFlight }) });
      await breaker.execute(() => clock.advance(ms));
      expect(breaker.state).toBe(state);
    }
  });

  it('RES-C18 a call that is slow and fails counts once in each rate', async () => {
    const trip = anyOf(failureRate({ minimumCalls: 10 }), slowCallRate({ ...slow, minimumCalls: 10 }));
    const { breaker, clock, succeed } = setup({ trip });
    await succeed();
    const lease = breaker.tryAcquire();
    clock.advance(2_500);
    expect(breaker.snapshot().rates).toEqual([
      { rule: 'failure-rate', calls: 1, ratio: 0 },
      { rule: 'slow-call-rate', calls: 2, ratio: 0.5 },
    ]);
    expect(lease?.failure(new Error('late'))).toBe(true);
    expect(breaker.snapshot().rates).toEqual([
      { rule: 'failure-rate', calls: 2, ratio: 0.5 },
      { rule: 'slow-call-rate', calls: 2, ratio: 0.5 },
    ]);
  });

  it('RES-C19 calls that never answer open the circuit when the deciding one becomes slow, without a timer', () => {
    const { breaker, clock } = setup({ trip: slowCallRate(slow), recoveryTimeoutMs: 10_000 });
    for (let i = 0; i < 4; i++) {
      void breaker.execute(() => held().promise);
      clock.advance(100);
    }
    clock.advance(1_899);
    expect(breaker.snapshot()).toMatchObject({ state: 'CLOSED', rates: [{ calls: 3, ratio: 1 }] });
    expect(clock.pending).toBe(0);
    clock.advance(1);
    expect(breaker.snapshot()).toMatchObject({ state: 'OPEN', counts: { inFlight: 4 }, remainingMs: 10_000 });
  });

  it('RES-C19 the break begins at that moment, also when nobody looked until later', async () => {
    const { breaker, clock } = setup({ trip: slowCallRate(slow), recoveryTimeoutMs: 10_000 });
    for (let i = 0; i < 4; i++) void breaker.execute(() => held().promise);
    clock.advance(5_000);
    expect(await breaker.attempt(() => 1)).toMatchObject({ rejected: true, retryAfterMs: 7_000 });
    clock.advance(7_000);
    expect(breaker.state).toBe('HALF_OPEN');
  });

  it('RES-C19 finds a dependency that does not answer within a few hundred calls', () => {
    const { breaker, clock } = setup({ trip: slowCallRate({ slowAfterMs: 2_000, ratio: 0.8 }) });
    let exposed = 0;
    while (breaker.state === 'CLOSED') {
      void breaker.execute(() => held().promise);
      exposed++;
      clock.advance(5);
    }
    expect(clock.now()).toBeLessThanOrEqual(1_000 + 2_300);
    expect(exposed).toBeLessThanOrEqual(500);
  });

  it('RES-C19 without countInFlight only the end of a call says that it was slow', () => {
    const { breaker, clock } = setup({ trip: slowCallRate({ ...slow, countInFlight: false }) });
    const leases = Array.from({ length: 4 }, () => breaker.tryAcquire());
    clock.advance(60_000);
    expect(breaker.snapshot()).toMatchObject({ state: 'CLOSED', rates: [{ calls: 0 }] });
    for (const lease of leases) lease?.success();
    expect(breaker.state).toBe('OPEN');
  });

  it('RES-C20 a caller who gave up before the call was found slow changes nothing, afterwards takes nothing back', async () => {
    const { breaker, clock } = setup({ trip: slowCallRate({ ...slow, minimumCalls: 10 }) });
    const call = (signal: AbortSignal) => {
      const gate = held();
      return { gate, running: breaker.attempt(() => gate.promise, { signal }) };
    };
    const [early, late] = [new AbortController(), new AbortController()];
    const calls = [call(early.signal), call(late.signal)];
    clock.advance(1_000);
    early.abort();
    clock.advance(1_000);
    expect(breaker.snapshot().rates).toMatchObject([{ calls: 1, ratio: 1 }]);
    late.abort();
    for (const { gate, running } of calls) {
      gate.resolve('at last');
      await running;
    }
    expect(breaker.snapshot()).toMatchObject({ rates: [{ calls: 1, ratio: 1 }], counts: { ignored: 2, inFlight: 0 } });
  });

  it('a call that was booked while it ran is not booked again at its end', () => {
    const { breaker, clock } = setup({ trip: slowCallRate({ ...slow, minimumCalls: 10 }) });
    const [a, b] = [breaker.tryAcquire(), breaker.tryAcquire()];
    clock.advance(1_999);
    expect(b?.success()).toBe(true);
    clock.advance(1);
    expect(breaker.snapshot().rates).toMatchObject([{ calls: 2, ratio: 0.5 }]);
    clock.advance(9_000);
    expect(a?.success()).toBe(true);
    expect(breaker.snapshot().rates).toMatchObject([{ calls: 2, ratio: 0.5 }]);
  });

  it('a clock that is set back books nothing twice', () => {
    const { breaker, clock } = setup({ trip: slowCallRate({ ...slow, minimumCalls: 10 }) });
    const lease = breaker.tryAcquire();
    clock.advance(2_000);
    expect(breaker.snapshot().rates).toMatchObject([{ calls: 1 }]);
    clock.set(0);
    expect(lease?.success()).toBe(true);
    expect(breaker.snapshot().rates).toMatchObject([{ calls: 1 }]);
  });

  it('several slow rules book each call at their own moments, and the first one due opens', () => {
    const { breaker, clock } = setup({
      trip: anyOf(
        slowCallRate({ slowAfterMs: 3_000, minimumCalls: 2, ratio: 1 }),
        slowCallRate({ slowAfterMs: 1_000, minimumCalls: 3, ratio: 1 }),
        consecutiveFailures(5),
      ),
      recoveryTimeoutMs: 60_000,
    });
    breaker.tryAcquire();
    breaker.tryAcquire();
    clock.advance(500);
    breaker.tryAcquire();
    clock.advance(5_000);
    // At 1,500 ms the third call is slow by the second rule; the first rule would have opened at 3,000 ms.
    expect(breaker.snapshot()).toMatchObject({ state: 'OPEN', remainingMs: 56_000 });
  });

  it('what was admitted before a transition is void, and leaves the later ones alone', () => {
    const { breaker, clock } = setup({ trip: slowCallRate({ ...slow, minimumCalls: 2 }) });
    const old: (Lease | undefined)[] = Array.from({ length: 3 }, () => breaker.tryAcquire());
    breaker.reset();
    const [fresh, other] = [breaker.tryAcquire(), breaker.tryAcquire()];
    for (const lease of old) expect(lease?.failure(new Error('old'))).toBe(false);
    clock.advance(1_000);
    expect([fresh?.success(), other?.success()]).toEqual([true, true]);
    expect(breaker.snapshot()).toMatchObject({
      state: 'CLOSED',
      rates: [{ calls: 2, ratio: 0 }],
      counts: { stale: 3, inFlight: 0 },
    });
    clock.advance(60_000);
    expect(breaker.state).toBe('CLOSED');
  });

  it('carries no cause, since slow calls are no errors', async () => {
    const { breaker, clock, fail } = setup({ trip: slowCallRate({ ...slow, minimumCalls: 2 }) });
    await fail(new Error('unrelated'));
    breaker.tryAcquire();
    clock.advance(2_000);
    const refusal = await fail();
    expect(refusal).toMatchObject({ code: 'BREAKWATER_CIRCUIT_OPEN' });
    expect(refusal).not.toHaveProperty('cause');
  });
});
