import { ManualClock } from 'breakwater/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { passedUntil, setup, turns } from './setup.js';

// Signals that the test runner does not care for; what a real SIGTERM does is tried with processes of their own.
const signals = ['SIGUSR2', 'SIGWINCH'];
const send = (signal = 'SIGUSR2'): void => {
  process.emit(signal as 'SIGUSR2');
};

afterEach(() => {
  for (const signal of signals) expect(process.listenerCount(signal)).toBe(0);
  vi.restoreAllMocks();
});

describe('signals', () => {
  it('HLD-45 stop the service, with exit code 0 and the signal as the reason, and are heard no longer after it', async () => {
    const { lifecycle, exits } = setup({ signals });
    expect(process.listenerCount('SIGUSR2')).toBe(0);
    await lifecycle.start();
    expect(process.listenerCount('SIGUSR2')).toBe(1);
    send();
    expect(lifecycle.phase).toBe('DRAINING');
    await lifecycle.stop();
    expect([exits, lifecycle.report().stop?.reason]).toEqual([[0], 'SIGUSR2']);
  });

  it('HLD-44 end the process at once with 1 when another comes, but not when it is the same one told twice', async () => {
    const { lifecycle, clock, exits, lines } = setup({ signals });
    lifecycle.onStop('work', 'slow', () => new Promise<void>((resolve) => clock.schedule(resolve, 4_000)));
    lifecycle.track('import');
    await lifecycle.start();
    send();
    await clock.advanceAsync(99);
    send();
    send('SIGWINCH');
    expect(exits).toEqual([]);
    await clock.advanceAsync(1);
    send('SIGWINCH');
    await turns();
    expect(exits).toEqual([1]);
    const forced = lines.find(({ message }) => message.startsWith('the process ends at once'));
    expect(forced?.message).toBe('the process ends at once: a second signal, SIGWINCH');
    expect(forced?.fields).toMatchObject({
      code: 'BREAKWATER_W_STOP_FORCED',
      stop: { unfinished: [{ what: 'import' }] },
    });
    await passedUntil(clock, lifecycle.stop());
  });

  it('HLD-44 during a stop that had begun without one: the first is heard of, the second ends it', async () => {
    const { lifecycle, clock, exits } = setup({ signals });
    lifecycle.onStop('work', 'slow', () => new Promise<void>((resolve) => clock.schedule(resolve, 4_000)));
    await lifecycle.start();
    const stop = lifecycle.stop('by hand');
    await clock.advanceAsync(1_000);
    send();
    expect(exits).toEqual([]);
    await clock.advanceAsync(1_000);
    send();
    await turns();
    expect(exits).toEqual([1]);
    await passedUntil(clock, stop);
  });

  it('HLD-54 during a start give it up', async () => {
    const { lifecycle, clock, exits } = setup({ signals, hookTimeoutMs: 1_000 });
    lifecycle.onStart('slow', () => new Promise(() => undefined));
    const start = lifecycle.start();
    await clock.advanceAsync(10);
    send();
    expect(await passedUntil(clock, start)).toBe(1_000);
    await expect(start).rejects.toMatchObject({ code: 'BREAKWATER_START_FAILED' });
    expect(exits).toEqual([0]);
  });

  it('HLD-50 reach each lifecycle of a process, and the process ends with the last', async () => {
    const clock = new ManualClock();
    const exits: number[] = [];
    const exit = (code: number): number => exits.push(code);
    const [a, b] = [setup({ name: 'a', signals, exit, clock }), setup({ name: 'b', signals, exit, clock })];
    let drained = false;
    b.lifecycle.onStop('work', 'slow', async () => {
      await new Promise<void>((resolve) => clock.schedule(resolve, 500));
      drained = true;
    });
    await Promise.all([a.lifecycle.start(), b.lifecycle.start()]);
    send();
    await a.lifecycle.stop();
    expect([exits, a.lifecycle.phase, b.lifecycle.phase]).toEqual([[], 'STOPPED', 'DRAINING']);
    await passedUntil(clock, b.lifecycle.stop());
    expect([exits, drained]).toEqual([[0], true]);
  });

  it('HLD-45 are raised again after a clean stop, when that is asked for', async () => {
    const kill = vi.spyOn(process, 'kill').mockReturnValue(true);
    const clean = setup({ signals, reraiseSignal: true });
    await clean.lifecycle.start();
    send();
    await clean.lifecycle.stop();
    expect([kill.mock.calls, clean.exits]).toEqual([[[process.pid, 'SIGUSR2']], []]);
    const failing = setup({ signals, reraiseSignal: true });
    failing.lifecycle.onStop('work', 'bad', () => Promise.reject(new Error('bad')));
    await failing.lifecycle.start();
    send();
    await failing.lifecycle.stop();
    expect([kill.mock.calls.length, failing.exits]).toEqual([1, [1]]);
    // Another listener would hear the signal, and the process would go on.
    const heard = setup({ signals, reraiseSignal: true });
    await heard.lifecycle.start();
    const other = (): void => undefined;
    process.on('SIGUSR2', other);
    send();
    await heard.lifecycle.stop();
    process.off('SIGUSR2', other);
    expect([kill.mock.calls.length, heard.exits]).toEqual([1, [140]]);
  });

  it('HLD-54 during a start leave the budget enough to close what was started', async () => {
    const { lifecycle, clock, exits } = setup({ signals, budgetMs: 2_000 });
    let closed = false;
    lifecycle.onStart('database', () => undefined);
    lifecycle.onStart('hangs', () => new Promise(() => undefined));
    lifecycle.onStop('resources', 'database', () => {
      closed = true;
    });
    const start = lifecycle.start();
    await clock.advanceAsync(10);
    send();
    expect(await passedUntil(clock, start)).toBe(1_000);
    await expect(start).rejects.toMatchObject({ code: 'BREAKWATER_START_FAILED' });
    expect([closed, exits]).toEqual([true, [0]]);
  });

  it('HLD-48 the last resort ends a stop that outlasts its budget', async () => {
    const { lifecycle, clock, exits } = setup({ budgetMs: 1_000 });
    await lifecycle.start();
    // A hook that blocks makes every timer late; the last of them must still be there.
    lifecycle.onStop('work', 'blocks', () => {
      clock.advance(2_000);
    });
    await lifecycle.stop();
    expect(exits).toEqual([1]);
    expect(clock.pending).toBe(0);
  });

  it('leave no timer behind', async () => {
    const { lifecycle, clock } = setup({ signals });
    lifecycle.onStart('a', () => undefined);
    lifecycle.onStop('work', 'b', () => undefined);
    await lifecycle.start();
    expect(clock.pending).toBe(0);
    await lifecycle.stop();
    await turns();
    expect(clock.pending).toBe(0);
  });
});
