import { CircuitBreaker } from 'breakwater/circuit-breaker';
import type { CancelTimer, Clock } from 'breakwater/core';
import { bulkhead, deadline, hedge, pipeline, retry, timeout } from 'breakwater/resilience';
import { ManualClock } from 'breakwater/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { watch } from './setup.js';

const never = (): Promise<never> => new Promise(() => undefined);

/** Timers that come up to a millisecond early, as those of the platform do. */
function early(byMs: number) {
  const manual = new ManualClock({ now: 1_000.25 });
  const clock: Clock = {
    now: () => manual.now(),
    wallNow: () => manual.wallNow(),
    schedule: (fn, delayMs): CancelTimer => manual.schedule(fn, Math.max(delayMs - byMs, delayMs / 2)),
  };
  return { manual, clock };
}

describe('timers that come early', () => {
  it('X01 a retry that waits out an open circuit is not refused again', async () => {
    const { manual, clock } = early(0.7);
    const breaker = new CircuitBreaker({ failureThreshold: 1, recoveryTimeoutMs: 200, clock });
    const call = pipeline(deadline(5_000, { clock }), retry({ maxAttempts: 3, budget: false, clock }), breaker);
    let calls = 0;
    const running = watch(
      call.execute(() => {
        if (++calls === 1) throw new Error('blip');
        return 'fine';
      }),
    );
    await manual.advanceAsync(1_000);
    expect([running, calls]).toEqual([{ done: true, value: 'fine' }, 2]);
  });

  it('a wait ends all the same when the clock stands still or sets no timer any more', async () => {
    const { manual, clock } = early(0.7);
    for (const broken of ['now', 'schedule'] as const) {
      let works = true;
      const failing: Clock = {
        ...clock,
        now: () => (works || broken !== 'now' ? clock.now() : manual.now() - 1e6),
        schedule: (fn, delayMs) => {
          if (!works && broken === 'schedule') throw new Error('no timers');
          return clock.schedule(fn, delayMs);
        },
      };
      let calls = 0;
      const running = watch(
        retry({ delaysMs: [10], budget: false, clock: failing }).execute(() => {
          if (++calls === 1) throw new Error('blip');
          return 'fine';
        }),
      );
      await manual.advanceAsync(0);
      works = false;
      await manual.advanceAsync(1_000);
      expect([broken, running]).toEqual([broken, { done: true, value: 'fine' }]);
    }
  });

  it('a limit of its own is not over before its time', async () => {
    const { manual, clock } = early(0.7);
    const outer = timeout(50, { clock });
    const inner = timeout(100, { clock });
    const running = watch(outer.execute((call) => inner.execute(() => new Promise(() => undefined), call)));
    await manual.advanceAsync(49.9);
    expect(running.done).toBe(false);
    await manual.advanceAsync(2);
    expect(running).toMatchObject({ done: true, error: { code: 'BREAKWATER_TIMEOUT', limitMs: 50 } });
  });
});

describe('limits and places in a queue', () => {
  it('end at their time, at whatever time and by whatever steps a manual clock moves', async () => {
    const at = fc.double({ min: 0, max: 1e6, noNaN: true });
    await fc.assert(
      fc.asyncProperty(at, fc.double({ min: 1, max: 1_000, noNaN: true }), at, async (start, ms, step) => {
        const clock = new ManualClock({ now: Math.round(start * 10) / 10 });
        clock.advance(step);
        const slots = bulkhead({ maxConcurrent: 1, maxQueued: 1, maxWaitMs: ms, clock });
        const policies = [timeout(ms, { clock }), retry({ attemptTimeoutMs: ms, maxAttempts: 1, clock }), slots];
        void slots.execute(never);
        const running = policies.map((policy) => watch(policy.execute(never)));
        clock.advance(ms / 2);
        await clock.advanceAsync(ms);
        expect(running.map(({ done }) => done)).toEqual([true, true, true]);
      }),
      { numRuns: 1_000 },
    );
  });

  it('end although the time of the clock stands still while its timers go on', async () => {
    const manual = new ManualClock();
    const clock: Clock = { now: () => 5, wallNow: () => 5, schedule: (fn, delayMs) => manual.schedule(fn, delayMs) };
    const limit = timeout(100, { clock });
    const running = [1, 2, 3].map(() => watch(limit.execute(never)));
    await manual.advanceAsync(1_000);
    expect(running.map(({ done }) => done)).toEqual([true, true, true]);
  });

  it('a hedge does not begin early either', async () => {
    const { manual, clock } = early(0.7);
    const begun: number[] = [];
    const running = watch(
      hedge({ delayMs: 5, budget: false, clock }).execute(() => {
        begun.push(manual.now() - 1_000.25);
        return begun.length === 2 ? 'fine' : never();
      }),
    );
    await manual.advanceAsync(10);
    expect([running.value, begun[0], begun[1]]).toEqual(['fine', 0, expect.closeTo(5, 3)]);
  });
});

describe('a circuit', () => {
  it('O06 lets a call through after exactly the wait that it told, however the numbers are rounded', () => {
    const ms = fc.double({ min: 0.001, max: 1e7, noNaN: true });
    fc.assert(
      fc.property(
        ms,
        ms,
        fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { maxLength: 5 }),
        (start, recoveryTimeoutMs, steps) => {
          const clock = new ManualClock({ now: start });
          const breaker = new CircuitBreaker({
            failureThreshold: 1,
            recoveryTimeoutMs: Math.max(1, recoveryTimeoutMs),
            clock,
          });
          expect(() =>
            breaker.executeSync(() => {
              throw new Error('down');
            }),
          ).toThrow('down');
          for (const step of steps) {
            clock.advance((breaker.snapshot().remainingMs ?? 0) * step);
            // Less than a microsecond is no time.
            if ((breaker.snapshot().remainingMs ?? 0) > 0.001) expect(breaker.state).toBe('OPEN');
          }
          clock.advance(breaker.snapshot().remainingMs ?? 0);
          expect(breaker.state).toBe('HALF_OPEN');
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
