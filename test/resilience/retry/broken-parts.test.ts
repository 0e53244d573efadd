import { retry, retryHistory, type RetryBudgetShape, type RetryOptions, hedge } from 'breakwater/resilience';
import { describe, expect, it } from 'vitest';
import { clockAt, failing, held, watch } from '../setup.js';

const down = new Error('down');
const broken = new Error('broken');
const breaks = (): never => {
  throw broken;
};

function setup(options: RetryOptions) {
  const clock = clockAt();
  const reported: unknown[] = [];
  const policy = retry({ clock, jitter: 'none', onListenerError: (error) => reported.push(error), ...options });
  return { clock, policy, reported };
}

describe('a source of chance that is broken', () => {
  it.each([
    ['throws', breaks],
    ['answers with text', () => 'half' as never],
    ['answers with nothing', () => undefined as never],
    ['answers with NaN', () => NaN],
    ['answers with -1', () => -1],
    ['answers with 1', () => 1],
    ['answers with Infinity', () => Infinity],
  ])('is reported and replaced when it %s', async (_, next) => {
    const { clock, policy, reported } = setup({ jitter: 'full', random: { next } });
    const delays: number[] = [];
    policy.on('retry', ({ delayMs }) => delays.push(delayMs));
    const outcome = watch(policy.execute(failing(down).operation));
    await clock.advanceAsync(100);
    expect(outcome).toEqual({ done: true, value: 'fine' });
    expect(delays.every((ms) => ms >= 0 && ms < 100)).toBe(true);
    expect([delays.length, reported.length]).toEqual([1, 1]);
  });
});

const budgetThat = (parts: Partial<RetryBudgetShape>): RetryBudgetShape => ({
  tokens: 5,
  deposit: () => undefined,
  withdraw: () => true,
  ...parts,
});

describe('a budget that is broken', () => {
  it('does not replace the error of the call, which gets no retry', async () => {
    const { clock, policy, reported } = setup({ budget: budgetThat({ withdraw: breaks }) });
    const outcome = watch(policy.execute(failing(down).operation));
    await clock.advanceAsync(60_000);
    expect([outcome.error, retryHistory(outcome.error)?.stop, reported]).toEqual([down, 'budget', [broken]]);
  });

  it('gives no retry when it answers with a promise', async () => {
    const withdraw = () => Promise.resolve(true) as never;
    const { clock, policy, reported } = setup({ budget: budgetThat({ withdraw }) });
    const outcome = watch(policy.execute(failing(down).operation));
    await clock.advanceAsync(60_000);
    expect([outcome.error, String(reported[0])]).toEqual([
      down,
      expect.stringMatching(/budget.withdraw must answer at once, with true or false, got an object/),
    ]);
  });

  it('does not replace the result of the call', async () => {
    const { policy, reported } = setup({ budget: budgetThat({ deposit: breaks }) });
    await expect(policy.execute(() => 'fine')).resolves.toBe('fine');
    await Promise.resolve();
    expect(reported).toEqual([broken]);
  });

  it('shows as one that holds nothing', async () => {
    const budget = budgetThat({});
    const { policy, reported } = setup({ budget });
    Object.defineProperty(budget, 'tokens', { get: breaks });
    expect(policy.snapshot().budgetTokens).toBe(0);
    expect([...(policy.metrics?.() ?? [])].at(-1)).toMatchObject({ name: 'breakwater_retry_budget_tokens', value: 0 });
    await Promise.resolve();
    expect(reported).toEqual([broken]);
  });

  it('takes nothing from a hedged call but the attempts beside the first', async () => {
    const clock = clockAt();
    const reported: unknown[] = [];
    const budget = budgetThat({ withdraw: breaks, deposit: breaks });
    const policy = hedge({ delayMs: 10, clock, budget, onListenerError: (error) => reported.push(error) });
    const gate = held();
    const outcome = watch(policy.execute(() => gate.promise));
    await clock.advanceAsync(10);
    gate.resolve('fine');
    await clock.advanceAsync(2_000);
    expect([outcome.value, policy.snapshot()]).toEqual([
      'fine',
      expect.objectContaining({ hedges: 0, budgetExhausted: 1 }),
    ]);
    expect(reported).toEqual([broken]);
  });
});

describe('a retryIf that gives the call up', () => {
  it('ends it, and takes no token', async () => {
    const controller = new AbortController();
    const { clock, policy } = setup({
      retryIf: () => {
        controller.abort('enough');
        return true;
      },
    });
    const { calls, operation } = failing(down);
    const outcome = watch(policy.execute(operation, controller));
    await clock.advanceAsync(60_000);
    expect([calls.length, outcome.error, retryHistory(down)?.stop]).toEqual([1, down, 'aborted']);
    expect(policy.snapshot()).toMatchObject({ budgetTokens: 10, gaveUp: 0 });
    expect(clock.pending).toBe(0);
  });
});
