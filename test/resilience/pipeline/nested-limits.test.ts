import {
  Bulkhead,
  type CallContext,
  CircuitBreaker,
  deadline,
  type ExecuteOptions,
  fallback,
  hedge,
  pipeline,
  type Policy,
  retry,
  timeout,
} from 'breakwater/resilience';
import { describe, expect, it, vi } from 'vitest';
import { clockAt, failing, held, watch } from '../setup.js';

const hang = (): Promise<string> => held().promise;

/** The same policies fused into a pipeline, and as calls inside of calls, each with the context of the one around it. */
const ways: readonly (readonly [string, (...policies: Policy[]) => Policy])[] = [
  ['fused', (...policies) => pipeline(...policies)],
  [
    'nested',
    (...policies) =>
      policies.reduceRight((inner, outer) => ({
        execute: <T>(operation: (call: CallContext) => T | PromiseLike<T>, options?: ExecuteOptions) =>
          outer.execute((call) => inner.execute(operation, call), options),
      })),
  ],
];

describe.each(ways)('a time limit inside of one that leaves less time, %s', (_, compose) => {
  it('ends with it, so that the slot between the two is free although the operation goes on', async () => {
    const clock = clockAt();
    const slots = new Bulkhead({ clock, maxConcurrent: 1 });
    const inner = timeout(10_000, { clock });
    const call = compose(deadline(50, { clock }), slots, inner);
    const outcome = watch(call.execute(hang));
    await clock.advanceAsync(49);
    expect([outcome.done, slots.snapshot().running]).toEqual([false, 1]);
    await clock.advanceAsync(2);
    expect(outcome.error).toMatchObject({ code: 'BREAKWATER_DEADLINE_EXCEEDED' });
    expect([slots.snapshot().running, inner.snapshot().timeouts, clock.pending]).toEqual([0, 0, 0]);
    await expect(call.execute(() => 'next')).resolves.toBe('next');
  });

  it('ends the call that a breaker between the two counts as running, as one that was given up', async () => {
    const clock = clockAt();
    const breaker = new CircuitBreaker({ clock, failureThreshold: 1 });
    watch(compose(deadline(50, { clock }), breaker, timeout(100, { clock })).execute(hang));
    await clock.advanceAsync(51);
    expect(breaker.snapshot()).toMatchObject({ state: 'CLOSED', counts: { inFlight: 0, ignored: 1, failures: 0 } });
  });

  it('leaves the answer to the outer one when both are over at the same moment, also when the timers come late', async () => {
    for (const late of [false, true]) {
      const clock = clockAt();
      const inner = timeout(100, { clock });
      const outcome = watch(compose(deadline(100, { clock }), inner).execute(hang));
      if (late) clock.set(clock.now() + 5_000);
      await clock.advanceAsync(late ? 0 : 100);
      expect(outcome.error).toMatchObject({ code: 'BREAKWATER_DEADLINE_EXCEEDED' });
      await clock.advanceAsync(1);
      expect([inner.snapshot().timeouts, clock.pending]).toEqual([0, 0]);
    }
  });

  it('leaves it the answer also when the timer of the outer one was set later', async () => {
    const clock = clockAt();
    const inner = timeout(200, { clock });
    const call = compose(deadline(100, { clock }), inner);
    watch(call.execute(hang));
    await clock.advanceAsync(50);
    const outcome = watch(call.execute(hang));
    await clock.advanceAsync(102);
    expect(outcome.error).toMatchObject({ code: 'BREAKWATER_DEADLINE_EXCEEDED' });
    expect(inner.snapshot().timeouts).toBe(0);
  });

  it('counts no attempt as timed out that the outer one ended, and begins no other', async () => {
    const clock = clockAt();
    const again = retry({ clock, attemptTimeoutMs: 1_000 });
    const operation = vi.fn(hang);
    const outcome = watch(compose(deadline(50, { clock }), again).execute(operation));
    await clock.advanceAsync(60_000);
    expect(outcome.error).toMatchObject({ code: 'BREAKWATER_DEADLINE_EXCEEDED' });
    expect([operation.mock.calls.length, again.snapshot()]).toEqual([
      1,
      expect.objectContaining({ timedOut: 0, retries: 0, gaveUp: 0 }),
    ]);
  });

  it('disposes what the operation answers afterwards, once', async () => {
    const clock = clockAt();
    const slots = new Bulkhead({ clock, maxConcurrent: 1 });
    const late = held<object>();
    const dispose = vi.fn();
    watch(compose(deadline(50, { clock }), slots, timeout(100, { clock })).execute(() => late.promise));
    await clock.advanceAsync(200);
    late.resolve({ [Symbol.dispose]: dispose });
    await clock.advanceAsync(0);
    expect([dispose.mock.calls.length, slots.snapshot().running]).toEqual([1, 0]);
  });

  it('lets the operation answer until the outer one is over', async () => {
    const clock = clockAt();
    const gate = held();
    const outcome = watch(compose(deadline(50, { clock }), timeout(100, { clock })).execute(() => gate.promise));
    await clock.advanceAsync(49);
    gate.resolve('in time');
    await clock.advanceAsync(0);
    expect([outcome.value, clock.pending]).toEqual(['in time', 0]);
  });
});

describe('a deadline', () => {
  it('RES-T04 is a caller that gave up for the breaker of a further attempt, as for that of the first', async () => {
    const clock = clockAt();
    const breaker = new CircuitBreaker({ clock, failureThreshold: 2 });
    const call = pipeline(deadline(150, { clock }), retry({ clock, jitter: 'none' }), breaker);
    const { operation } = failing(new Error('down'));
    watch(
      call.execute((context) =>
        context.attempt === 1
          ? operation(context)
          : new Promise<string>((_, reject) => {
              context.signal.addEventListener('abort', () => reject(context.signal.reason));
            }),
      ),
    );
    await clock.advanceAsync(60_000);
    expect(breaker.snapshot()).toMatchObject({ state: 'CLOSED', counts: { failures: 1, ignored: 1 } });
  });

  it('around a hedge frees the slots of all attempts that have a limit of their own', async () => {
    const clock = clockAt();
    const slots = new Bulkhead({ clock, maxConcurrent: 5 });
    const call = pipeline(deadline(100, { clock }), hedge({ clock, delayMs: 10 }), slots, timeout(1_000, { clock }));
    watch(call.execute(hang));
    await clock.advanceAsync(50);
    expect(slots.snapshot().running).toBe(2);
    await clock.advanceAsync(51);
    expect([slots.snapshot().running, clock.pending]).toEqual([0, 0]);
  });
});

describe('a clock that is set back', () => {
  /** Timers that go by real time, as they do, beside a time of day that somebody may correct. */
  function setBack() {
    const real = clockAt();
    let offsetMs = 0;
    const clock = {
      now: () => real.now() + offsetMs,
      wallNow: () => 0,
      schedule: (fn: () => void, delayMs: number) => real.schedule(fn, delayMs),
    };
    return { real, clock, jump: (ms: number) => (offsetMs += ms) };
  }

  it('holds no call beyond twice its limit', async () => {
    const { real, clock, jump } = setBack();
    const slots = new Bulkhead({ clock, maxConcurrent: 1, maxQueued: 1, maxWaitMs: 100 });
    watch(slots.execute(hang));
    const outcomes = [
      watch(timeout(100, { clock }).execute(hang)),
      watch(retry({ clock, maxAttempts: 1, attemptTimeoutMs: 100 }).execute(hang)),
      watch(slots.execute(hang)),
      watch(deadline(100, { clock }).execute((call) => timeout(500, { clock }).execute(hang, call))),
    ];
    await real.advanceAsync(50);
    jump(-3_600_000);
    await real.advanceAsync(152);
    expect(outcomes.map(({ done }) => done)).toEqual([true, true, true, true]);
  });

  it('lengthens neither maxElapsedMs nor what is left of a deadline', async () => {
    const { real, clock, jump } = setBack();
    const { calls, operation } = failing(...Array.from({ length: 99 }, () => new Error('down')));
    const policy = retry({ clock, jitter: 'none', factor: 1, maxAttempts: 99, maxElapsedMs: 450, budget: false });
    const outcome = watch(policy.execute(operation));
    let left: number | undefined;
    watch(
      deadline(1_000, { clock }).execute((call) => {
        real.schedule(() => (left = call.remainingMs()), 200);
        return hang();
      }),
    );
    await real.advanceAsync(150);
    jump(-3_600_000);
    await real.advanceAsync(60_000);
    expect([outcome.done, calls.length <= 6, (left ?? Infinity) <= 1_000]).toEqual([true, true, true]);
  });
});

describe('limits that are cut short', () => {
  it('do not end before their time when a timer is early', async () => {
    const real = clockAt();
    const early = {
      now: () => real.now(),
      wallNow: () => 0,
      schedule: (fn: () => void, delayMs: number) => real.schedule(fn, Math.max(1, delayMs - 10)),
    };
    const began = real.now();
    let ended = NaN;
    deadline(500, { clock: early })
      .execute((call) =>
        retry({ clock: early, maxAttempts: 1, attemptTimeoutMs: 400, maxElapsedMs: 300 }).execute(hang, call),
      )
      .catch(() => (ended = real.now() - began));
    await real.advanceAsync(1_000);
    expect([ended, real.pending]).toEqual([300, 0]);
  });

  it('end each at its own moment, whatever their order', async () => {
    const clock = clockAt();
    const ended: string[] = [];
    const limit = timeout(1_000, { clock });
    for (const [name, aroundMs] of [
      ['b', 500],
      ['c', 5_000],
      ['a', 300],
    ] as const) {
      deadline(aroundMs, { clock })
        .execute((call) => limit.execute(hang, call))
        .catch(() => ended.push(`${name} ${String(clock.now() - 1_000)}`));
    }
    await clock.advanceAsync(10_000);
    expect([ended, clock.pending]).toEqual([['a 300', 'b 500', 'c 1000'], 0]);
  });
});

describe('fallback around a limit', () => {
  it('is not asked for a call that fallbackIf itself gave up', async () => {
    const controller = new AbortController();
    const handler = vi.fn(() => 'stale');
    const call = fallback(handler, {
      fallbackIf: () => {
        controller.abort('enough');
        return true;
      },
    });
    const down = new Error('down');
    await expect(call.execute(() => Promise.reject(down), controller)).rejects.toBe(down);
    expect(handler).not.toHaveBeenCalled();
  });
});
