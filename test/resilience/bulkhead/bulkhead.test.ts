import { isBreakwaterError } from 'breakwater/core';
import { Bulkhead, bulkhead, type BulkheadOptions, CircuitBreaker, pipeline, timeout } from 'breakwater/resilience';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { clockAt, counted, held, watch } from '../setup.js';

function setup(options: Partial<BulkheadOptions> = {}) {
  const clock = clockAt();
  const part = new Bulkhead({ maxConcurrent: 1, clock, ...options });
  const gate = held();
  return { part, clock, gate, hold: () => watch(part.execute(() => gate.promise)) };
}

describe('Bulkhead', () => {
  it('refuses at once while every slot is taken', async () => {
    const { part, clock, gate, hold } = setup();
    const told: unknown[] = [];
    part.subscribe((event) => told.push(event));
    hold();
    const operation = vi.fn();
    await expect(part.execute(operation)).rejects.toMatchObject({ code: 'BREAKWATER_BULKHEAD_FULL' });
    expect(operation).not.toHaveBeenCalled();
    expect(told).toEqual([
      { type: 'rejected', level: 'warn', data: { bulkhead: 'bulkhead', reason: 'full', running: 1, queued: 0 } },
    ]);
    gate.resolve('done');
    await clock.advanceAsync(0);
    await expect(part.execute(() => 1)).resolves.toBe(1);
  });

  it.each([
    [999, false],
    [1_000, true],
  ])('after %i ms in the queue it has given up: %s', async (ms, timedOut) => {
    const { part, clock, gate, hold } = setup({ maxQueued: 1 });
    hold();
    const queued = watch(part.execute(() => 'ran'));
    await clock.advanceAsync(ms);
    gate.resolve('done');
    await clock.advanceAsync(0);
    expect(isBreakwaterError(queued.error, 'BREAKWATER_BULKHEAD_TIMEOUT')).toBe(timedOut);
    expect(queued.value).toBe(timedOut ? undefined : 'ran');
    expect([part.snapshot().running, part.snapshot().queued, clock.pending]).toEqual([0, 0, 0]);
  });

  it('serves those who wait in the order in which they came, and lets nobody pass them', async () => {
    const { part, clock, gate, hold } = setup({ maxQueued: 10 });
    const order: string[] = [];
    hold();
    for (const name of ['a', 'b', 'c']) watch(part.execute(() => void order.push(name)));
    gate.resolve('done');
    await clock.advanceAsync(0);
    watch(part.execute(() => void order.push('d')));
    await clock.advanceAsync(0);
    expect(order).toEqual(['a', 'b', 'c', 'd']);
  });

  it('an abort in the queue rejects at once with the reason, and leaves no listener and no place', async () => {
    const { part, clock, gate, hold } = setup({ maxQueued: 2 });
    hold();
    const controller = new AbortController();
    const listeners = counted(controller.signal);
    const first = watch(part.execute(() => 'never', controller));
    const second = watch(part.execute(() => 'then'));
    expect(listeners.now).toBe(1);
    controller.abort('enough');
    await clock.advanceAsync(0);
    expect([first, second.done, part.snapshot().queued]).toEqual([{ done: true, error: 'enough' }, false, 1]);
    gate.resolve('done');
    await clock.advanceAsync(0);
    expect(second.value).toBe('then');
  });

  it('RES-C09 its refusals are no failures of what a breaker around it guards', async () => {
    const { part, clock, hold } = setup();
    const breaker = new CircuitBreaker({ clock, failureThreshold: 1 });
    hold();
    const call = pipeline(breaker, part);
    for (let i = 0; i < 5; i++)
      await expect(call.execute(() => 1)).rejects.toMatchObject({ code: 'BREAKWATER_BULKHEAD_FULL' });
    expect(breaker.state).toBe('CLOSED');
  });

  it('a limit around it ends the wait, and the place is free', async () => {
    const { part, clock, hold } = setup({ maxQueued: 1, maxWaitMs: 10_000 });
    hold();
    const operation = vi.fn();
    const late = watch(pipeline(timeout(500, { clock }), part).execute(operation));
    await clock.advanceAsync(500);
    expect(late.error).toMatchObject({ code: 'BREAKWATER_TIMEOUT' });
    expect([part.snapshot().queued, operation.mock.calls.length, clock.pending]).toEqual([0, 0, 0]);
  });

  it('ten thousand refusals in a row by what is inside do not fill the stack', async () => {
    const clock = clockAt();
    const part = new Bulkhead({ maxConcurrent: 1, maxQueued: 10_000, clock });
    const breaker = new CircuitBreaker({ clock });
    const call = pipeline(part, breaker);
    const gate = held();
    watch(part.execute(() => gate.promise));
    const waiting = Array.from({ length: 10_000 }, () => watch(call.execute(() => 1)));
    breaker.isolate();
    gate.resolve('done');
    await clock.advanceAsync(0);
    expect(waiting.every(({ error }) => isBreakwaterError(error, 'BREAKWATER_CIRCUIT_OPEN'))).toBe(true);
    expect(part.snapshot()).toMatchObject({ running: 0, queued: 0, admitted: 10_001 });
  });

  it('a synchronous throw frees its slot', async () => {
    const { part } = setup();
    const thrown = new Error('at once');
    await expect(
      part.execute(() => {
        throw thrown;
      }),
    ).rejects.toBe(thrown);
    expect(part.snapshot().running).toBe(0);
  });

  it('agrees with a count of its own in random interleavings', async () => {
    const steps = fc.array(
      fc.record({ do: fc.constantFrom('call', 'end', 'abort', 'wait'), which: fc.nat(9), ms: fc.nat(1_500) }),
      { maxLength: 40 },
    );
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 3 }), fc.nat(3), async (all, maxConcurrent, maxQueued) => {
        const clock = clockAt();
        const part = new Bulkhead({ maxConcurrent, maxQueued, clock });
        const calls: {
          gate: ReturnType<typeof held<string>>;
          controller: AbortController;
          outcome: { done: boolean };
        }[] = [];
        let running = 0;
        let most = 0;
        for (const step of all) {
          const open = calls.filter(({ outcome }) => !outcome.done);
          const one = open[step.which % Math.max(1, open.length)];
          if (step.do === 'call') {
            const gate = held();
            const controller = new AbortController();
            const operation = async () => {
              most = Math.max(most, ++running);
              await gate.promise.finally(() => running--);
            };
            calls.push({ gate, controller, outcome: watch(part.execute(operation, controller)) });
          } else if (step.do === 'end') one?.gate.resolve('done');
          else if (step.do === 'abort') one?.controller.abort();
          else clock.advance(step.ms);
          await clock.advanceAsync(0);
          const { running: shown, queued } = part.snapshot();
          expect(shown).toBe(running);
          expect(queued <= maxQueued && (queued === 0 || shown === maxConcurrent)).toBe(true);
        }
        for (const { gate } of calls) gate.resolve('done');
        await clock.advanceAsync(10_000);
        expect(most <= maxConcurrent).toBe(true);
        expect(part.snapshot()).toMatchObject({ running: 0, queued: 0 });
        expect([clock.pending, calls.every(({ outcome }) => outcome.done)]).toEqual([0, true]);
      }),
      { numRuns: 500 },
    );
  });

  it('shows its state as metrics', () => {
    const { part, hold } = setup({ name: 'reports' });
    hold();
    expect([...part.metrics()].map(({ name, value, labels }) => [name, value, labels])).toEqual([
      ['breakwater_bulkhead_running', 1, { bulkhead: 'reports' }],
      ['breakwater_bulkhead_max_concurrent', 1, { bulkhead: 'reports' }],
      ['breakwater_bulkhead_queued', 0, { bulkhead: 'reports' }],
      ['breakwater_bulkhead_max_queued', 0, { bulkhead: 'reports' }],
      ['breakwater_bulkhead_admitted_total', 1, { bulkhead: 'reports' }],
      ['breakwater_bulkhead_rejected_total', 0, { bulkhead: 'reports' }],
      ['breakwater_bulkhead_timed_out_total', 0, { bulkhead: 'reports' }],
    ]);
  });

  it.each([
    [undefined, /maxConcurrent is required/],
    [{ maxConcurrent: 0 }, /at least 1, got 0/],
    [{ maxConcurrent: 1, maxQueue: 2 }, /did you mean maxQueued/],
    [{ maxConcurrent: 1, maxWaitMs: -1 }, /maxWaitMs/],
  ])('refuses %j', (options, text) => {
    expect(() => bulkhead(options as BulkheadOptions)).toThrow(text);
  });
});
