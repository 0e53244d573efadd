import { getEventListeners } from 'node:events';
import { InvalidArgumentError } from 'breakwater/core';
import type { Clock } from 'breakwater/core';
import { RateLimiter, type RateLimiterOptions } from 'breakwater/rate-limiter';
import { ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';

/** One token a second. */
function setup(options: Partial<RateLimiterOptions> = {}) {
  const clock = new ManualClock({ now: 1_000 });
  const limiter = new RateLimiter({ capacity: 10, refillPerSecond: 1, clock, ...options });
  const drain = (): void => {
    while (limiter.tryAcquire().allowed);
  };
  return { clock, limiter, drain };
}

describe('RateLimiter.acquire', () => {
  it('waits in order, with one timer, and holds a token when it goes on', async () => {
    const { clock, limiter, drain } = setup();
    drain();
    const order: number[] = [];
    const calls = [1, 2, 3].map(async (n) => {
      const decision = await limiter.acquire();
      expect(decision.allowed).toBe(true);
      order.push(n);
    });
    expect([clock.pending, limiter.snapshot().waiting]).toEqual([1, 3]);
    await clock.advanceAsync(999);
    expect(order).toEqual([]);
    await clock.advanceAsync(1);
    expect(order).toEqual([1]);
    await clock.advanceAsync(2_000);
    await Promise.all(calls);
    expect(order).toEqual([1, 2, 3]);
    expect([clock.pending, limiter.tokens()]).toEqual([0, 0]);
  });

  it('holds the process while a caller waits', () => {
    const holds: unknown[] = [];
    const clock = new ManualClock();
    const spy = {
      now: () => clock.now(),
      wallNow: () => 0,
      schedule: (_: () => void, __: number, options?: object) => {
        holds.push(options);
        return () => undefined;
      },
    };
    const limiter = new RateLimiter({ capacity: 1, refillPerSecond: 1, clock: spy });
    limiter.tryAcquire();
    void limiter.acquire();
    expect(holds).toEqual([{ hold: true }]);
  });

  it('does not let a later call overtake those who wait', async () => {
    const { clock, limiter, drain } = setup();
    drain();
    const waiting = limiter.acquire({ cost: 3 });
    clock.set(3_000);
    expect(limiter.tryAcquire()).toMatchObject({ allowed: false, retryAfterMs: 2_000 });
    await clock.advanceAsync(1_000);
    await expect(waiting).resolves.toMatchObject({ allowed: true, cost: 3, remaining: 0 });
  });

  it('TRA-25 refuses at once, without a charge, what would wait too long', async () => {
    const { clock, limiter, drain } = setup();
    drain();
    await expect(limiter.acquire({ maxWaitMs: 999 })).rejects.toMatchObject({
      code: 'BREAKWATER_RATE_LIMITED',
      retryAfterMs: 1_000,
    });
    const waiting = limiter.acquire({ maxWaitMs: 1_000 });
    await expect(limiter.acquire({ maxWaitMs: 1_999 })).rejects.toMatchObject({ retryAfterMs: 2_000 });
    await clock.advanceAsync(1_000);
    await expect(waiting).resolves.toMatchObject({ allowed: true });
    await expect(limiter.acquire({ maxWaitMs: -1 })).rejects.toThrow(InvalidArgumentError);
  });

  it('TRA-26 a caller who gives up leaves the line, and the token goes to the next', async () => {
    const { clock, limiter, drain } = setup();
    drain();
    const controller = new AbortController();
    const reason = new Error('gone');
    const first = limiter.acquire({ signal: controller.signal });
    const second = limiter.acquire();
    controller.abort(reason);
    await expect(first).rejects.toBe(reason);
    await clock.advanceAsync(1_000);
    await expect(second).resolves.toMatchObject({ allowed: true });
    await expect(limiter.acquire({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(clock.pending).toBe(0);
  });

  it('goes on at once when tokens are given back', async () => {
    const { limiter, drain } = setup();
    drain();
    const waiting = limiter.acquire();
    limiter.refund(1);
    await expect(waiting).resolves.toMatchObject({ allowed: true });
    const again = limiter.acquire({ cost: 10 });
    limiter.reset();
    await expect(again).resolves.toMatchObject({ allowed: true, remaining: 0 });
  });

  it('never waits in shadow mode', async () => {
    const { limiter } = setup({ capacity: 1, mode: 'shadow' });
    limiter.tryAcquire();
    await expect(limiter.acquire()).resolves.toMatchObject({ allowed: true, shadow: true });
  });

  it('refuses for ever when nothing comes back', async () => {
    const { limiter } = setup({ capacity: 1, refillPerSecond: 0 });
    limiter.tryAcquire();
    await expect(limiter.acquire()).rejects.toMatchObject({ decision: { retryAfterMs: Infinity } });
  });

  it.each([1_000, 5_000])('TRA-21 %i waiters go in order, with one timer, at the same cost each', async (waiters) => {
    const manual = new ManualClock();
    const seen = { reads: 0, armed: 0, mostPending: 0 };
    const clock: Clock = {
      now: () => {
        seen.reads++;
        return manual.now();
      },
      wallNow: () => manual.wallNow(),
      schedule: (fn, delayMs) => {
        const cancel = manual.schedule(fn, delayMs);
        seen.armed++;
        seen.mostPending = Math.max(seen.mostPending, manual.pending);
        return cancel;
      },
    };
    const limiter = new RateLimiter({ capacity: 10, refillPerSecond: 1, clock });
    limiter.tryAcquire(10);
    const order: number[] = [];
    const calls = Array.from({ length: waiters }, (_, n) => limiter.acquire().then(() => order.push(n)));
    expect([manual.pending, limiter.snapshot().waiting]).toEqual([1, waiters]);
    const joining = seen.reads;
    manual.advance(waiters * 1_000);
    await Promise.all(calls);
    expect(order).toEqual(Array.from({ length: waiters }, (_, n) => n));
    expect(seen.mostPending).toBe(1);
    expect(seen.armed).toBe(waiters);
    // What is asked of the clock stands for the work: a line that were gone through for each waiter would show.
    expect([joining, seen.reads - joining].map((reads) => reads / waiters)).toEqual([
      expect.closeTo(1, 0),
      expect.closeTo(3, 0),
    ]);
  });

  it('TRA-22 a call that is woken before its token is there goes on waiting', async () => {
    const manual = new ManualClock();
    const early: Clock = {
      now: () => manual.now(),
      wallNow: () => manual.wallNow(),
      schedule: (fn, delayMs) => manual.schedule(fn, Math.max(delayMs - 1, delayMs / 2)),
    };
    const { limiter, drain } = setup({ clock: early });
    drain();
    const went: number[] = [];
    const calls = [1, 2].map(() => limiter.acquire().then(() => went.push(manual.now())));
    await manual.advanceAsync(999.9);
    expect(went).toEqual([]);
    await manual.advanceAsync(2_000);
    await Promise.all(calls);
    expect(went).toEqual([expect.closeTo(1_000, 1), expect.closeTo(2_000, 1)]);
  });

  it('TRA-22 a token that somebody else has used up meanwhile is waited for once more', async () => {
    const { clock, limiter } = setup();
    const reservation = limiter.reserve(10);
    let wentMs = NaN;
    void limiter.acquire().then(() => (wentMs = clock.now() - 1_000));
    clock.advance(500);
    reservation.commit(12);
    await clock.advanceAsync(2_499);
    expect(wentMs).toBeNaN();
    await clock.advanceAsync(1);
    expect([wentMs, limiter.tokens()]).toEqual([3_000, expect.closeTo(0, 6)]);
  });

  it('TRA-28 nothing is left of calls that no longer wait, however their wait ended', async () => {
    const { clock, limiter, drain } = setup();
    drain();
    const shared = new AbortController();
    const own = new AbortController();
    const outcomes: string[] = [];
    const wait = (name: string, signal: AbortSignal, cost = 1): void =>
      void limiter.acquire({ cost, signal }).then(
        () => outcomes.push(`${name} went`),
        () => outcomes.push(`${name} ended`),
      );
    wait('admitted', shared.signal);
    wait('aborted', own.signal);
    wait('too dear by now', shared.signal, 9);
    const listeners = (): number[] => [shared, own].map(({ signal }) => getEventListeners(signal, 'abort').length);
    expect(listeners()).toEqual([1, 1]);
    own.abort();
    limiter.reconfigure({ capacity: 5 }, 'as-is');
    await clock.advanceAsync(1_000);
    expect(outcomes.sort()).toEqual(['aborted ended', 'admitted went', 'too dear by now ended']);
    expect([limiter.snapshot().waiting, clock.pending, listeners()]).toEqual([0, 0, [0, 0]]);
  });

  it('TRA-33 a timer that the runtime held back admits nobody twice, and whoever is due goes at once', async () => {
    const { clock, limiter, drain } = setup();
    drain();
    const went: number[] = [];
    const calls = [1, 2, 3].map((n) => limiter.acquire().then(() => went.push(n)));
    // The process slept: time is gone, and no timer fired.
    clock.set(3_500);
    expect(limiter.tryAcquire()).toMatchObject({ allowed: false, retryAfterMs: 1_500 });
    await clock.advanceAsync(0);
    expect(went).toEqual([1, 2]);
    await clock.advanceAsync(500);
    await Promise.all(calls);
    expect(went).toEqual([1, 2, 3]);
  });
});
