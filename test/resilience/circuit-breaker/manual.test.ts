import {
  anyOf,
  CircuitBreaker,
  type CircuitBreakerOptions,
  type CircuitStateChange,
  consecutiveFailures,
  slowCallRate,
} from 'breakwater/circuit-breaker';
import { HealthStatus, InvalidOptionsError } from 'breakwater/core';
import { describe, expect, it } from 'vitest';
import { setup } from './setup.js';

describe('CircuitBreaker by hand', () => {
  it('RES-M01 isolation is counted; a handle works once; running calls change nothing', async () => {
    const { breaker, succeed } = setup();
    const running = breaker.tryAcquire();
    const [a, b] = [breaker.isolate('deploy'), breaker.isolate()];
    expect(await breaker.attempt(() => 1)).toMatchObject({ rejected: true, error: { state: 'ISOLATED' } });
    a[Symbol.dispose]();
    a[Symbol.dispose]();
    expect(breaker.state).toBe('ISOLATED');
    expect(running?.success()).toBe(false);
    expect(breaker.state).toBe('ISOLATED');
    b[Symbol.dispose]();
    expect(breaker.state).toBe('CLOSED');
    await expect(succeed()).resolves.toBe('fine');
  });

  it('RES-M01 reset lifts every isolation, and the old handles do nothing to later ones', () => {
    const { breaker } = setup();
    const old = breaker.isolate();
    breaker.reset();
    expect(breaker.state).toBe('CLOSED');
    breaker.isolate();
    old[Symbol.dispose]();
    expect(breaker.state).toBe('ISOLATED');
  });

  it('RES-M03 disabled lets everything through uncounted and silently; enabling starts afresh', async () => {
    const { breaker, fail, failTimes, trip } = setup();
    await trip();
    const told: unknown[] = [];
    breaker.on('failure', (event) => told.push(event));
    breaker.disable();
    const old = breaker.tryAcquire();
    await failTimes(20);
    expect(await fail('same')).toBe('same');
    expect(breaker.snapshot()).toMatchObject({ state: 'DISABLED', counts: { failures: 5 } });
    expect(told).toEqual([]);
    breaker.enable();
    expect(old?.failure()).toBe(false);
    await failTimes(4);
    expect(breaker.state).toBe('CLOSED');
  });

  it('RES-M03 isolating a disabled circuit refuses; lifting it leaves it disabled', async () => {
    const { breaker } = setup();
    breaker.disable();
    const handle = breaker.isolate();
    expect(breaker.tryAcquire()).toBeUndefined();
    handle[Symbol.dispose]();
    expect(breaker.state).toBe('DISABLED');
  });

  it('RES-M04 has nothing to stop: no timer in any state, nothing that goes on by itself', async () => {
    const { breaker, clock, trip, toHalfOpen } = setup({
      trip: anyOf(consecutiveFailures(5), slowCallRate({ slowAfterMs: 1 })),
      rampUp: { fromRatio: 0.5, overMs: 1_000 },
    });
    const pending = [clock.pending];
    breaker.tryAcquire();
    await trip();
    pending.push(clock.pending);
    breaker.reset();
    await toHalfOpen();
    breaker.tryAcquire()?.success();
    pending.push(clock.pending);
    breaker.isolate();
    pending.push(clock.pending);
    expect(pending).toEqual([0, 0, 0, 0]);
    expect(['dispose', Symbol.dispose, 'close'].filter((name) => name in breaker)).toEqual([]);
  });

  it('RES-M05 going where it is already emits nothing', () => {
    const { breaker } = setup();
    const changes: CircuitStateChange[] = [];
    breaker.on('stateChange', (change) => changes.push(change));
    breaker.reset();
    breaker.enable();
    breaker.disable();
    breaker.disable();
    breaker.isolate();
    breaker.isolate();
    breaker.reset();
    expect(changes.map(({ to }) => to)).toEqual(['DISABLED', 'ISOLATED', 'CLOSED']);
  });

  it('reset voids what is running', () => {
    const { breaker } = setup();
    const lease = breaker.tryAcquire();
    breaker.reset();
    expect(lease?.failure()).toBe(false);
  });

  it('RES-M06 a listener that throws changes no outcome; later ones run; it is reported later', async () => {
    const { breaker, reported, fail, succeed } = setup({ failureThreshold: 1 });
    const heard: string[] = [];
    const thrown = new Error('listener');
    for (const type of ['success', 'failure', 'stateChange', 'rejected'] as const) {
      breaker.on(type, () => {
        throw thrown;
      });
      breaker.on(type, () => heard.push(type));
    }
    await expect(succeed()).resolves.toBe('fine');
    const error = new Error('down');
    expect(await fail(error)).toBe(error);
    expect(await fail()).toMatchObject({ code: 'BREAKWATER_CIRCUIT_OPEN', cause: error });
    expect(heard).toEqual(['success', 'stateChange', 'failure', 'rejected']);
    expect(reported).toEqual([thrown]);
  });

  it('RES-M07 a listener may use the breaker, sees the new state, and order is that of the transitions', async () => {
    const { breaker, trip } = setup();
    const seen: string[] = [];
    breaker.on('stateChange', ({ to }) => {
      seen.push(`first ${to} ${breaker.state}`);
      if (to === 'OPEN') breaker.reset();
    });
    breaker.on('stateChange', ({ to }) => seen.push(`second ${to}`));
    await trip();
    expect(seen).toEqual(['first OPEN OPEN', 'second OPEN', 'first CLOSED CLOSED', 'second CLOSED']);
    expect(breaker.state).toBe('CLOSED');
  });

  it("RES-M09 the caller's options are only read, and may be shared", async () => {
    const options: CircuitBreakerOptions = Object.freeze({
      failureThreshold: 1,
      halfOpen: Object.freeze({ maxCalls: 2 }),
    });
    const [a, b] = [new CircuitBreaker(options), new CircuitBreaker(options)];
    await a.attempt(() => Promise.reject(new Error('down')));
    expect([a.state, b.state]).toEqual(['OPEN', 'CLOSED']);
    expect(options).toEqual({ failureThreshold: 1, halfOpen: { maxCalls: 2 } });
  });

  it('names every wrong option at once, and what was probably meant', () => {
    const make = (): CircuitBreaker =>
      new CircuitBreaker({
        failureTreshold: 3,
        failureThreshold: 0,
        halfOpen: { maxWaitMs: -1, maxCall: 1 },
        mode: 'shadowy',
      } as never);
    expect(make).toThrow(InvalidOptionsError);
    try {
      make();
    } catch (error) {
      expect((error as InvalidOptionsError).issues.map(({ path }) => path).sort()).toEqual([
        'failureThreshold',
        'failureTreshold',
        'halfOpen.maxCall',
        'halfOpen.maxWaitMs',
        'mode',
      ]);
      expect((error as Error).message).toContain('did you mean failureThreshold?');
    }
    expect(() => new CircuitBreaker({ halfOpen: { maxWaitMs: 0 } })).toThrow('halfOpen.maxWaitMs must be more than 0');
    expect(() => new CircuitBreaker({ failureThreshold: undefined })).not.toThrow();
  });

  it('shows state in health, metrics and subscribed events, without secrets', async () => {
    const { breaker, fail, trip } = setup({ name: 'db', failureThreshold: 1 });
    const events: unknown[] = [];
    const stop = breaker.subscribe((event) => events.push(event));
    expect(breaker.health()).toEqual({ status: HealthStatus.HEALTHY });
    await fail(new Error('postgres://app:hunter2@db/app refused password=hunter2'));
    await fail();
    expect(breaker.health()).toEqual({ status: HealthStatus.DEGRADED, message: 'circuit is OPEN' });
    expect(JSON.stringify([events, breaker.snapshot()])).not.toContain('hunter2');
    expect(events).toMatchObject([
      { type: 'stateChange', level: 'error', data: { from: 'CLOSED', to: 'OPEN', cause: { name: 'Error' } } },
      { type: 'rejected', level: 'warn', data: { state: 'OPEN' } },
    ]);
    const samples = [...breaker.metrics()];
    expect(samples).toContainEqual(
      expect.objectContaining({ name: 'breakwater_circuit_state', value: 1, labels: { breaker: 'db', state: 'OPEN' } }),
    );
    expect(samples).toContainEqual(
      expect.objectContaining({
        name: 'breakwater_circuit_calls_total',
        value: 1,
        labels: { breaker: 'db', outcome: 'rejected' },
      }),
    );
    stop();
    breaker.reset();
    await trip();
    expect(events).toHaveLength(2);
  });

  it('says why it is isolated, redacted', () => {
    const { breaker } = setup();
    breaker.isolate('deploy token=abcd1234');
    expect(breaker.health().message).toBe('circuit is ISOLATED: deploy token=[secret]');
    breaker.reset();
    expect(breaker.snapshot()).not.toHaveProperty('isolatedBecause');
  });

  it('a snapshot is plain JSON, also after errors that cannot be read', async () => {
    const { breaker, fail } = setup();
    const hostile = new Proxy(
      {},
      {
        get: () => {
          throw new Error('no');
        },
      },
    );
    for (const error of [hostile, null, 5n, Symbol('s'), { message: 'x'.repeat(10_000) }]) {
      // A promise cannot be resolved with the first of them: that reads its `then`.
      await fail(error).catch(() => undefined);
      const snapshot = breaker.snapshot();
      expect(snapshot.counts.consecutiveFailures).toBe(1);
      expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot);
      expect(snapshot.lastError?.message.length ?? 0).toBeLessThanOrEqual(200);
      breaker.reset();
    }
  });

  it('tells durations to those who listen', async () => {
    const { breaker, clock } = setup();
    const told: unknown[] = [];
    breaker.on('success', (event) => told.push(event));
    breaker.on('failure', (event) => told.push(event));
    await breaker.execute(() => {
      clock.advance(12);
    });
    await breaker.attempt(() => {
      clock.advance(7);
      throw new Error('down');
    });
    expect(told).toEqual([{ durationMs: 12 }, { error: new Error('down'), durationMs: 7 }]);
  });
});

describe('the reason of an isolation', () => {
  it('is the latest of those that hold', () => {
    const breaker = new CircuitBreaker();
    const first = breaker.isolate('first');
    const silent = breaker.isolate();
    const second = breaker.isolate('second');
    expect(breaker.snapshot().isolatedBecause).toBe('second');
    second[Symbol.dispose]();
    expect(breaker.health().message).toBe('circuit is ISOLATED: first');
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    expect([breaker.state, breaker.snapshot().isolatedBecause]).toEqual(['ISOLATED', undefined]);
    silent[Symbol.dispose]();
    expect(breaker.state).toBe('CLOSED');
  });
});
