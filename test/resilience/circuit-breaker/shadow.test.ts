import { HealthStatus } from 'breakwater/core';
import { describe, expect, it } from 'vitest';
import { setup } from './setup.js';

describe("mode 'shadow'", () => {
  it('refuses nothing, and tells and counts what it would have refused', async () => {
    const { breaker, failTimes, succeed, trip } = setup({ mode: 'shadow', name: 'trial' });
    const told: unknown[] = [];
    breaker.on('rejected', (event) => told.push(event));
    breaker.on('success', () => told.push('success'));
    await trip();
    await expect(succeed()).resolves.toBe('fine');
    await failTimes(2);
    expect(breaker.executeSync(() => 7)).toBe(7);
    expect(told).toEqual(
      Array.from({ length: 4 }, () => ({ breaker: 'trial', state: 'OPEN', retryAfterMs: 60_000, shadow: true })),
    );
    expect(breaker.snapshot()).toMatchObject({
      mode: 'shadow',
      state: 'OPEN',
      counts: { rejected: 4, failures: 5, successes: 0, stale: 0, inFlight: 0 },
    });
  });

  it('goes through the same states, by the outcomes of the same calls', async () => {
    const { breaker, clock, succeed, fail, trip } = setup({ mode: 'shadow' });
    await trip();
    clock.advance(60_000);
    expect(breaker.state).toBe('HALF_OPEN');
    const probe = breaker.tryAcquire();
    const beside = breaker.tryAcquire();
    expect(beside?.failure(new Error('uncounted'))).toBe(false);
    expect(breaker.snapshot().counts).toMatchObject({ probesInFlight: 1, inFlight: 1, rejected: 1 });
    expect(probe?.success()).toBe(true);
    expect(breaker.state).toBe('CLOSED');
    await trip();
    clock.advance(60_000);
    await fail();
    expect(breaker.state).toBe('OPEN');
    clock.advance(60_000);
    await succeed();
    expect(breaker.state).toBe('CLOSED');
  });

  it('does not refuse while isolated or ramping up either', async () => {
    const { breaker, succeed, toHalfOpen } = setup({ mode: 'shadow', rampUp: { fromRatio: 0.1, overMs: 1_000 } });
    const handle = breaker.isolate();
    await expect(succeed()).resolves.toBe('fine');
    handle[Symbol.dispose]();
    await toHalfOpen();
    for (let i = 0; i < 10; i++) await expect(succeed()).resolves.toBe('fine');
    expect(breaker.snapshot().counts).toMatchObject({ rejected: 10, successes: 1 });
  });

  it('is healthy, and says what it would be', async () => {
    const { breaker, trip } = setup({ mode: 'shadow' });
    expect(breaker.health()).toEqual({ status: HealthStatus.HEALTHY });
    await trip();
    expect(breaker.health()).toEqual({
      status: HealthStatus.HEALTHY,
      message: 'circuit would be OPEN, but only watches',
    });
  });
});
