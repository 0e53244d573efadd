import { CircuitBreaker } from 'breakwater/circuit-breaker';
import { bulkhead, deadline, pipeline, type Policy, retry, timeout } from 'breakwater/resilience';
import { ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';
import { watch } from './setup.js';

const never = (): Promise<never> => new Promise(() => undefined);

describe('a listener of a limit that makes the caller give up', () => {
  it.each([timeout, deadline])(
    'T02 M06 leaves the call one outcome, and what is around the limit one slot (%#)',
    async (limit) => {
      const clock = new ManualClock();
      const caller = new AbortController();
      const outer = bulkhead({ maxConcurrent: 1, clock });
      const breaker = new CircuitBreaker({ failureThreshold: 5, clock });
      const inner = bulkhead({ maxConcurrent: 1, maxQueued: 1, clock });
      const limited = limit(10, { clock });
      limited.on('timeout', () => {
        caller.abort(new Error('shutdown'));
      });
      void inner.execute(never);
      const call = pipeline(outer, breaker, limited, inner);
      const running = watch(call.execute(() => 1, { signal: caller.signal }));
      await clock.advanceAsync(10);
      expect(running).toMatchObject({ done: true, error: { name: expect.stringMatching(/Error$/) as string } });
      expect(outer.snapshot()).toMatchObject({ running: 0, queued: 0 });
      expect(inner.snapshot()).toMatchObject({ running: 1, queued: 0 });
      expect(breaker.snapshot().counts).toMatchObject({ inFlight: 0, ignored: 1 });
    },
  );
});

describe('a promise with a `then` of its own', () => {
  /** Calls back, and then throws or returns nothing. */
  const odd = (after: () => unknown): Promise<number> =>
    Object.assign(Promise.resolve(1), {
      then: (done: (value: number) => void) => {
        done(2);
        return after();
      },
    });
  const throwing = (): never => {
    throw new Error('x');
  };

  it.each<[string, () => unknown]>([
    ['throws', throwing],
    ['returns nothing', () => undefined],
  ])('C13 C15 that %s is awaited like any other: one outcome, that of the promise', async (_, after) => {
    const breaker = new CircuitBreaker();
    const policies: Policy[] = [breaker, retry({ maxAttempts: 2, budget: false }), timeout(1_000)];
    for (const policy of policies) {
      const answer = policy.execute(() => odd(after));
      expect(answer).toBeInstanceOf(Promise);
      expect(await answer).toBe(1);
    }
    expect(breaker.snapshot().counts).toMatchObject({ inFlight: 0, successes: 1, failures: 0 });
  });
});

describe('attempt', () => {
  it('says that the call was refused only when it was not begun', async () => {
    const full = bulkhead({ maxConcurrent: 1 });
    void full.execute(never);
    const breaker = new CircuitBreaker();
    expect(await breaker.attempt(() => full.execute(() => 1))).toMatchObject({ ok: false, rejected: false });
    breaker.isolate();
    expect(await breaker.attempt(() => 1)).toMatchObject({ ok: false, rejected: true });
    expect(await breaker.attempt(5 as never)).toMatchObject({ ok: false, rejected: false });
  });
});
