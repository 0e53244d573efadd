import { InvalidArgumentError, systemClock } from 'breakwater/core';
import { spawnSync } from 'node:child_process';
import { afterEach, describe, expect, it, vi } from 'vitest';

afterEach(() => {
  vi.useRealTimers();
});

describe('systemClock', () => {
  it('has a monotonic time with fractions and the wall time', () => {
    const first = systemClock.now();
    expect(systemClock.now()).toBeGreaterThanOrEqual(first);
    expect(Math.abs(systemClock.wallNow() - Date.now())).toBeLessThan(1_000);
  });

  it.each([0, 1, 1_000])('runs a function once after %i ms, not before', (ms) => {
    vi.useFakeTimers();
    let runs = 0;
    systemClock.schedule(() => runs++, ms);
    if (ms > 1) vi.advanceTimersByTime(ms - 1);
    expect(runs).toBe(0);
    vi.advanceTimersByTime(1);
    expect(runs).toBe(1);
    vi.advanceTimersByTime(10_000);
    expect(runs).toBe(1);
  });

  it('waits longer than the platform can in one go', () => {
    vi.useFakeTimers();
    let runs = 0;
    const ms = 30 * 86_400_000;
    systemClock.schedule(() => runs++, ms);
    vi.advanceTimersByTime(ms - 1);
    expect(runs).toBe(0);
    vi.advanceTimersByTime(1);
    expect(runs).toBe(1);
  });

  it('cancels, also between two legs of a long wait, and twice', () => {
    vi.useFakeTimers();
    let runs = 0;
    const cancel = systemClock.schedule(() => runs++, 30 * 86_400_000);
    vi.advanceTimersByTime(25 * 86_400_000);
    cancel();
    cancel();
    vi.advanceTimersByTime(30 * 86_400_000);
    expect([runs, vi.getTimerCount()]).toEqual([0, 0]);
  });

  it('never runs after Infinity, treats the past as now, and refuses NaN', () => {
    vi.useFakeTimers();
    let runs = 0;
    systemClock.schedule(() => runs++, Infinity)();
    expect(vi.getTimerCount()).toBe(0);
    systemClock.schedule(() => runs++, -5);
    vi.advanceTimersByTime(1);
    expect(runs).toBe(1);
    expect(() => systemClock.schedule(() => undefined, NaN)).toThrow(InvalidArgumentError);
  });

  it.each([
    [{ hold: true }, 'fired'],
    [{ hold: false }, ''],
    [undefined, ''],
  ])('holds the process only when asked to: %j', (options, output) => {
    const script = `
      import { systemClock } from './src/core/clock.ts';
      systemClock.schedule(() => process.stdout.write('fired'), 20, ${JSON.stringify(options) ?? 'undefined'});`;
    const { stdout, status } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    expect([status, stdout]).toEqual([0, output]);
  });
});
