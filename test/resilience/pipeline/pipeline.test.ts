import {
  Bulkhead,
  type CallContext,
  CircuitBreaker,
  deadline,
  fallback,
  hedge,
  type Pipeline,
  pipeline,
  type Policy,
  retry,
  timeout,
} from 'breakwater/resilience';
import { ManualClock } from 'breakwater/testing';
import { afterEach, describe, expect, expectTypeOf, it, vi } from 'vitest';
import { clockAt, failing, held, watch } from '../setup.js';

const down = (): Error => new Error('down');

describe('pipeline', () => {
  it('runs its policies in the order as written', async () => {
    const order: string[] = [];
    const named = (name: string): Policy => ({
      async execute(operation, options) {
        order.push(`${name} in`);
        const value = await operation({
          signal: options?.signal ?? new AbortController().signal,
          attempt: 1,
          remainingMs: () => Infinity,
        });
        order.push(`${name} out`);
        return value;
      },
    });
    await expect(pipeline(named('a'), named('b'), named('c')).execute(() => order.push('op'))).resolves.toBe(4);
    expect(order).toEqual(['a in', 'b in', 'c in', 'op', 'c out', 'b out', 'a out']);
  });

  it('RES-X01 a retry outside a breaker sees each refusal, and each attempt counts in the breaker', async () => {
    const clock = clockAt();
    const breaker = new CircuitBreaker({ clock, failureThreshold: 2 });
    const { calls, operation } = failing(down(), down(), down());
    const outcome = watch(pipeline(retry({ clock, maxAttempts: 5, jitter: 'none' }), breaker).execute(operation));
    await clock.advanceAsync(100);
    expect([calls.length, breaker.state]).toEqual([2, 'OPEN']);
    await clock.advanceAsync(200);
    expect(outcome.error).toMatchObject({ code: 'BREAKWATER_CIRCUIT_OPEN' });
    expect(calls.length).toBe(2);
  });

  it('RES-X02 a breaker outside a retry counts one logical result a call', async () => {
    const clock = clockAt();
    const breaker = new CircuitBreaker({ clock });
    const call = pipeline(breaker, retry({ clock, jitter: 'none' }));
    const { operation } = failing(down(), down(), down());
    watch(call.execute(operation));
    await clock.advanceAsync(60_000);
    expect(breaker.snapshot().counts).toMatchObject({ failures: 1, successes: 0 });
    watch(call.execute(failing(down(), down()).operation));
    await clock.advanceAsync(60_000);
    expect(breaker.snapshot().counts).toMatchObject({ failures: 1, successes: 1 });
  });

  it('a time limit inside a breaker is a failure of the dependency, one outside of it is not', async () => {
    const clock = clockAt();
    const hang = () => held().promise;
    const inside = new CircuitBreaker({ clock, failureThreshold: 1 });
    const late = watch(pipeline(inside, timeout(100, { clock })).execute(hang));
    await clock.advanceAsync(100);
    expect([late.done, inside.state]).toEqual([true, 'OPEN']);
    const outside = new CircuitBreaker({ clock, failureThreshold: 1 });
    let fail!: (error: unknown) => void;
    watch(
      pipeline(timeout(100, { clock }), outside).execute(
        ({ signal }) =>
          new Promise((_, reject) => {
            fail = reject;
            signal.addEventListener('abort', () => reject(signal.reason));
          }),
      ),
    );
    await clock.advanceAsync(100);
    fail(down());
    await clock.advanceAsync(0);
    expect(outside.snapshot()).toMatchObject({ state: 'CLOSED', counts: { failures: 0, ignored: 1 } });
  });

  it('a probe whose caller ran out of time gives its place back', async () => {
    const clock = clockAt();
    const breaker = new CircuitBreaker({ clock, failureThreshold: 1, recoveryTimeoutMs: 1_000 });
    await breaker.attempt(() => Promise.reject(down()));
    clock.advance(1_000);
    const call = pipeline(timeout(100, { clock }), breaker);
    const outcome = watch(
      call.execute(
        ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      ),
    );
    await clock.advanceAsync(100);
    expect([outcome.done, breaker.state, breaker.snapshot().counts.probesInFlight]).toEqual([true, 'HALF_OPEN', 0]);
    await expect(call.execute(() => 'fine')).resolves.toBe('fine');
    expect(breaker.state).toBe('CLOSED');
  });

  it('limits the whole and each attempt at once', async () => {
    const clock = clockAt();
    const call = pipeline(
      deadline(1_000, { clock }),
      retry({ clock, jitter: 'none', maxAttempts: 9 }),
      timeout(300, { clock }),
    );
    const signals: AbortSignal[] = [];
    const outcome = watch(
      call.execute(({ signal }) => {
        signals.push(signal);
        return held().promise;
      }),
    );
    // 300, wait 100, 300 (700), wait 200 (900), and 100 of the last 300.
    await clock.advanceAsync(999);
    expect([outcome.done, signals.map(({ aborted }) => aborted)]).toEqual([false, [true, true, false]]);
    await clock.advanceAsync(1);
    expect(outcome.error).toMatchObject({ code: 'BREAKWATER_DEADLINE_EXCEEDED' });
    expect(signals.at(-1)?.aborted).toBe(true);
    await clock.advanceAsync(1);
    expect(clock.pending).toBe(0);
  });

  it('passes the caller through policies from elsewhere', async () => {
    const clock = clockAt();
    const elsewhere: Policy = {
      execute: async (operation, options) =>
        operation({ signal: options?.signal ?? new AbortController().signal, attempt: 7, remainingMs: () => 9_999 }),
    };
    const seen: unknown[] = [];
    const call = pipeline(
      deadline(1_000, { clock }),
      retry({ clock, jitter: 'none' }),
      elsewhere,
      timeout(600, { clock }),
    );
    const outcome = watch(
      call.execute((context) => {
        seen.push([context.attempt, context.remainingMs(), context.signal.aborted]);
        return context.attempt === 1 ? Promise.reject(down()) : held().promise;
      }),
    );
    await clock.advanceAsync(100);
    expect(seen).toEqual([
      [1, 600, false],
      [2, 600, false],
    ]);
    await clock.advanceAsync(900);
    expect(outcome.error).toMatchObject({ code: 'BREAKWATER_DEADLINE_EXCEEDED' });
  });

  it('keeps `this` and the arguments of a wrapped function, and answers with what the fallback may', async () => {
    const service = {
      rate: 2,
      convert: pipeline(
        retry(),
        fallback(() => 'unknown', { fallbackIf: (error) => error === 'none' }),
      ).wrap(function (this: { rate: number }, amount: number): Promise<number> {
        return amount < 0 ? Promise.reject('none') : Promise.resolve(this.rate * amount);
      }),
    };
    const answer: string | number = await service.convert(3);
    expect([answer, await service.convert(-1)]).toEqual([6, 'unknown']);
  });

  it('without policies it only runs the operation', async () => {
    await expect(pipeline().execute(() => 7)).resolves.toBe(7);
    await expect(pipeline().execute(() => Promise.reject('as it is'))).rejects.toBe('as it is');
  });

  it('takes a pipeline as if its policies stood there', async () => {
    const clock = clockAt();
    const inner = pipeline(retry({ clock, jitter: 'none' }), timeout(100, { clock }));
    const outer = pipeline(
      fallback(() => 'stale'),
      inner,
    );
    expect(outer.snapshot().parts.map(({ kind }) => kind)).toEqual(['fallback', 'retry', 'timeout']);
    const outcome = watch(outer.execute(() => held().promise));
    await clock.advanceAsync(60_000);
    expect(outcome.value).toBe('stale');
  });

  it('foreign thenables settle like promises, and what is no function is refused', async () => {
    const call = pipeline(retry(), timeout(1_000));
    const thenable = { then: (yes: (value: string) => void) => yes('settled') };
    await expect(call.execute(() => thenable as PromiseLike<string>)).resolves.toBe('settled');
    await expect(call.execute(Promise.resolve(1) as never)).rejects.toMatchObject({
      code: 'BREAKWATER_INVALID_ARGUMENT',
    });
    expect(() => call.wrap(1 as never)).toThrow(/pipeline.wrap: expected a function/);
  });

  it('is a component of its parts', async () => {
    const clock = clockAt();
    const breaker = new CircuitBreaker({ clock, failureThreshold: 1 });
    const call = pipeline(retry({ clock, maxAttempts: 1 }), breaker, {
      execute: async (operation) => operation({} as never),
    });
    const told: string[] = [];
    const stop = call.subscribe(({ type }) => told.push(type));
    await call.execute(() => Promise.reject(down())).catch(() => undefined);
    stop();
    await call.execute(() => 1).catch(() => undefined);
    expect(told).toEqual(['stateChange']);
    expect(call.health?.()).toMatchObject({ status: 'DEGRADED' });
    expect(call.snapshot().parts.map(({ kind, snapshot }) => [kind, snapshot !== undefined])).toEqual([
      ['retry', true],
      ['circuit-breaker', true],
      ['policy', false],
    ]);
    expect([...(call.metrics?.() ?? [])].length).toBeGreaterThan(10);
    JSON.stringify(call.snapshot());
    expect(call.name).toBe('retry > default > policy');
  });

  it('refuses parts with different clocks, and what is no policy', () => {
    expect(() => pipeline(retry({ clock: clockAt() }), timeout(1, { clock: clockAt() }))).toThrow(
      /policies\[1\].clock has another clock/,
    );
    expect(() => pipeline(retry(), undefined as never)).toThrow(
      /argument 2 must be a policy with execute\(\), got undefined/,
    );
    expect(() => pipeline({} as never)).toThrow(/argument 1/);
  });
});

describe('impossible orders', () => {
  const warnings: Error[] = [];
  const listen = (warning: Error) => warnings.push(warning);
  afterEach(() => {
    process.off('warning', listen);
    warnings.length = 0;
  });

  const clock = new ManualClock();
  const policies = {
    retry: () => retry({ clock }),
    fallback: () => fallback(() => 1),
    some: () => fallback(() => 1, { fallbackIf: () => true }),
    breaker: () => new CircuitBreaker({ clock }),
    hedge: () => hedge({ delayMs: 1, clock }),
    deadline: () => deadline(1_000, { clock }),
    short: () => timeout(100, { clock }),
    long: () => timeout(2_000, { clock }),
    attempts: () => retry({ clock, attemptTimeoutMs: 2_000 }),
    bulkhead: () => new Bulkhead({ clock, maxConcurrent: 1 }),
  };

  it.each([
    [['retry', 'fallback'], /the fallback inside answers every failure, so that the retry/],
    [['breaker', 'fallback'], /circuit-breaker around it never sees one/],
    [['hedge', 'fallback'], /hedge around it never sees one/],
    [['retry', 'deadline'], /each attempt of the retry gets a deadline of its own/],
    [['short', 'long'], /the limit of 2000 ms is never reached inside one of 100 ms/],
    [['deadline', 'attempts'], /the limit of 2000 ms is never reached inside one of 1000 ms/],
  ] as const)('%j is warned about once', async (names, text) => {
    process.on('warning', listen);
    const call = pipeline(...names.map((name) => policies[name]() as Policy<unknown>));
    await call.execute(() => 1);
    // Others like it are no news.
    pipeline(...names.map((name) => policies[name]() as Policy<unknown>));
    await new Promise((resolve) => setImmediate(resolve));
    expect(warnings.map((warning) => (warning as { code?: string }).code)).toEqual(['BREAKWATER_W_PIPELINE_ORDER']);
    expect(warnings[0]?.message).toMatch(text);
  });

  it('the same policy twice is warned about', async () => {
    process.on('warning', listen);
    const part = policies.bulkhead();
    pipeline(part, policies.retry(), part);
    await new Promise((resolve) => setImmediate(resolve));
    expect(warnings[0]?.message).toMatch(/the same bulkhead stands in it twice/);
    const hedged = policies.hedge();
    pipeline(hedged, hedged);
    await new Promise((resolve) => setImmediate(resolve));
    expect(warnings[1]?.message).toMatch(/the same hedge stands in it twice/);
  });

  it('says each thing once in one warning', async () => {
    process.on('warning', listen);
    pipeline(policies.retry(), retry({ clock }), deadline(3_000, { clock }), timeout(4_000, { clock }));
    await new Promise((resolve) => setImmediate(resolve));
    expect(warnings[0]?.message).toMatch(
      /^pipeline: [^;]*the limit of 4000 ms is never reached inside one of 3000 ms$/,
    );
  });

  it('a process that makes pipelines with numbers of their own is told of a hundred', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const world = new ManualClock();
    for (let ms = 5_000; ms < 5_300; ms++) pipeline(timeout(ms, { clock: world }), timeout(ms + 1, { clock: world }));
    await new Promise((resolve) => setImmediate(resolve));
    expect(warn.mock.calls.length).toBe(100);
    warn.mockRestore();
  });

  it.each([
    [['fallback', 'retry', 'breaker', 'short']],
    [['deadline', 'retry', 'breaker', 'short']],
    [['deadline', 'bulkhead', 'retry', 'some']],
    [['breaker', 'retry', 'short']],
    [['long', 'hedge', 'short']],
  ] as const)('%j is fine', async (names) => {
    process.on('warning', listen);
    pipeline(...names.map((name) => policies[name]() as Policy<unknown>));
    await new Promise((resolve) => setImmediate(resolve));
    expect(warnings).toEqual([]);
  });
});

describe('a pipeline and what it says about types', () => {
  it('answers with the type of the operation, and those of all its fallbacks', async () => {
    const plain = pipeline(retry(), timeout(1_000));
    expectTypeOf(plain).toEqualTypeOf<Pipeline>();
    expectTypeOf(await plain.execute(() => 1)).toEqualTypeOf<number>();
    const stale = pipeline(
      fallback(() => null),
      retry(),
    );
    expectTypeOf(stale).toEqualTypeOf<Pipeline<null>>();
    expectTypeOf(await stale.execute(() => 1)).toEqualTypeOf<number | null>();
    expectTypeOf(stale.wrap((n: number) => n > 1)).toEqualTypeOf<(n: number) => Promise<boolean | null>>();
    const several = pipeline(
      retry(),
      fallback(() => Promise.resolve('none' as const)),
      stale,
      fallback((): undefined => undefined, { fallbackIf: () => false }),
    );
    expectTypeOf(several).toEqualTypeOf<Pipeline<'none' | null | undefined>>();
    expectTypeOf(pipeline()).toEqualTypeOf<Pipeline>();
    expectTypeOf(pipeline(...([] as Policy[]))).toEqualTypeOf<Pipeline>();
    expect([await plain.execute(() => 1), await stale.execute(() => 1), await several.execute(() => 1)]).toEqual([
      1, 1, 1,
    ]);
  });

  it('does not take a policy with an answer of its own for one without', () => {
    class Cached {
      execute<T>(operation: (call: CallContext) => T | PromiseLike<T>): Promise<T | string> {
        return operation === undefined ? Promise.resolve('cached') : Promise.reject(new Error('down'));
      }
    }
    class Plain {
      execute<T>(operation: (call: CallContext) => T | PromiseLike<T>): Promise<T> {
        return Promise.reject(new Error(typeof operation));
      }
    }
    expectTypeOf(fallback(() => null)).not.toExtend<Policy>();
    expectTypeOf(fallback(() => null)).toExtend<Policy<null | string>>();
    expectTypeOf(new CircuitBreaker()).toExtend<Policy>();
    expectTypeOf(pipeline(new Plain(), retry())).toEqualTypeOf<Pipeline>();
    // Which type it is cannot be read from a class of somebody else; that there is one can.
    expectTypeOf(pipeline(new Cached(), retry())).toEqualTypeOf<Pipeline<unknown>>();
    expectTypeOf(pipeline(new Cached() as Policy<string>, retry())).toEqualTypeOf<Pipeline<string>>();
    expect(pipeline(new Plain(), new Cached()).snapshot().parts.length).toBe(2);
  });
});

it('a fallback with a clock of its own must have that of the others', () => {
  const [one, other] = [clockAt(), clockAt()];
  expect(() =>
    pipeline(
      fallback(() => 1, { clock: one }),
      timeout(5, { clock: other }),
    ),
  ).toThrow(/another clock/);
  expect(() =>
    pipeline(
      fallback(() => 1),
      timeout(5, { clock: other }),
    ),
  ).not.toThrow();
});
