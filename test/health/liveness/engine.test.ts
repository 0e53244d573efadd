import { describe, expect, it } from 'vitest';
import { failuresAfter, restartDelayMs, stallMs } from '../../../src/health/liveness/engine.js';

describe('a stall', () => {
  it.each([
    [250, 30_000, 250, undefined],
    [250, 30_000, 1_249, undefined],
    [250, 30_000, 1_250, 1_000],
    [250, 30_000, 31_000, 30_750],
    // Where less is too much already, less is told.
    [50, 200, 249, undefined],
    [50, 200, 250, 200],
  ])('with a heartbeat of %i ms and %i ms to be stalled, one after %i ms tells of %s', (beat, stalled, since, told) => {
    expect(stallMs(since, beat, stalled)).toBe(told);
  });
});

describe('starting anew', () => {
  it.each([
    [1, 100],
    [2, 200],
    [5, 1_600],
    [9, 25_600],
    [10, 30_000],
    [5_000, 30_000],
  ])('after %i failures in a row waits %i ms', (failures, ms) => {
    expect(restartDelayMs(failures)).toBe(ms);
  });

  it('counts one that had been up for a minute as the first', () => {
    expect([failuresAfter(7, 59_999), failuresAfter(7, 60_000)]).toEqual([8, 1]);
  });
});
