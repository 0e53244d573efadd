import { CircuitBreaker, CircuitOpenError, consecutiveFailures, slowCallRate } from 'breakwater/circuit-breaker';
import { InvalidArgumentError, isBreakwaterError } from 'breakwater/core';
import { describe, expect, it } from 'vitest';
import { held, setup } from './setup.js';

describe('CircuitBreaker counting', () => {
  it('RES-C01 four failures, a success and four failures leave a threshold of five closed', async () => {
    const { breaker, succeed, failTimes, fail } = setup();
    await failTimes(4);
    await succeed();
    await failTimes(4);
    expect(breaker.state).toBe('CLOSED');
    await fail();
    expect(breaker.state).toBe('OPEN');
  });

  it.each([1, 2, 7])(
    'RES-C01 opens on failure %i when that is the threshold, not one earlier',
    async (failureThreshold) => {
      const { breaker, failTimes, fail } = setup({ failureThreshold });
      await failTimes(failureThreshold - 1);
      expect(breaker.state).toBe('CLOSED');
      await fail();
      expect(breaker.state).toBe('OPEN');
    },
  );

  it('RES-C07 a hundred calls in flight do not dilute fifty failures', async () => {
    const { breaker, failTimes } = setup();
    const gate = held();
    const inFlight = Array.from({ length: 100 }, () => breaker.execute(() => gate.promise));
    await failTimes(50);
    expect(breaker.state).toBe('OPEN');
    gate.resolve('late');
    await expect(Promise.all(inFlight)).resolves.toHaveLength(100);
    expect(breaker.state).toBe('OPEN');
  });

  it('RES-C08 refused calls count neither as failure nor as success', async () => {
    const { breaker, trip, fail } = setup();
    await trip();
    await fail();
    await fail();
    expect(breaker.snapshot().counts).toMatchObject({ failures: 5, successes: 0, rejected: 2 });
  });

  it('RES-C09 a refusal by another guard is not a failure of the dependency', async () => {
    const { breaker, fail } = setup({ failureThreshold: 1 });
    await fail(new CircuitOpenError('inner', 'OPEN', { retryAfterMs: 5 }));
    expect(breaker.state).toBe('CLOSED');
    expect(breaker.snapshot().counts).toMatchObject({ failures: 0, ignored: 1 });
  });

  it('RES-C13 a synchronous throw rejects and counts once', async () => {
    const { breaker } = setup();
    const error = new Error('sync');
    const running = breaker.execute(() => {
      throw error;
    });
    await expect(running).rejects.toBe(error);
    expect(breaker.snapshot().counts.failures).toBe(1);
  });

  it.each([undefined, null, 0, '', false, NaN])('RES-C14 a plain %s is a success with that value', async (value) => {
    const { breaker } = setup();
    await expect(breaker.execute(() => value)).resolves.toBe(value);
    expect(breaker.executeSync(() => value)).toBe(value);
    expect(breaker.snapshot().counts).toMatchObject({ successes: 2, failures: 0 });
  });

  it.each([undefined, null, 'text', 0, Symbol('s')])(
    'RES-C15 rejecting with %s settles with the same value',
    async (value) => {
      const { breaker } = setup();
      const reject = (): Promise<never> => Promise.reject(value as unknown as Error);
      await expect(breaker.execute(reject)).rejects.toBe(value);
      expect(breaker.snapshot().counts.failures).toBe(1);
      expect(await breaker.attempt(reject)).toEqual({
        ok: false,
        error: value,
        rejected: false,
      });
    },
  );

  it('RES-C15 a thenable that is no promise settles like one', async () => {
    const { breaker } = setup();
    const thenable = {
      then: (_: unknown, no: (error: unknown) => void) => {
        no('refused');
      },
    };
    await expect(breaker.execute(() => thenable as unknown as PromiseLike<string>)).rejects.toBe('refused');
    expect(breaker.snapshot().counts.failures).toBe(1);
  });

  it('RES-C17 a result that is judged a failure counts, and is returned', async () => {
    const { breaker } = setup({
      failureThreshold: 1,
      classify: ({ failed, result }) => (failed || result === 503 ? 'failure' : 'success'),
    });
    await expect(breaker.execute(() => 503)).resolves.toBe(503);
    expect(breaker.state).toBe('OPEN');
  });

  it('RES-C10 an ignored outcome is neither success nor failure', async () => {
    const { breaker, fail, failTimes } = setup({
      failureThreshold: 2,
      classify: ({ error, failed }) => (error === 'skip' ? 'ignore' : failed ? 'failure' : 'success'),
    });
    await failTimes(1);
    await fail('skip');
    expect(breaker.snapshot().counts).toMatchObject({ consecutiveFailures: 1, ignored: 1 });
    await failTimes(1);
    expect(breaker.state).toBe('OPEN');
  });

  it('RES-C10 an ignored probe gives its place back', async () => {
    const { breaker, fail, toHalfOpen } = setup({
      classify: ({ error, failed }) => (error === 'skip' ? 'ignore' : failed ? 'failure' : 'success'),
    });
    await toHalfOpen();
    expect(breaker.tryAcquire()?.ignore()).toBe(true);
    await fail('skip');
    expect(breaker.snapshot()).toMatchObject({ state: 'HALF_OPEN', counts: { probesInFlight: 0, ignored: 2 } });
    expect(breaker.tryAcquire()?.success()).toBe(true);
  });

  it('RES-C11 the caller who gave up comes first, then classify, then the default', async () => {
    const asked: unknown[] = [];
    const { breaker, fail } = setup({
      failureThreshold: 1,
      classify: ({ error }) => {
        asked.push(error);
        return 'failure';
      },
    });
    const controller = new AbortController();
    const gate = held();
    const running = breaker.attempt(() => gate.promise, { signal: controller.signal });
    controller.abort();
    gate.reject('gone');
    await running;
    expect(breaker.snapshot().counts).toMatchObject({ ignored: 1, failures: 0 });
    const refusal = new CircuitOpenError('inner', 'OPEN');
    await fail(refusal);
    expect(breaker.state).toBe('OPEN');
    expect(asked).toEqual([refusal]);
  });

  it('RES-M06 a classify that throws or answers nonsense is reported, and the default judges', async () => {
    let answer: () => unknown = () => {
      throw new Error('broken rule');
    };
    const { breaker, clock, reported, succeed, fail } = setup({ classify: (() => answer()) as never });
    await expect(succeed()).resolves.toBe('fine');
    await fail();
    clock.advance(1_000);
    answer = () => 'sucess';
    await fail();
    await Promise.resolve();
    expect(breaker.snapshot().counts).toMatchObject({ successes: 1, failures: 2 });
    expect(reported).toHaveLength(2);
    expect(isBreakwaterError(reported[1], 'BREAKWATER_INVALID_ARGUMENT')).toBe(true);
  });

  it('RES-C20 a call whose caller gave up counts neither way, in every state', async () => {
    const { breaker, clock } = setup({ failureThreshold: 1 });
    const aborted = async (): Promise<void> => {
      const controller = new AbortController();
      const running = breaker.execute(
        ({ signal }) =>
          new Promise((_, no) => {
            signal.addEventListener('abort', () => {
              no(signal.reason as Error);
            });
          }),
        { signal: controller.signal },
      );
      controller.abort(new Error('gone'));
      await expect(running).rejects.toThrow('gone');
    };
    await aborted();
    expect(breaker.state).toBe('CLOSED');
    await breaker.attempt(() => Promise.reject(new Error('down')));
    clock.advance(60_000);
    await aborted();
    expect(breaker.state).toBe('HALF_OPEN');
    expect(breaker.snapshot().counts).toMatchObject({ ignored: 2, failures: 1, probesInFlight: 0 });
  });

  it('RES-C20 an abort by the operation itself, not by the caller, is a failure', async () => {
    const { breaker, fail } = setup({ failureThreshold: 1 });
    await fail(new DOMException('own timeout', 'AbortError'));
    expect(breaker.state).toBe('OPEN');
  });

  it('RES-C21 with a signal that is aborted already nothing runs and nothing counts', async () => {
    const { breaker } = setup();
    let runs = 0;
    const reason = new Error('too late');
    const running = breaker.execute(() => runs++, { signal: AbortSignal.abort(reason) });
    await expect(running).rejects.toBe(reason);
    expect(runs).toBe(0);
    expect(breaker.snapshot().counts).toMatchObject({ successes: 0, failures: 0, ignored: 0, rejected: 0 });
  });

  it('RES-M08 a hundred thousand calls on one signal leave no listener on it', async () => {
    for (const trip of [consecutiveFailures(5), slowCallRate({ slowAfterMs: 1 })]) {
      const { breaker } = setup({ trip });
      const { signal } = new AbortController();
      let listeners = 0;
      const add = signal.addEventListener.bind(signal);
      signal.addEventListener = (...args: Parameters<typeof add>) => {
        listeners++;
        add(...args);
      };
      for (let i = 0; i < 100_000; i++) await breaker.execute((call) => call.attempt, { signal });
      expect(listeners).toBe(0);
      expect(breaker.snapshot().counts).toMatchObject({ successes: 100_000, inFlight: 0 });
    }
  });

  it("hands the caller's signal to the operation, and one that never aborts when there is none", async () => {
    const { breaker } = setup();
    const { signal } = new AbortController();
    await expect(breaker.execute((call) => call.signal, { signal })).resolves.toBe(signal);
    const call = await breaker.execute((context) => context);
    expect(call.signal).toBe(call.signal);
    expect(call.signal.aborted).toBe(false);
    expect([call.attempt, call.remainingMs()]).toEqual([1, Infinity]);
  });

  it('executeSync throws what the operation throws, and counts it', () => {
    const { breaker } = setup({ failureThreshold: 1 });
    expect(() =>
      breaker.executeSync(() => {
        throw new TypeError('sync');
      }),
    ).toThrow(TypeError);
    expect(() => breaker.executeSync(() => 1)).toThrow(CircuitOpenError);
  });

  it('executeSync says that it cannot count a promise', async () => {
    const { breaker, reported } = setup();
    await expect(breaker.executeSync(() => Promise.resolve(7))).resolves.toBe(7);
    expect(reported).toMatchObject([{ code: 'BREAKWATER_W_SYNC_PROMISE' }]);
    expect(breaker.snapshot().counts).toMatchObject({ successes: 0, ignored: 1 });
  });

  it('anything but a function is refused before it could count', async () => {
    const { breaker } = setup({ failureThreshold: 1 });
    for (const wrong of [undefined, null, 5, Promise.resolve('begun already'), { then: 1 }] as never[]) {
      await expect(breaker.execute(wrong)).rejects.toThrow(InvalidArgumentError);
      await expect(breaker.attempt(wrong)).resolves.toMatchObject({ ok: false });
      expect(() => breaker.executeSync(wrong)).toThrow(InvalidArgumentError);
    }
    await expect(breaker.execute(5 as never)).rejects.toThrow(
      'CircuitBreaker.execute: expected a function such as () => query(), got 5',
    );
    expect(breaker.snapshot()).toMatchObject({ state: 'CLOSED', counts: { failures: 0 } });
  });

  it('wrap passes this and the arguments on', async () => {
    const breaker = new CircuitBreaker();
    const counter = {
      base: 40,
      add: breaker.wrap(function (this: { base: number }, n: number) {
        return this.base + n;
      }),
    };
    await expect(counter.add(2)).resolves.toBe(42);
    expect(() => breaker.wrap('no' as never)).toThrow(InvalidArgumentError);
  });

  it('attempt answers instead of rejecting', async () => {
    const { breaker, clock, trip } = setup();
    expect(await breaker.attempt(() => 5)).toEqual({ ok: true, value: 5 });
    await trip();
    clock.advance(20_000);
    expect(await breaker.attempt(() => 5)).toMatchObject({ ok: false, rejected: true, retryAfterMs: 40_000 });
  });
});
