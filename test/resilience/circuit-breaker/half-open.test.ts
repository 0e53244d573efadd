import type { CircuitStateChange } from 'breakwater/circuit-breaker';
import { describe, expect, it } from 'vitest';
import { held, setup } from './setup.js';

describe('CircuitBreaker half-open', () => {
  it.each([1, 3])('RES-H01 admits at most %i probes, the call that made the transition included', async (maxCalls) => {
    const { breaker, toHalfOpen } = setup({ halfOpen: { maxCalls, successesToClose: maxCalls } });
    await toHalfOpen();
    const leases = Array.from({ length: maxCalls + 5 }, () => breaker.tryAcquire());
    expect(leases.filter((lease) => lease !== undefined)).toHaveLength(maxCalls);
    for (const lease of leases.slice(0, maxCalls)) expect(lease?.success()).toBe(true);
    expect(breaker.state).toBe('CLOSED');
  });

  it('RES-H02 calls beyond the probes are refused at once, saying how long the probe may take', async () => {
    const { breaker, clock, toHalfOpen } = setup({ halfOpen: { maxWaitMs: 10_000 } });
    await toHalfOpen();
    const gate = held();
    const probe = breaker.execute(() => gate.promise);
    clock.advance(4_000);
    expect(await breaker.attempt(() => 1)).toMatchObject({
      rejected: true,
      retryAfterMs: 6_000,
      error: { state: 'HALF_OPEN' },
    });
    gate.resolve('ok');
    await expect(probe).resolves.toBe('ok');
    expect(breaker.state).toBe('CLOSED');
  });

  it.each([
    [9_999, 'HALF_OPEN'],
    [10_000, 'OPEN'],
  ])('RES-H03 a probe unanswered for %i ms leaves the circuit %s', async (ms, state) => {
    const { breaker, clock, toHalfOpen } = setup({ halfOpen: { maxWaitMs: 10_000 } });
    await toHalfOpen();
    const lease = breaker.tryAcquire();
    clock.advance(ms);
    expect(breaker.state).toBe(state);
    expect(lease?.success()).toBe(state === 'HALF_OPEN');
    expect(breaker.state).toBe(state === 'HALF_OPEN' ? 'CLOSED' : 'OPEN');
  });

  it("RES-H03 the new break counts from the probe's deadline, also when nobody looked until later", async () => {
    const { breaker, clock, toHalfOpen } = setup({ halfOpen: { maxWaitMs: 10_000 } });
    const changes: CircuitStateChange[] = [];
    await toHalfOpen();
    breaker.tryAcquire();
    breaker.on('stateChange', (change) => changes.push(change));
    clock.advance(70_000);
    expect(breaker.state).toBe('HALF_OPEN');
    expect(changes.map(({ to, reason }) => [to, reason])).toEqual([
      ['OPEN', 'probe-expired'],
      ['HALF_OPEN', 'recovery-timeout'],
    ]);
  });

  it.each([
    [60_000, 30_000],
    [10_000, 10_000],
  ])('RES-H03 with a break of %i ms a probe has %i ms by default', async (recoveryTimeoutMs, waitMs) => {
    const { breaker, clock, toHalfOpen } = setup({ recoveryTimeoutMs });
    await toHalfOpen();
    breaker.tryAcquire();
    clock.advance(waitMs - 1);
    expect(breaker.state).toBe('HALF_OPEN');
    clock.advance(1);
    expect(breaker.state).toBe('OPEN');
  });

  it('RES-H05 a cancelled probe neither closes nor re-opens, and frees its place', async () => {
    const { breaker, toHalfOpen } = setup();
    await toHalfOpen();
    const controller = new AbortController();
    const gate = held();
    const probe = breaker.execute(() => gate.promise, { signal: controller.signal });
    controller.abort();
    gate.reject(new Error('aborted'));
    await expect(probe).rejects.toThrow('aborted');
    expect(breaker.state).toBe('HALF_OPEN');
    await expect(breaker.execute(() => 'next')).resolves.toBe('next');
    expect(breaker.state).toBe('CLOSED');
  });

  it('RES-H05 a cancelled probe that answers all the same does not close', async () => {
    const { breaker, toHalfOpen } = setup();
    await toHalfOpen();
    const controller = new AbortController();
    const gate = held();
    const probe = breaker.execute(() => gate.promise, { signal: controller.signal });
    controller.abort();
    gate.resolve('answer');
    await expect(probe).resolves.toBe('answer');
    expect(breaker.state).toBe('HALF_OPEN');
  });

  it('RES-H05 a cancelled probe that never settles gives its place back at its deadline, without a failure', async () => {
    const { breaker, clock, toHalfOpen } = setup();
    await toHalfOpen();
    const controller = new AbortController();
    void breaker.execute(() => held().promise, { signal: controller.signal });
    controller.abort();
    expect(breaker.tryAcquire()).toBeUndefined();
    clock.advance(30_000);
    expect(breaker.state).toBe('HALF_OPEN');
    expect(breaker.tryAcquire()).toBeDefined();
  });

  it('RES-H06 a failure of a call admitted while closed is void in half-open', async () => {
    const { breaker, toHalfOpen } = setup();
    const old = breaker.tryAcquire();
    await toHalfOpen();
    expect(breaker.state).toBe('HALF_OPEN');
    expect(old?.failure(new Error('old'))).toBe(false);
    expect(breaker.state).toBe('HALF_OPEN');
  });

  it('RES-H07 a success of a call admitted while closed is void in half-open', async () => {
    const { breaker, toHalfOpen } = setup();
    const gate = held();
    const old = breaker.execute(() => gate.promise);
    await toHalfOpen();
    expect(breaker.state).toBe('HALF_OPEN');
    gate.resolve('old');
    await expect(old).resolves.toBe('old');
    expect(breaker.state).toBe('HALF_OPEN');
  });

  it('RES-H08 an answer of an earlier half-open period is void and frees no place', async () => {
    const { breaker, clock, toHalfOpen } = setup({ halfOpen: { maxWaitMs: 5_000 } });
    await toHalfOpen();
    const first = breaker.tryAcquire();
    clock.advance(65_000);
    const second = breaker.tryAcquire();
    expect(second).toBeDefined();
    expect(first?.success()).toBe(false);
    expect(first?.ignore()).toBe(false);
    expect(breaker.tryAcquire()).toBeUndefined();
    expect(breaker.state).toBe('HALF_OPEN');
    expect(second?.success()).toBe(true);
    expect(breaker.state).toBe('CLOSED');
  });

  it('RES-H09 after one probe failed the success of another changes nothing', async () => {
    const { breaker, toHalfOpen } = setup({ halfOpen: { maxCalls: 2 } });
    await toHalfOpen();
    const [a, b] = [breaker.tryAcquire(), breaker.tryAcquire()];
    expect(a?.failure(new Error('still down'))).toBe(true);
    expect(b?.success()).toBe(false);
    expect(breaker.state).toBe('OPEN');
  });

  it('RES-H10 closes on the last success that it takes, also one after the other', async () => {
    const { breaker, succeed, toHalfOpen } = setup({ halfOpen: { maxCalls: 1, successesToClose: 3 } });
    await toHalfOpen();
    await succeed();
    await succeed();
    expect(breaker.state).toBe('HALF_OPEN');
    await succeed();
    expect(breaker.state).toBe('CLOSED');
  });

  it('RES-H12 probes are judged by the same classify', async () => {
    const { breaker, toHalfOpen } = setup({ classify: ({ error }) => (error === 'fine' ? 'success' : 'failure') });
    await toHalfOpen();
    await breaker.attempt(() => Promise.reject('fine' as unknown as Error));
    expect(breaker.state).toBe('CLOSED');
  });

  it('RES-H13 after closing the count starts empty', async () => {
    const { breaker, succeed, failTimes, toHalfOpen } = setup();
    await toHalfOpen();
    await succeed();
    await failTimes(4);
    expect(breaker.state).toBe('CLOSED');
    await failTimes(1);
    expect(breaker.state).toBe('OPEN');
  });

  it('RES-H14 a lease says whether its answer counted, and counts once', async () => {
    const { breaker } = setup();
    const lease = breaker.tryAcquire();
    expect(lease?.failure(new Error('x'))).toBe(true);
    expect(lease?.failure(new Error('x'))).toBe(false);
    expect(lease?.success()).toBe(false);
    expect(breaker.snapshot().counts).toMatchObject({ failures: 1, successes: 0, consecutiveFailures: 1 });
  });

  it('lets the cause of a break go when the circuit closes, and keeps what it said', async () => {
    const { breaker, succeed, toHalfOpen } = setup({ failureThreshold: 1 });
    await toHalfOpen();
    await succeed();
    expect(breaker.snapshot()).toMatchObject({ state: 'CLOSED', lastError: { name: 'Error', message: 'down' } });
    expect(breaker.snapshot()).not.toHaveProperty('openedAt');
  });
});
