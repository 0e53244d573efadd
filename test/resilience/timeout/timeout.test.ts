import { isBreakwaterError } from 'breakwater/core';
import { deadline, fallback, pipeline, timeout } from 'breakwater/resilience';
import { describe, expect, it, vi } from 'vitest';
import { clockAt, counted, held, watch } from '../setup.js';

function setup(ms = 1_000) {
  const clock = clockAt();
  return { clock, limit: timeout(ms, { clock }) };
}

describe('timeout', () => {
  it.each([
    [999, false],
    [1_000, true],
  ])('after %i ms of a limit of 1,000 it has rejected: %s', async (ms, rejected) => {
    const { clock, limit } = setup();
    const outcome = watch(limit.execute(() => held().promise));
    await clock.advanceAsync(ms);
    expect(outcome.done).toBe(rejected);
    if (rejected) expect(isBreakwaterError(outcome.error, 'BREAKWATER_TIMEOUT')).toBe(true);
  });

  it('RES-T01 a time limit aborts only its own call; others have signals of their own', async () => {
    const { clock, limit } = setup();
    const signals: AbortSignal[] = [];
    const first = watch(
      limit.execute(({ signal }) => {
        signals.push(signal);
        return held().promise;
      }),
    );
    await clock.advanceAsync(500);
    const second = watch(
      limit.execute(({ signal }) => {
        signals.push(signal);
        return held().promise;
      }),
    );
    await clock.advanceAsync(500);
    expect([first.done, second.done]).toEqual([true, false]);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    expect(signals[0]?.reason).toBe(first.error);
    await expect(
      limit.execute(({ signal }) => {
        signals.push(signal);
        return signal.aborted;
      }),
    ).resolves.toBe(false);
    expect(new Set(signals).size).toBe(3);
  });

  it('RES-T02 a late answer changes nothing: one outcome, one fallback, nothing unhandled', async () => {
    const { clock, limit } = setup();
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    const slow = held();
    const handler = vi.fn(() => 'stale');
    const outcome = watch(pipeline(fallback(handler), limit).execute(() => slow.promise));
    await clock.advanceAsync(1_000);
    expect(outcome).toEqual({ done: true, value: 'stale' });
    slow.reject(new Error('late'));
    await clock.advanceAsync(10_000);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', unhandled);
    expect([handler.mock.calls.length, unhandled.mock.calls.length]).toEqual([1, 0]);
    expect(outcome).toEqual({ done: true, value: 'stale' });
  });

  it('RES-T04 the abort of a caller is not reported as a timeout, and its reason is kept', async () => {
    const { clock, limit } = setup();
    const controller = new AbortController();
    const ignoring = watch(limit.execute(() => held().promise, { signal: controller.signal }));
    const reason = new Error('shutting down');
    controller.abort(reason);
    await clock.advanceAsync(1_000);
    expect(ignoring.error).toBe(reason);
    expect(limit.snapshot().timeouts).toBe(0);
  });

  it('hands the abort of a caller to the operation at once', async () => {
    const { limit } = setup();
    const controller = new AbortController();
    const reason = new Error('enough');
    const running = limit.execute(
      ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
        }),
      { signal: controller.signal },
    );
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
  });

  it('RES-C21 does not begin when the caller has given up already', async () => {
    const { limit } = setup();
    const operation = vi.fn();
    await expect(limit.execute(operation, { signal: AbortSignal.abort('gone') })).rejects.toBe('gone');
    expect(operation).not.toHaveBeenCalled();
  });

  it('RES-R19 a success never aborts the signal, also when it is read late', async () => {
    const { clock, limit } = setup();
    let early!: AbortSignal;
    const contexts: { readonly signal: AbortSignal }[] = [];
    await limit.execute((call) => {
      contexts.push(call);
      early = call.signal;
      return 'fine';
    });
    await limit.execute((call) => {
      contexts.push(call);
      return 'fine';
    });
    await clock.advanceAsync(5_000);
    expect([early.aborted, contexts[1]?.signal.aborted]).toEqual([false, false]);
  });

  it('a signal that is read after the time is over is aborted', async () => {
    const { clock, limit } = setup();
    let read!: () => AbortSignal;
    const outcome = watch(
      limit.execute((call) => {
        read = () => call.signal;
        return held().promise;
      }),
    );
    await clock.advanceAsync(1_000);
    expect([read().aborted, read().reason]).toEqual([true, outcome.error]);
  });

  it('RES-M08 a thousand calls on one signal leave no listener on it, and put one there at a time', async () => {
    const { clock, limit } = setup();
    const controller = new AbortController();
    const listeners = counted(controller.signal);
    const gate = held();
    const calls = Array.from({ length: 1_000 }, () =>
      limit.execute(
        async ({ signal }) => {
          expect(signal.aborted).toBe(false);
          await gate.promise;
        },
        { signal: controller.signal },
      ),
    );
    expect(listeners.most).toBe(1);
    gate.resolve('done');
    await Promise.all(calls);
    expect([listeners.now, clock.pending]).toEqual([0, 0]);
  });

  it('a hundred thousand calls on one signal take a moment and leave nothing', async () => {
    const { limit } = setup();
    const controller = new AbortController();
    const listeners = counted(controller.signal);
    for (let i = 0; i < 100_000; i++) await limit.execute(() => i, { signal: controller.signal });
    expect(listeners).toEqual({ now: 0, most: 0 });
  });

  it('one timer serves all calls, in the order of their deadlines', async () => {
    const { clock, limit } = setup();
    const order: number[] = [];
    for (let i = 0; i < 50; i++) {
      limit.execute(() => held().promise).catch(() => order.push(i));
      clock.advance(1);
    }
    expect(clock.pending).toBe(1);
    await clock.advanceAsync(1_000);
    expect(order).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect([clock.pending, limit.snapshot()]).toEqual([
      0,
      { name: 'timeout', limitMs: 1_000, calls: 50, timeouts: 50 },
    ]);
  });

  it('disposes an answer that comes too late', async () => {
    const { clock, limit } = setup();
    const disposed: string[] = [];
    const late = held<object>();
    const later = held<object>();
    watch(limit.execute(() => late.promise));
    watch(limit.execute(() => later.promise));
    await clock.advanceAsync(1_000);
    late.resolve({ [Symbol.dispose]: () => void disposed.push('now') });
    later.resolve({ [Symbol.asyncDispose]: () => Promise.reject(new Error(String(disposed.push('later')))) });
    await clock.advanceAsync(0);
    expect(disposed).toEqual(['now', 'later']);
  });

  it('a foreign thenable that disposing answers with is looked after as well', async () => {
    const { clock, limit } = setup();
    const late = held<object>();
    watch(limit.execute(() => late.promise));
    await clock.advanceAsync(1_000);
    const asked = vi.fn((_yes: unknown, no: (error: Error) => void) => no(new Error('not disposed')));
    late.resolve({ [Symbol.asyncDispose]: () => ({ then: asked }) });
    await clock.advanceAsync(0);
    expect(asked).toHaveBeenCalledOnce();
  });

  it('tells how much time is left', async () => {
    const { clock, limit } = setup();
    await limit.execute((call) => {
      expect(call.remainingMs()).toBe(1_000);
      clock.advance(300);
      expect(call.remainingMs()).toBe(700);
    });
  });

  it('tells listeners, and counts', async () => {
    const { clock, limit } = setup();
    const told: unknown[] = [];
    limit.subscribe((event) => told.push(event));
    watch(limit.execute(() => held().promise));
    await clock.advanceAsync(1_000);
    expect(told).toEqual([{ type: 'timeout', level: 'warn', data: { limit: 'timeout', limitMs: 1_000 } }]);
    expect([...(limit.metrics?.() ?? [])].map(({ name, value }) => [name, value])).toEqual([
      ['breakwater_time_limit_calls_total', 1],
      ['breakwater_time_limit_exceeded_total', 1],
    ]);
  });

  it.each([
    [undefined, /ms is required/],
    [0, /ms must be .* at least 1, got 0/],
    [NaN, /got NaN/],
    [Infinity, /got Infinity/],
  ])('refuses a limit of %s', (ms, text) => {
    expect(() => timeout(ms as number)).toThrow(text);
    expect(() => deadline(ms as number)).toThrow(text);
  });

  it('refuses unknown options', () => {
    expect(() => timeout(1, { cluck: clockAt() } as never)).toThrow(/cluck is not an option; did you mean clock/);
  });

  it.each([[undefined], [null], [Promise.resolve(1)]])('rejects what is no function: %s', async (operation) => {
    const { limit } = setup();
    await expect(limit.execute(operation as never)).rejects.toMatchObject({ code: 'BREAKWATER_INVALID_ARGUMENT' });
    expect(limit.snapshot().calls).toBe(0);
  });
});

describe('deadline', () => {
  it('rejects with an error of its own', async () => {
    const clock = clockAt();
    const outcome = watch(deadline(500, { clock }).execute(() => held().promise));
    await clock.advanceAsync(500);
    expect(outcome.error).toMatchObject({ code: 'BREAKWATER_DEADLINE_EXCEEDED', limitMs: 500 });
  });

  it('leaves a limit inside no more time than is left, and answers itself', async () => {
    const clock = clockAt();
    const call = pipeline(deadline(500, { clock }), timeout(400, { clock }));
    const long = watch(call.execute(() => held().promise));
    await clock.advanceAsync(400);
    expect(long.error).toMatchObject({ code: 'BREAKWATER_TIMEOUT' });
    const late = pipeline(deadline(500, { clock }), {
      execute: async (operation, options) => {
        await new Promise<void>((resolve) => clock.schedule(resolve, 300));
        return timeout(400, { clock }).execute(operation, options);
      },
    });
    const outcome = watch(late.execute(() => held().promise));
    await clock.advanceAsync(500);
    expect(outcome.error).toMatchObject({ code: 'BREAKWATER_DEADLINE_EXCEEDED' });
  });

  it('a limit that a context is passed on to hears of the deadline around it', async () => {
    const clock = clockAt();
    const inner = timeout(400, { clock });
    const seen: number[] = [];
    await deadline(500, { clock }).execute((call) => {
      clock.advance(300);
      return inner.execute((inside) => {
        seen.push(inside.remainingMs());
      }, call);
    });
    expect(seen).toEqual([200]);
  });
});

describe('the options of a limit', () => {
  it.each<[unknown, string]>([
    [5, 'must be an options object, got 5'],
    [null, 'must be an options object, got null'],
    [() => 1, 'must be an options object, got a function'],
    [{ ms: 10 }, 'ms is not an option'],
    [{ nmae: 'x' }, 'nmae is not an option; did you mean name?'],
  ])('%o is refused', (options, message) => {
    for (const limit of [timeout, deadline]) expect(() => limit(50, options as never)).toThrow(message);
  });

  it.each([undefined, NaN, 0, '5', Infinity])('%o is no limit, and said together with the rest', (ms) => {
    expect(() => timeout(ms as never, { nmae: 'x' } as never)).toThrow(/ms .*nmae/s);
  });
});
