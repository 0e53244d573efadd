import { Bulkhead, CircuitBreaker, pipeline, retry } from 'breakwater/resilience';
import { describe, expect, it, vi } from 'vitest';
import { clockAt, counted, held, watch } from '../setup.js';

/** Two bulkheads of one slot each, the inner one of which is taken. */
function setup() {
  const clock = clockAt();
  const outer = new Bulkhead({ name: 'outer', clock, maxConcurrent: 1, maxQueued: 9, maxWaitMs: 60_000 });
  const inner = new Bulkhead({ name: 'inner', clock, maxConcurrent: 1, maxQueued: 9, maxWaitMs: 60_000 });
  const gate = held();
  const holder = watch(inner.execute(() => gate.promise));
  const controller = new AbortController();
  const listeners = counted(controller.signal);
  return { clock, outer, inner, gate, holder, controller, listeners };
}

describe('many calls on one signal that aborts', () => {
  it.each(['fused', 'nested'])('each end once, and no slot goes to one that was given up, %s', async (way) => {
    const { clock, outer, inner, gate, controller, listeners } = setup();
    const call = pipeline(outer, inner);
    const execute = (operation: () => string, signal?: AbortSignal): Promise<string> =>
      way === 'fused'
        ? call.execute(operation, { signal })
        : outer.execute((context) => inner.execute(operation, context), { signal });
    const operation = vi.fn(() => 'ran');
    // The first one holds the outer slot and waits for the inner; the others wait for the outer.
    const outcomes = Array.from({ length: 4 }, () => watch(execute(operation, controller.signal)));
    const bystander = watch(execute(() => 'mine'));
    await clock.advanceAsync(0);
    expect([outer.snapshot().running, outer.snapshot().queued, inner.snapshot().queued]).toEqual([1, 4, 1]);
    controller.abort('enough');
    await clock.advanceAsync(0);
    expect(outcomes).toEqual(outcomes.map(() => ({ done: true, error: 'enough' })));
    expect([outer.snapshot(), inner.snapshot()]).toMatchObject([
      { running: 1, queued: 0, admitted: 2, timedOut: 0 },
      { running: 1, queued: 1, admitted: 1, timedOut: 0 },
    ]);
    gate.resolve('done');
    await clock.advanceAsync(0);
    expect([bystander.value, operation.mock.calls.length, listeners.now]).toEqual(['mine', 0, 0]);
    expect([outer.snapshot(), inner.snapshot()]).toMatchObject([
      { running: 0, queued: 0 },
      { running: 0, queued: 0 },
    ]);
    await clock.advanceAsync(120_000);
    expect(clock.pending).toBe(0);
  });

  it('leave the counts of what they waited in as they should be, whoever is told first', async () => {
    const { clock, outer, gate, controller } = setup();
    const again = retry({ clock, delaysMs: [500], budget: false });
    const breaker = new CircuitBreaker({ clock });
    const down = new Error('down');
    const failing = Array.from({ length: 5 }, () =>
      watch(pipeline(outer, again, breaker).execute(() => Promise.reject(down), controller)),
    );
    await clock.advanceAsync(0);
    // One waits for its next attempt and holds the slot that the others wait for.
    expect(outer.snapshot()).toMatchObject({ running: 1, queued: 4 });
    controller.abort('enough');
    await clock.advanceAsync(60_000);
    expect(failing).toEqual(failing.map(() => ({ done: true, error: 'enough' })));
    expect(outer.snapshot()).toMatchObject({ running: 0, queued: 0, admitted: 1 });
    expect(breaker.snapshot().counts).toMatchObject({ failures: 1, inFlight: 0 });
    gate.resolve('done');
  });

  it('end as given up, not as late, when the longest wait is over at the same moment', async () => {
    const { clock, inner, controller } = setup();
    clock.schedule(() => controller.abort('enough'), 60_000);
    const waiting = watch(inner.execute(() => 'ran', controller));
    await clock.advanceAsync(60_000);
    expect(waiting).toEqual({ done: true, error: 'enough' });
    expect(inner.snapshot()).toMatchObject({ queued: 0, timedOut: 0 });
  });
});
