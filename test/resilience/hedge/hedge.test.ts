import {
  type CallContext,
  CircuitBreaker,
  hedge,
  type HedgeOptions,
  pipeline,
  RetryBudget,
  timeout,
} from 'breakwater/resilience';
import { describe, expect, it, vi } from 'vitest';
import { clockAt, held, watch } from '../setup.js';

function setup(options: Partial<HedgeOptions> = {}) {
  const clock = clockAt();
  const policy = hedge({ delayMs: 100, clock, ...options });
  const attempts: { readonly call: CallContext; readonly gate: ReturnType<typeof held<string>> }[] = [];
  const operation = (call: CallContext): Promise<string> => {
    const gate = held();
    attempts.push({ call, gate });
    return gate.promise;
  };
  return { clock, policy, attempts, operation };
}

describe('hedge', () => {
  it.each([
    [99, 1],
    [100, 2],
  ])('after %i ms without an answer %i attempts run', async (ms, count) => {
    const { clock, policy, attempts, operation } = setup();
    watch(policy.execute(operation));
    await clock.advanceAsync(ms);
    expect(attempts.map(({ call }) => call.attempt)).toEqual([1, 2].slice(0, count));
  });

  it('begins no more than it may, one after the other', async () => {
    const { clock, policy, attempts, operation } = setup({ maxHedges: 3 });
    watch(policy.execute(operation));
    await clock.advanceAsync(10_000);
    expect([attempts.length, clock.pending, policy.snapshot().hedges]).toEqual([4, 0, 3]);
  });

  it('takes the first success, and aborts the others with the reason', async () => {
    const { clock, policy, attempts, operation } = setup();
    const outcome = watch(policy.execute(operation));
    await clock.advanceAsync(100);
    const signals = attempts.map(({ call }) => call.signal);
    attempts[1]?.gate.resolve('second');
    await clock.advanceAsync(0);
    expect(outcome.value).toBe('second');
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    expect(signals[0]?.reason).toMatchObject({ code: 'BREAKWATER_SUPERSEDED' });
    expect(policy.snapshot()).toMatchObject({ calls: 1, hedges: 1, won: 1 });
  });

  it('an answer in time begins nothing and leaves no timer', async () => {
    const { clock, policy, attempts, operation } = setup();
    const outcome = watch(policy.execute(operation));
    attempts[0]?.gate.resolve('first');
    await clock.advanceAsync(0);
    expect([outcome.value, clock.pending]).toEqual(['first', 0]);
    await clock.advanceAsync(1_000);
    expect(attempts.length).toBe(1);
  });

  it('a failure is no answer while another attempt runs, and begins none', async () => {
    const { clock, policy, attempts, operation } = setup({ maxHedges: 2 });
    const outcome = watch(policy.execute(operation));
    await clock.advanceAsync(100);
    attempts[0]?.gate.reject(new Error('first'));
    await clock.advanceAsync(0);
    expect([outcome.done, attempts.length]).toEqual([false, 2]);
    attempts[1]?.gate.reject(new Error('second'));
    await clock.advanceAsync(0);
    expect([outcome.error, attempts.length, clock.pending]).toEqual([new Error('second'), 2, 0]);
  });

  it('RES-R20 disposes an answer that was not needed', async () => {
    const { clock, policy } = setup();
    const disposed: number[] = [];
    const gates = [held<object>(), held<object>()];
    const outcome = watch(policy.execute(({ attempt }) => gates[attempt - 1]?.promise));
    await clock.advanceAsync(100);
    const answers = [1, 2].map((n) => ({ [Symbol.dispose]: () => disposed.push(n) }));
    gates[1]?.resolve(answers[1] as object);
    await clock.advanceAsync(0);
    gates[0]?.resolve(answers[0] as object);
    await clock.advanceAsync(0);
    expect([outcome.value, disposed]).toEqual([answers[1], [1]]);
  });

  it('RES-R15 hedges cost budget, and without it none begins', async () => {
    const { clock, policy, attempts, operation } = setup({ budget: new RetryBudget({ ratio: 0, burst: 2 }) });
    for (let i = 0; i < 5; i++) watch(policy.execute(operation));
    await clock.advanceAsync(1_000);
    expect([attempts.length, policy.snapshot().budgetExhausted]).toEqual([7, 3]);
  });

  it('a call that succeeded earns for the budget', async () => {
    const budget = new RetryBudget({ ratio: 1, burst: 2 });
    const { clock, policy, attempts, operation } = setup({ budget });
    const outcome = watch(policy.execute(operation));
    await clock.advanceAsync(100);
    expect(budget.tokens).toBe(1);
    attempts[0]?.gate.resolve('first');
    await clock.advanceAsync(0);
    expect([outcome.value, budget.tokens]).toEqual(['first', 2]);
  });

  it('the wait for a further attempt keeps the process alive: a caller waits', () => {
    const clock = clockAt();
    const schedule = vi.spyOn(clock, 'schedule');
    watch(setup({ clock }).policy.execute(() => held().promise));
    expect(schedule.mock.calls[0]?.slice(1)).toEqual([100, { hold: true }]);
  });

  it('the abort of the caller reaches every attempt, and begins no other', async () => {
    const { clock, policy, attempts, operation } = setup({ maxHedges: 5 });
    const controller = new AbortController();
    watch(policy.execute(operation, controller));
    await clock.advanceAsync(100);
    const signals = attempts.map(({ call }) => call.signal);
    controller.abort('enough');
    expect(signals.map(({ reason }) => reason as string)).toEqual(['enough', 'enough']);
    await clock.advanceAsync(10_000);
    expect(attempts.length).toBe(2);
  });

  it('a limit around it ends all attempts; one inside it ends each', async () => {
    const { clock, policy, attempts, operation } = setup();
    const outside = watch(pipeline(timeout(150, { clock }), policy).execute(operation));
    await clock.advanceAsync(100);
    const signals = attempts.map(({ call }) => call.signal);
    await clock.advanceAsync(50);
    expect([outside.error, signals.map(({ aborted }) => aborted)]).toEqual([
      expect.objectContaining({ code: 'BREAKWATER_TIMEOUT' }),
      [true, true],
    ]);
    const inside = watch(pipeline(policy, timeout(150, { clock })).execute(operation));
    await clock.advanceAsync(249);
    expect(inside.done).toBe(false);
    await clock.advanceAsync(1);
    expect([inside.error, clock.pending]).toEqual([expect.objectContaining({ code: 'BREAKWATER_TIMEOUT' }), 0]);
  });

  it('an attempt that was not needed is no failure for the breaker inside', async () => {
    const { clock, policy } = setup();
    const breaker = new CircuitBreaker({ clock, failureThreshold: 1 });
    const outcome = watch(
      pipeline(policy, breaker).execute(({ attempt, signal }) =>
        attempt === 2
          ? Promise.resolve('second')
          : new Promise<string>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      ),
    );
    await clock.advanceAsync(100);
    expect([outcome.value, breaker.state]).toEqual(['second', 'CLOSED']);
    expect(breaker.snapshot().counts).toMatchObject({ successes: 1, failures: 0 });
  });

  it('tells of each attempt beside the first', async () => {
    const { clock, policy, operation } = setup();
    const told = vi.fn();
    policy.on('hedge', told);
    watch(policy.execute(operation));
    await clock.advanceAsync(100);
    expect(told.mock.calls).toEqual([[{ hedge: 'hedge', attempt: 2 }]]);
  });

  it.each([
    [{}, /delayMs is required/],
    [{ delayMs: -1 }, /delayMs/],
    [{ delayMs: 1, maxHedges: 0 }, /maxHedges/],
    [{ delayMs: 1, budget: 1 }, /budget must be a RetryBudget or false/],
  ])('refuses %j', (options, text) => {
    expect(() => hedge(options as HedgeOptions)).toThrow(text);
  });
});
