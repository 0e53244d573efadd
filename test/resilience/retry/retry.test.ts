import { BreakwaterError } from 'breakwater/core';
import { deadline, pipeline, retry, RetryBudget, retryHistory, type RetryOptions } from 'breakwater/resilience';
import { describe, expect, it, vi } from 'vitest';
import { clockAt, collectGarbage, counted, failing, held, watch } from '../setup.js';

function setup(options: RetryOptions = {}) {
  const clock = clockAt();
  const reported: unknown[] = [];
  const policy = retry({ clock, jitter: 'none', onListenerError: (error) => reported.push(error), ...options });
  return { clock, policy, reported };
}

const down = (name = 'down'): Error => new Error(name);

describe('retry', () => {
  it('RES-R08 counts the first attempt among maxAttempts', async () => {
    const { clock, policy } = setup({ maxAttempts: 3 });
    const { calls, operation } = failing(down(), down(), down(), down());
    const outcome = watch(policy.execute(operation));
    await clock.advanceAsync(60_000);
    expect([calls.length, outcome.done, calls.map(({ attempt }) => attempt)]).toEqual([3, true, [1, 2, 3]]);
    expect(policy.snapshot()).toMatchObject({ calls: 1, retries: 2, recovered: 0, gaveUp: 1 });
  });

  it('waits as long as it says, and not a moment less', async () => {
    const { clock, policy } = setup();
    const { calls, operation } = failing(down(), down());
    const outcome = watch(policy.execute(operation));
    await clock.advanceAsync(99);
    expect(calls.length).toBe(1);
    await clock.advanceAsync(1);
    expect(calls.length).toBe(2);
    await clock.advanceAsync(199);
    expect(calls.length).toBe(2);
    await clock.advanceAsync(1);
    expect(outcome).toEqual({ done: true, value: 'fine' });
    expect(policy.snapshot()).toMatchObject({ retries: 2, recovered: 1, gaveUp: 0 });
  });

  it('RES-R01 an abort during the wait rejects at once with the reason, runs nothing, leaves no listener', async () => {
    const { clock, policy } = setup();
    const { calls, operation } = failing(down(), down());
    const controller = new AbortController();
    const listeners = counted(controller.signal);
    const outcome = watch(policy.execute(operation, { signal: controller.signal }));
    await clock.advanceAsync(50);
    expect(listeners.now).toBe(1);
    controller.abort('enough');
    await clock.advanceAsync(0);
    expect(outcome).toEqual({ done: true, error: 'enough' });
    await clock.advanceAsync(60_000);
    expect([calls.length, clock.pending, listeners.most]).toEqual([1, 0, 1]);
  });

  it('a signal that is not aborted has no listener after the call', async () => {
    const { clock, policy } = setup();
    const controller = new AbortController();
    const listeners = counted(controller.signal);
    const calls = Array.from({ length: 10 }, () => policy.execute(failing(down()).operation, controller));
    await clock.advanceAsync(60_000);
    await Promise.all(calls);
    expect(listeners).toEqual({ now: 0, most: 1 });
  });

  it('RES-R02 an abort during an attempt ends the call without a retry and without an event', async () => {
    const { clock, policy } = setup();
    const told: string[] = [];
    policy.on('retry', () => told.push('retry'));
    policy.on('gaveUp', () => told.push('gaveUp'));
    const controller = new AbortController();
    const outcome = watch(
      policy.execute(
        ({ signal }) =>
          new Promise((_, reject) => {
            signal.addEventListener('abort', () => reject(new Error('the operation noticed')));
          }),
        { signal: controller.signal },
      ),
    );
    controller.abort();
    await clock.advanceAsync(60_000);
    expect(outcome.error).toEqual(new Error('the operation noticed'));
    expect([told, policy.snapshot().gaveUp, policy.snapshot().retries]).toEqual([[], 0, 0]);
  });

  it('RES-R04 delays beyond what timers take stay delays', async () => {
    const thirtyDays = 30 * 86_400_000;
    const { clock, policy } = setup({ baseDelayMs: thirtyDays, maxDelayMs: thirtyDays, maxAttempts: Infinity });
    const { calls, operation } = failing(down(), down(), down());
    watch(policy.execute(operation));
    await clock.advanceAsync(thirtyDays - 1);
    expect(calls.length).toBe(1);
    await clock.advanceAsync(1);
    expect(calls.length).toBe(2);
    const growing = setup({ factor: 1e12, baseDelayMs: 1e3, maxDelayMs: 1e4, maxAttempts: 50, budget: false });
    const { calls: grown, operation: again } = failing(...Array.from({ length: 60 }, () => down()));
    watch(growing.policy.execute(again));
    await growing.clock.advanceAsync(1_000 + 10 * 10_000);
    expect(grown.length).toBe(12);
  });

  it('RES-R09 retrying for ever keeps a bounded memory: all errors but the latest ten can be collected', async () => {
    const { clock, policy } = setup({ maxAttempts: Infinity, budget: false, baseDelayMs: 1, maxDelayMs: 1 });
    let attempts = 0;
    const errors: WeakRef<Error>[] = [];
    const controller = new AbortController();
    const outcome = watch(
      policy.execute(() => {
        attempts++;
        const error = down(String(attempts));
        errors.push(new WeakRef(error));
        if (attempts === 3_000) controller.abort(error);
        return Promise.reject(error);
      }, controller),
    );
    for (let i = 0; i < 3_000 && !outcome.done; i++) await clock.advanceAsync(1);
    expect(attempts).toBe(3_000);
    const { errors: kept = [], attempts: counted = 0, stop } = retryHistory(outcome.error) ?? {};
    expect([kept.length, counted, stop]).toEqual([10, 3_000, 'aborted']);
    collectGarbage();
    const alive = errors.filter((ref) => ref.deref() !== undefined).length;
    // The last one and those of its history, and what the stack still holds.
    expect(alive).toBeLessThan(50);
  });

  it('RES-R11 the last error is thrown, and the earlier ones can be reached from it', async () => {
    const { clock, policy } = setup();
    const errors = [down('first'), down('second'), down('third')];
    const outcome = watch(policy.execute(failing(...errors).operation));
    await clock.advanceAsync(60_000);
    expect(outcome.error).toBe(errors[2]);
    expect(retryHistory(outcome.error)).toEqual({
      attempts: 3,
      errors: errors.slice(0, 2),
      stop: 'attempts',
      budgetExhausted: false,
    });
    expect(JSON.stringify(outcome.error)).toBe('{}');
    expect(Object.keys(outcome.error as Error)).toEqual([]);
  });

  it.each([['a text'], [undefined], [null], [0], [Object.freeze(new Error('frozen'))]])(
    'RES-C15 an error that takes no notes is thrown all the same: %s',
    async (error) => {
      const { policy } = setup({ maxAttempts: 1 });
      const outcome = watch(policy.execute(() => Promise.reject(error)));
      await clockAt().advanceAsync(0);
      expect([outcome.done, outcome.error, retryHistory(outcome.error)]).toEqual([true, error, undefined]);
    },
  );

  it('RES-R15 without budget the first error comes at once, says so, and success earns anew', async () => {
    const budget = new RetryBudget({ ratio: 0.5, burst: 1 });
    const { clock, policy } = setup({ budget });
    const told: unknown[] = [];
    policy.subscribe((event) => told.push(event));
    const fail = async () => {
      const outcome = watch(policy.execute(() => Promise.reject(down())));
      await clock.advanceAsync(0);
      return outcome;
    };
    const first = await fail();
    expect([first.done, budget.tokens]).toEqual([false, 0]);
    const second = await fail();
    expect(second.done).toBe(true);
    expect(retryHistory(second.error)).toMatchObject({ attempts: 1, stop: 'budget', budgetExhausted: true });
    expect(told).toEqual([{ type: 'budget', level: 'warn', data: { retry: 'retry', exhausted: true } }]);
    await policy.execute(() => 'fine');
    expect([budget.tokens, told.length]).toEqual([0.5, 1]);
    await policy.execute(() => 'fine');
    expect(budget.tokens).toBe(1);
    expect((await fail()).done).toBe(false);
    expect(told.at(-1)).toEqual({ type: 'budget', level: 'info', data: { retry: 'retry', exhausted: false } });
    await clock.advanceAsync(60_000);
  });

  it.each([
    [301, 3],
    [300, 2],
  ])('RES-R16 within a deadline of %i ms %i attempts begin: none that would come too late', async (ms, attempts) => {
    const clock = clockAt();
    const { calls, operation } = failing(...Array.from({ length: 9 }, () => down()));
    const call = pipeline(deadline(ms, { clock }), retry({ clock, jitter: 'none', maxAttempts: 9 }));
    const outcome = watch(call.execute(operation));
    await clock.advanceAsync(300);
    expect([calls.length, outcome.done]).toEqual([attempts, true]);
    expect(retryHistory(outcome.error)?.stop).toBe('deadline');
  });

  it('RES-R17 once the call has settled no further attempt runs', async () => {
    const clock = clockAt();
    const { calls, operation } = failing(...Array.from({ length: 9 }, () => down()));
    const outcome = watch(
      pipeline(
        deadline(150, { clock }),
        retry({ clock, jitter: 'none', maxAttempts: 9, attemptTimeoutMs: 40 }),
      ).execute(operation),
    );
    await clock.advanceAsync(150);
    expect(outcome.done).toBe(true);
    await clock.advanceAsync(60_000);
    expect([calls.length, clock.pending]).toEqual([2, 0]);
  });

  it('the wait for an attempt keeps the process alive: a caller waits', async () => {
    const { clock, policy } = setup();
    const schedule = vi.spyOn(clock, 'schedule');
    watch(policy.execute(failing(down()).operation));
    await clock.advanceAsync(0);
    expect(schedule.mock.calls[0]?.slice(1)).toEqual([100, { hold: true }]);
  });

  it.each([
    [100, 1],
    [101, 2],
  ])('a wait of 100 ms with %i ms left by maxElapsedMs: %i attempts, told at once', async (maxElapsedMs, attempts) => {
    const { clock, policy } = setup({ maxElapsedMs });
    const outcome = watch(policy.execute(failing(down('a'), down('b'), down('c')).operation));
    // Nobody waits for an attempt that would not begin.
    await clock.advanceAsync(0);
    expect(outcome.done).toBe(attempts === 1);
    await clock.advanceAsync(60_000);
    expect(retryHistory(outcome.error)).toMatchObject({ attempts, stop: 'elapsed' });
  });

  it('RES-R18 time that listeners take counts towards maxElapsedMs', async () => {
    const { clock, policy } = setup({ maxElapsedMs: 500, maxAttempts: 9 });
    policy.on('retry', () => clock.advance(450));
    const { calls, operation } = failing(...Array.from({ length: 9 }, () => down()));
    const outcome = watch(policy.execute(operation));
    await clock.advanceAsync(60_000);
    expect(calls.length).toBe(2);
    expect(retryHistory(outcome.error)?.stop).toBe('elapsed');
  });

  it('RES-R18 a timer that comes late begins nothing that would be too late', async () => {
    const { clock, policy } = setup({ maxElapsedMs: 500, delaysMs: [400], jitter: undefined });
    const errors = [down('first')];
    const { calls, operation } = failing(...errors);
    const outcome = watch(policy.execute(operation));
    await clock.advanceAsync(0);
    clock.set(clock.now() + 5_000);
    await clock.advanceAsync(0);
    expect([calls.length, outcome.error]).toEqual([1, errors[0]]);
    expect(retryHistory(outcome.error)).toEqual({ attempts: 1, errors: [], stop: 'elapsed', budgetExhausted: false });
    expect(policy.snapshot()).toMatchObject({ retries: 0, gaveUp: 1 });
  });

  it.each([
    [301, 3],
    [300, 2],
  ])('within %i ms of elapsed time %i attempts begin', async (maxElapsedMs, attempts) => {
    const { clock, policy } = setup({ maxElapsedMs, maxAttempts: 9 });
    const { calls, operation } = failing(...Array.from({ length: 9 }, () => down()));
    watch(policy.execute(operation));
    await clock.advanceAsync(60_000);
    expect(calls.length).toBe(attempts);
  });

  it('RES-R19 each attempt has a signal of its own, and success aborts none', async () => {
    const { clock, policy } = setup();
    const signals: AbortSignal[] = [];
    const { operation } = failing(down(), down());
    const controller = new AbortController();
    const outcome = watch(
      policy.execute((call) => {
        signals.push(call.signal);
        return operation(call);
      }, controller),
    );
    await clock.advanceAsync(60_000);
    expect([outcome.value, new Set(signals).size]).toEqual(['fine', 3]);
    expect(signals.some(({ aborted }) => aborted)).toBe(false);
    controller.abort();
    expect(signals.some(({ aborted }) => aborted)).toBe(false);
  });

  it('limits each attempt, and goes on with the next', async () => {
    const { clock, policy } = setup({ attemptTimeoutMs: 1_000 });
    const signals: AbortSignal[] = [];
    const outcome = watch(
      policy.execute((call) => {
        signals.push(call.signal);
        return call.attempt < 3 ? held<number>().promise : Promise.resolve(call.remainingMs());
      }),
    );
    await clock.advanceAsync(1_000 + 100 + 1_000 + 200);
    expect([outcome.value, signals.map(({ aborted }) => aborted)]).toEqual([1_000, [true, true, false]]);
    expect(clock.pending).toBe(0);
  });

  it('gives an attempt no more than is left of maxElapsedMs', async () => {
    const { clock, policy } = setup({ attemptTimeoutMs: 1_000, maxElapsedMs: 1_500 });
    const outcome = watch(policy.execute(() => held().promise));
    await clock.advanceAsync(1_500);
    expect(outcome.error).toMatchObject({ code: 'BREAKWATER_TIMEOUT', limitMs: 1_500 });
    expect(retryHistory(outcome.error)).toMatchObject({ attempts: 2, stop: 'elapsed' });
    expect(policy.snapshot().timedOut).toBe(2);
  });

  it('RES-M06 a listener or a retryIf that throws changes nothing', async () => {
    const broken = new Error('broken listener');
    const { clock, policy, reported } = setup({
      retryIf: () => {
        throw broken;
      },
    });
    policy.on('retry', () => {
      throw broken;
    });
    const outcome = watch(policy.execute(failing(down()).operation));
    await clock.advanceAsync(60_000);
    expect([outcome.value, reported]).toEqual(['fine', [broken]]);
  });

  it('RES-M09 the options are only read, and changing them later changes nothing', async () => {
    const clock = clockAt();
    const options = { clock, maxAttempts: 2, jitter: 'none' as const };
    const policy = retry(options);
    options.maxAttempts = 9;
    const { calls, operation } = failing(...Array.from({ length: 9 }, () => down()));
    watch(policy.execute(operation));
    await clock.advanceAsync(60_000);
    expect([calls.length, Object.keys(options)]).toEqual([2, ['clock', 'maxAttempts', 'jitter']]);
  });

  it('a synchronous throw, forty thousand times in a row, is retried without filling the stack', async () => {
    const { clock, policy } = setup({ maxAttempts: 40_000, budget: false, baseDelayMs: 0, maxDelayMs: 0 });
    let attempts = 0;
    const outcome = watch(
      policy.execute(() => {
        attempts++;
        throw down();
      }),
    );
    while (!outcome.done) await clock.advanceAsync(0);
    expect(attempts).toBe(40_000);
  });

  it('shows its counts as metrics, without keys of clients', async () => {
    const { policy } = setup();
    await policy.execute(vi.fn());
    expect([...(policy.metrics?.() ?? [])].map(({ name, value, labels }) => [name, value, labels])).toEqual([
      ['breakwater_retry_calls_total', 1, { retry: 'retry' }],
      ['breakwater_retry_retries_total', 0, { retry: 'retry' }],
      ['breakwater_retry_recovered_total', 0, { retry: 'retry' }],
      ['breakwater_retry_gave_up_total', 0, { retry: 'retry' }],
      ['breakwater_retry_budget_exhausted_total', 0, { retry: 'retry' }],
      ['breakwater_retry_timed_out_total', 0, { retry: 'retry' }],
      ['breakwater_retry_budget_tokens', 10, { retry: 'retry' }],
    ]);
    expect(JSON.parse(JSON.stringify(retry({ maxAttempts: Infinity, budget: false }).snapshot()))).toMatchObject({
      maxAttempts: null,
      budgetTokens: null,
    });
  });

  it.each([
    [{ maxAttempts: 0 }, /maxAttempts must be an integer of at least 1, got 0/],
    [{ maxAttempts: 1.5 }, /maxAttempts/],
    [{ factor: 0.5 }, /factor must be a finite number of at least 1/],
    [{ baseDelayMs: 5, maxDelayMs: 4 }, /baseDelayMs must be at most maxDelayMs/],
    [{ delaysMs: [] }, /delaysMs must be a list of at least one wait/],
    [{ delaysMs: new Array<number>(2) }, /delaysMs\[1\] must be a finite number of milliseconds/],
    [{ delaysMs: [1, NaN] }, /delaysMs\[1\]/],
    [{ delaysMs: [1], jitter: 'full' }, /jitter cannot be used together with delaysMs/],
    [{ delaysMs: [1], baseDelayMs: 1 }, /baseDelayMs cannot be used together with delaysMs/],
    [{ jitter: 'ful' }, /did you mean 'full'/],
    [{ budget: true }, /budget must be a RetryBudget or false/],
    [{ retryAfter: { maxMS: 1 } }, /retryAfter.maxMS is not an option; did you mean retryAfter.maxMs/],
    [{ atempts: 1 }, /atempts is not an option/],
  ])('refuses %j', (options, text) => {
    expect(() => retry(options as RetryOptions)).toThrow(text);
  });
});

describe('an error of this package', () => {
  it('is still one with its history on it', async () => {
    const { clock, policy } = setup({ attemptTimeoutMs: 10 });
    const outcome = watch(policy.execute(() => held().promise));
    await clock.advanceAsync(60_000);
    expect(outcome.error).toBeInstanceOf(BreakwaterError);
    expect(retryHistory(outcome.error)?.attempts).toBe(3);
    expect(retryHistory('text')).toBeUndefined();
  });
});
