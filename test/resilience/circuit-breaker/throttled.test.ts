import type { CircuitStateChange, Verdict } from 'breakwater/circuit-breaker';
import { InvalidArgumentError } from 'breakwater/core';
import { describe, expect, it } from 'vitest';
import { setup } from './setup.js';

interface Answer {
  readonly status: number;
  readonly retryAfterMs?: number;
}

/** A rule for HTTP: 429 and 503 say when to come back. */
function classify({ failed, result, error }: { failed: boolean; result?: unknown; error?: unknown }): Verdict {
  const { status, retryAfterMs } = (failed ? error : result) as Answer;
  if (retryAfterMs !== undefined) return { throttledMs: retryAfterMs };
  return status >= 500 ? 'failure' : 'success';
}

describe('throttling', () => {
  it('RES-O11 opens until the moment that the dependency named, without counting a failure', async () => {
    const { breaker, clock } = setup({ classify });
    const changes: CircuitStateChange[] = [];
    const outcomes: unknown[] = [];
    breaker.on('stateChange', (change) => changes.push(change));
    breaker.on('failure', (event) => outcomes.push(event));
    breaker.on('success', (event) => outcomes.push(event));
    const answer = { status: 429, retryAfterMs: 90_000 };
    await expect(breaker.execute(() => answer)).resolves.toBe(answer);
    expect(changes).toEqual([{ breaker: 'default', from: 'CLOSED', to: 'OPEN', reason: 'throttled' }]);
    expect(outcomes).toEqual([]);
    expect(breaker.snapshot()).toMatchObject({
      state: 'OPEN',
      remainingMs: 90_000,
      breaks: 0,
      counts: { throttled: 1, failures: 0, successes: 0, consecutiveFailures: 0, inFlight: 0 },
    });
    clock.advance(89_999);
    expect(await breaker.attempt(() => answer)).toMatchObject({ rejected: true, retryAfterMs: 1 });
    clock.advance(1);
    expect(breaker.state).toBe('HALF_OPEN');
    expect([...breaker.metrics()]).toContainEqual(
      expect.objectContaining({ value: 1, labels: { breaker: 'default', outcome: 'throttled' } }),
    );
  });

  it('RES-O11 an error that asks for it is thrown as it is, and is the cause of refusals', async () => {
    const { breaker, fail } = setup({ classify });
    const error = Object.assign(new Error('slow down'), { status: 503, retryAfterMs: 1_000 });
    expect(await fail(error)).toBe(error);
    expect(await fail()).toMatchObject({ code: 'BREAKWATER_CIRCUIT_OPEN', cause: error, retryAfterMs: 1_000 });
    expect(breaker.snapshot().counts).toMatchObject({ throttled: 1, failures: 0 });
  });

  it('RES-O11 a failed call before it is not the cause', async () => {
    const { breaker, fail } = setup({ classify });
    await fail(Object.assign(new Error('down'), { status: 500 }));
    await breaker.execute(() => ({ status: 429, retryAfterMs: 5 }));
    expect(await fail()).not.toHaveProperty('cause');
  });

  it.each([
    [Infinity, 600_000, undefined],
    [1e12, 2_000, 2_000],
    [700, 700, 2_000],
    [0, 0, 2_000],
  ])('RES-O11 a wish for %d ms is a break of %d ms', async (throttledMs, breakMs, maxThrottleMs) => {
    const { breaker, clock } = setup({ classify: () => ({ throttledMs }), maxThrottleMs });
    await breaker.execute(() => 1);
    if (breakMs > 0) {
      expect(breaker.snapshot().remainingMs).toBe(breakMs);
      clock.advance(breakMs - 1);
      expect(breaker.state).toBe('OPEN');
      clock.advance(1);
    }
    expect(breaker.state).toBe('HALF_OPEN');
  });

  it('RES-O11 RES-O10 a probe that is throttled opens again, and the breaks do not grow by it', async () => {
    const { breaker, clock, failTimes, fail, toHalfOpen } = setup({
      failureThreshold: 1,
      recoveryTimeoutMs: 1_000,
      recoveryBackoff: { factor: 2, maxMs: 60_000 },
    });
    await toHalfOpen();
    expect(breaker.tryAcquire()?.throttled(5_000)).toBe(true);
    expect(breaker.snapshot()).toMatchObject({ state: 'OPEN', reason: 'throttled', remainingMs: 5_000, breaks: 1 });
    clock.advance(5_000);
    await fail();
    expect(breaker.snapshot()).toMatchObject({ state: 'OPEN', remainingMs: 2_000, breaks: 2 });
    clock.advance(2_000);
    expect(breaker.tryAcquire()?.success()).toBe(true);
    await failTimes(1);
    expect(breaker.snapshot()).toMatchObject({ remainingMs: 1_000, breaks: 1 });
  });

  it('RES-O11 one of an earlier state is void', () => {
    const { breaker } = setup();
    const [a, b] = [breaker.tryAcquire(), breaker.tryAcquire()];
    expect(a?.throttled(1_000)).toBe(true);
    expect(b?.throttled(900_000)).toBe(false);
    expect(breaker.snapshot()).toMatchObject({ remainingMs: 1_000, counts: { throttled: 1, stale: 1 } });
  });

  it('a lease refuses what is no wait, and can then still be answered', () => {
    const { breaker } = setup();
    const lease = breaker.tryAcquire();
    for (const wrong of [-1, NaN, '5', undefined]) {
      expect(() => lease?.throttled(wrong as number)).toThrow(InvalidArgumentError);
    }
    expect(breaker.snapshot().counts.inFlight).toBe(1);
    expect(lease?.throttled(Infinity)).toBe(true);
    expect(breaker.snapshot()).toMatchObject({ remainingMs: 600_000, counts: { inFlight: 0 } });
  });

  it('an answer of classify that is no wait is reported, and the default judges', async () => {
    for (const throttledMs of [-1, NaN, '5', undefined]) {
      const { breaker, reported, succeed } = setup({ classify: () => ({ throttledMs }) as never });
      await succeed();
      expect(breaker.snapshot()).toMatchObject({ state: 'CLOSED', counts: { successes: 1, throttled: 0 } });
      await Promise.resolve();
      expect(reported).toMatchObject([{ code: 'BREAKWATER_INVALID_ARGUMENT' }]);
    }
  });
});
