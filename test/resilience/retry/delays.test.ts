import { retry, RetryBudget, type Jitter, type RetryOptions } from 'breakwater/resilience';
import { seededRandom } from 'breakwater/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clockAt, watch } from '../setup.js';

/** The waits between the attempts of one call that always fails. */
async function waits(options: RetryOptions, attempts = 8): Promise<number[]> {
  const clock = clockAt();
  const policy = retry({ clock, maxAttempts: attempts, budget: false, ...options });
  const found: number[] = [];
  policy.on('retry', ({ delayMs }) => found.push(delayMs));
  const outcome = watch(policy.execute(() => Promise.reject(new Error('down'))));
  while (!outcome.done) await clock.advanceAsync(options.maxDelayMs ?? 20_000);
  return found;
}

const fixed = (u: number) => ({ next: () => u });

describe('the waits of a retry', () => {
  it.each([
    ['none', 0.5, [100, 200, 400, 800, 1_000, 1_000]],
    ['full', 0.5, [50, 100, 200, 400, 500, 500]],
    ['full', 0, [0, 0, 0, 0, 0, 0]],
    ['equal', 0.5, [75, 150, 300, 600, 750, 750]],
    ['equal', 0, [50, 100, 200, 400, 500, 500]],
    ['decorrelated', 0.5, [200, 350, 550, 550, 550, 550]],
    ['decorrelated', 0, [100, 100, 100, 100, 100, 100]],
  ] as const)('jitter %s with u = %d follows its formula', async (jitter, u, expected) => {
    expect(await waits({ baseDelayMs: 100, maxDelayMs: 1_000, jitter, random: fixed(u) }, 7)).toEqual(expected);
  });

  it.each([
    ['none', 0.5, [10, 100, 1_000]],
    ['full', 0.5, [5, 50, 500]],
    ['equal', 0.5, [7.5, 75, 750]],
    ['decorrelated', 1 - 2 ** -53, [110, 1_210, 13_310]],
  ] as const)('RES-R07 the factor counts for jitter %s', async (jitter, u, expected) => {
    const found = await waits({ baseDelayMs: 10, maxDelayMs: 1e6, factor: 10, jitter, random: fixed(u) }, 4);
    expect(found.map((ms) => Math.round(ms * 100) / 100)).toEqual(expected);
  });

  it.each(['full', 'equal', 'decorrelated'] as const)(
    'RES-R05 waits at the cap still differ with jitter %s',
    async (jitter) => {
      const found = await waits({ baseDelayMs: 1_000, maxDelayMs: 1_500, jitter, random: seededRandom(7) }, 40);
      expect(new Set(found.slice(5)).size).toBeGreaterThan(30);
    },
  );

  it('RES-R06 is never negative, never above the cap and never no number', async () => {
    const jitters: Jitter[] = ['none', 'full', 'equal', 'decorrelated'];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...jitters),
        fc.double({ min: 0, max: 1e300, noNaN: true }),
        fc.double({ min: 0, max: 1e300, noNaN: true }),
        fc.double({ min: 1, max: 1e300, noNaN: true }),
        fc.integer(),
        async (jitter, a, b, factor, seed) => {
          const [baseDelayMs, maxDelayMs] = [Math.min(a, b), Math.max(a, b)];
          const options = { jitter, baseDelayMs, maxDelayMs, factor, random: seededRandom(seed) };
          // A cap that would take for ever to wait for is only looked at.
          const instant = {
            now: () => 0,
            wallNow: () => 0,
            schedule: (fn: () => void) => (queueMicrotask(fn), () => undefined),
          };
          const found: number[] = [];
          const policy = retry({ ...options, maxAttempts: 12, budget: false, clock: instant });
          policy.on('retry', ({ delayMs }) => found.push(delayMs));
          await policy.execute(() => Promise.reject(new Error('down'))).catch(() => undefined);
          expect(found.length).toBe(11);
          for (const ms of found) expect(ms >= 0 && ms <= maxDelayMs).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('takes the waits of a list one by one, and one attempt more than there are', async () => {
    expect(await waits({ delaysMs: [5, 0, 70] }, undefined)).toEqual([5, 0, 70, 70, 70, 70, 70]);
    const clock = clockAt();
    const policy = retry({ clock, delaysMs: [5, 10] });
    let attempts = 0;
    watch(policy.execute(() => Promise.reject(new Error(String(attempts++)))));
    await clock.advanceAsync(1_000);
    expect(attempts).toBe(3);
  });
});

describe('RetryBudget', () => {
  it('starts full, gives whole tokens only, and never holds more than its burst', () => {
    const budget = new RetryBudget({ ratio: 0.1, burst: 2 });
    expect([budget.withdraw(), budget.withdraw(), budget.withdraw()]).toEqual([true, true, false]);
    for (let i = 0; i < 9; i++) budget.deposit();
    expect(budget.withdraw()).toBe(false);
    budget.deposit();
    expect([budget.withdraw(), budget.withdraw()]).toEqual([true, false]);
    for (let i = 0; i < 1_000; i++) budget.deposit();
    expect(budget.tokens).toBe(2);
  });

  it.each([
    [{ ratio: -1 }, /ratio/],
    [{ ratio: NaN }, /ratio/],
    [{ burst: 0 }, /burst must be an integer of at least 1/],
    [{ bust: 1 }, /did you mean burst/],
  ])('refuses %j', (options, text) => {
    expect(() => new RetryBudget(options as never)).toThrow(text);
  });

  it('RES-R15 in a total outage all calls together retry no more often than the burst', async () => {
    const clock = clockAt();
    const policy = retry({ clock, maxAttempts: 3 });
    let attempts = 0;
    const calls = Array.from({ length: 1_000 }, () =>
      watch(policy.execute(() => Promise.reject(new Error(String(attempts++))))),
    );
    await clock.advanceAsync(60_000);
    expect([attempts, calls.every(({ done }) => done)]).toEqual([1_010, true]);
  });

  it('may be shared', async () => {
    const clock = clockAt();
    const budget = new RetryBudget({ ratio: 0, burst: 3 });
    const [a, b] = [retry({ clock, budget, maxAttempts: 9 }), retry({ clock, budget, maxAttempts: 9 })];
    let attempts = 0;
    const fail = () => Promise.reject(new Error(String(attempts++)));
    watch(a.execute(fail));
    watch(b.execute(fail));
    await clock.advanceAsync(600_000);
    expect(attempts).toBe(5);
  });
});
