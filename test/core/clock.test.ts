import { InvalidArgumentError, systemClock } from 'breakwater/core';
import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const LONGEST_TIMER_MS = 2 ** 31 - 1;

describe('systemClock', () => {
  it('now never goes back and wallNow is the epoch time', () => {
    const first = systemClock.now();
    expect(systemClock.now()).toBeGreaterThanOrEqual(first);
    expect(Math.abs(systemClock.wallNow() - new Date().getTime())).toBeLessThan(1_000);
  });

  it('cannot be changed by one part for all others', () => {
    expect(Object.isFrozen(systemClock)).toBe(true);
  });
});

describe('systemClock.schedule', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => vi.useRealTimers());

  it('runs once when the delay is over, and not a millisecond before', () => {
    const fn = vi.fn();
    systemClock.schedule(fn, 100);
    vi.advanceTimersByTime(99);
    expect(fn).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(fn).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(1_000);
    expect(fn).toHaveBeenCalledOnce();
  });

  it.each([0, -1, -Infinity])('a delay of %d runs at the next turn, never in the same one', (delayMs) => {
    const fn = vi.fn();
    systemClock.schedule(fn, delayMs);
    expect(fn).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(fn).toHaveBeenCalledOnce();
  });

  it.each([LONGEST_TIMER_MS, LONGEST_TIMER_MS + 1, 3 * LONGEST_TIMER_MS + 7])(
    'a delay of %d ms, around and beyond what one timer takes, runs exactly then',
    (delayMs) => {
      const fn = vi.fn();
      systemClock.schedule(fn, delayMs);
      vi.advanceTimersByTime(delayMs - 1);
      expect(fn).not.toHaveBeenCalled();
      vi.advanceTimersByTime(1);
      expect(fn).toHaveBeenCalledOnce();
    },
  );

  it('cancels in any leg of a long wait, and twice is harmless', () => {
    const fn = vi.fn();
    const cancel = systemClock.schedule(fn, 2 * LONGEST_TIMER_MS);
    vi.advanceTimersByTime(LONGEST_TIMER_MS + 5);
    cancel();
    cancel();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(LONGEST_TIMER_MS);
    expect(fn).not.toHaveBeenCalled();
  });

  it('Infinity never runs and arms no timer; NaN is refused', () => {
    const fn = vi.fn();
    const cancel = systemClock.schedule(fn, Infinity);
    expect(vi.getTimerCount()).toBe(0);
    cancel();
    expect(() => systemClock.schedule(fn, Number.NaN)).toThrow(InvalidArgumentError);
  });
});

describe('systemClock.schedule and the life of the process', () => {
  it.each([
    [{ hold: true }, 'fired'],
    [{ hold: false }, ''],
    [undefined, ''],
  ])('a process ends before its timer unless asked to hold: %j', (options, output) => {
    const script = `
      import { systemClock } from './src/core/clock.ts';
      systemClock.schedule(() => process.stdout.write('fired'), 20, ${JSON.stringify(options) ?? 'undefined'});`;
    const { stdout, status } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    expect([status, stdout]).toEqual([0, output]);
  });

  it('no leg of a long wait holds it', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const real = globalThis.setTimeout;
    const unref = vi.fn();
    vi.stubGlobal('setTimeout', (fn: () => void, ms: number) => {
      real(fn, ms);
      return { unref };
    });
    systemClock.schedule(() => undefined, 2 * LONGEST_TIMER_MS + 1);
    vi.advanceTimersByTime(2 * LONGEST_TIMER_MS + 1);
    vi.unstubAllGlobals();
    vi.useRealTimers();
    expect(unref).toHaveBeenCalledTimes(3);
  });
});
