import { AsyncLocalStorage } from 'node:async_hooks';
import { CircuitBreaker } from 'breakwater/circuit-breaker';
import type { Clock } from 'breakwater/core';
import { bulkhead, fallback, hedge, pipeline, retry, timeout } from 'breakwater/resilience';
import { ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';
import { collectGarbage } from './setup.js';

const USERS = ['alice', 'bob', 'carol'];
const never = (): Promise<never> => new Promise(() => undefined);

describe('what AsyncLocalStorage holds', () => {
  /** Runs a call for each user, and says what each of them saw. */
  async function seen(call: (user: string, note: () => void, clock: ManualClock) => Promise<unknown>) {
    const clock = new ManualClock();
    const user = new AsyncLocalStorage<string>();
    const notes = new Map<string, unknown[]>(USERS.map((name) => [name, []]));
    const calls = USERS.map((name) =>
      user.run(name, () => call(name, () => notes.get(name)?.push(user.getStore()), clock).catch(() => undefined)),
    );
    await clock.advanceAsync(1_000);
    await Promise.all(calls);
    return Object.fromEntries(notes);
  }
  const own = (times: number) =>
    Object.fromEntries(USERS.map((name) => [name, Array.from({ length: times }, () => name)]));

  it('is the caller’s in an operation that waited for a slot', async () => {
    let slots: ReturnType<typeof bulkhead> | undefined;
    const call = (_: string, note: () => void, clock: ManualClock): Promise<unknown> =>
      (slots ??= bulkhead({ maxConcurrent: 1, maxQueued: 5, clock })).execute(async () => {
        note();
        await Promise.resolve();
      });
    expect(await seen(call)).toEqual(own(1));
  });

  it('is the caller’s in a further attempt, when a limit has ended the one before', async () => {
    let calls: { execute: (operation: () => unknown) => Promise<unknown> } | undefined;
    const call = (_: string, note: () => void, clock: ManualClock): Promise<unknown> =>
      (calls ??= pipeline(
        retry({ maxAttempts: 3, delaysMs: [1], budget: false, clock }),
        new CircuitBreaker({ failureThreshold: 100, clock }),
        timeout(30, { clock }),
      )).execute(() => {
        note();
        return never();
      });
    expect(await seen(call)).toEqual(own(3));
  });

  it('is the caller’s with a limit for each attempt, in the hooks as well', async () => {
    let calls: ReturnType<typeof retry> | undefined;
    const call = (_: string, note: () => void, clock: ManualClock): Promise<unknown> =>
      (calls ??= retry({
        maxAttempts: 2,
        delaysMs: [1],
        budget: false,
        attemptTimeoutMs: 30,
        retryIf: () => true,
        clock,
      })).execute(() => {
        note();
        return never();
      });
    expect(await seen(call)).toEqual(own(2));
  });

  it('is the caller’s in a fallback, in those who hear of an abort and in a second attempt beside the first', async () => {
    const user = new AsyncLocalStorage<string>();
    const clock = new ManualClock();
    const saw: unknown[][] = [];
    const calls = pipeline(
      fallback(() => saw.push(['fallback', user.getStore()])),
      timeout(30, { clock }),
      hedge({ delayMs: 10, budget: false, clock }),
    );
    const all = ['alice', 'bob'].map((name) =>
      user.run(name, () =>
        calls.execute(({ attempt, signal }) => {
          if (attempt === 2) saw.push(['hedge', user.getStore()]);
          else signal.addEventListener('abort', () => saw.push(['abort', user.getStore()]));
          return never();
        }),
      ),
    );
    await clock.advanceAsync(100);
    await Promise.all(all);
    for (const what of ['hedge', 'abort', 'fallback']) {
      expect(saw.filter(([kind]) => kind === what)).toEqual([
        [what, 'alice'],
        [what, 'bob'],
      ]);
    }
  });

  it('is the caller’s when a place in the queue was waited for in vain', async () => {
    const user = new AsyncLocalStorage<string>();
    const clock = new ManualClock();
    const saw: unknown[] = [];
    const calls = pipeline(
      fallback(() => saw.push(user.getStore())),
      bulkhead({ maxConcurrent: 1, maxQueued: 5, maxWaitMs: 10, clock }),
    );
    void user.run('holder', () => calls.execute(never));
    const waiting = ['alice', 'bob'].map((name) => user.run(name, () => calls.execute(never)));
    await clock.advanceAsync(10);
    await Promise.all(waiting);
    expect(saw).toEqual(['alice', 'bob']);
  });

  it('is nothing for a call that was made from nowhere, whoever else uses the timer or frees the slot', async () => {
    const user = new AsyncLocalStorage<string>();
    const clock = new ManualClock();
    const saw: unknown[] = [];
    const calls = pipeline(
      fallback(() => saw.push(user.getStore())),
      timeout(20, { clock }),
      bulkhead({ maxConcurrent: 1, maxQueued: 5, clock }),
    );
    const first = user.run('alice', () => calls.execute(() => new Promise((end) => clock.schedule(() => end(1), 10))));
    const second = user.exit(() =>
      calls.execute(() => {
        saw.push(user.getStore());
        return never();
      }),
    );
    await clock.advanceAsync(30);
    expect([await first, await second, saw]).toEqual([1, 2, [undefined, undefined]]);
  });

  it('is that of the caller for those who hear that a wait was in vain', async () => {
    const user = new AsyncLocalStorage<string>();
    const clock = new ManualClock();
    const slots = bulkhead({ maxConcurrent: 1, maxQueued: 5, maxWaitMs: 10, clock });
    const saw: unknown[] = [];
    slots.on('rejected', () => saw.push(user.getStore()));
    void user.run('holder', () => slots.execute(never));
    const waiting = ['alice', 'bob'].map((name) => user.run(name, () => slots.execute(never).catch(() => undefined)));
    await clock.advanceAsync(10);
    await Promise.all(waiting);
    expect(saw).toEqual(['alice', 'bob']);
  });

  it('is the caller’s in further attempts with a clock that carries nothing along', async () => {
    const user = new AsyncLocalStorage<string>();
    const manual = new ManualClock();
    const wheel = new Set<() => void>();
    const clock: Clock = {
      now: () => manual.now(),
      wallNow: () => manual.wallNow(),
      schedule: (fn) => {
        wheel.add(fn);
        return () => wheel.delete(fn);
      },
    };
    const saw: unknown[] = [];
    const note = (): Promise<never> => {
      saw.push(user.getStore());
      return Promise.reject(new Error('down'));
    };
    void user.run('alice', () =>
      retry({ delaysMs: [10], budget: false, clock })
        .execute(note)
        .catch(() => undefined),
    );
    void user.run('bob', () =>
      hedge({ delayMs: 10, budget: false, clock })
        .execute(({ attempt }) => (attempt === 1 ? never() : note()))
        .catch(() => undefined),
    );
    await manual.advanceAsync(10);
    for (const fn of wheel) fn();
    expect(saw.sort()).toEqual(['alice', 'alice', 'bob']);
  });

  it('is let go with the call, and so is its answer', async () => {
    const user = new AsyncLocalStorage<object>();
    const calls = pipeline(retry({ budget: false }), timeout(60_000), bulkhead({ maxConcurrent: 1, maxQueued: 1 }));
    const kept: WeakRef<object>[] = [];
    const call = (): Promise<unknown> => {
      const store = { user: 'alice' };
      return user.run(store, () =>
        calls.execute(() => {
          const answer = { rows: [] };
          kept.push(new WeakRef<object>(store), new WeakRef<object>(answer));
          return answer;
        }),
      );
    };
    await Promise.all([call(), call()]).then(() => undefined);
    await new Promise(setImmediate);
    collectGarbage();
    expect(kept.map((ref) => ref.deref())).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('a manual clock carries it along as the platform’s timers do', () => {
    const user = new AsyncLocalStorage<string>();
    const clock = new ManualClock();
    const saw: unknown[] = [];
    user.run('alice', () => clock.schedule(() => saw.push(user.getStore()), 5));
    user.run('bob', () => {
      clock.advance(5);
    });
    expect(saw).toEqual(['alice']);
  });
});
