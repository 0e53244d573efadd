import { describe, expect, it } from 'vitest';
import {
  drainDelayFor,
  gracePeriodOf,
  hookAllowanceMs,
  mayFollow,
  overrunMs,
  PHASES,
  startOrder,
  workUntilMs,
} from '../../src/lifecycle/engine.js';

const nowhere = { kubernetes: false, terminal: false, development: false, gracePeriodMs: undefined };

describe('the rules of a lifecycle', () => {
  it('HLD-17 no phase follows itself or a later one', () => {
    for (const [i, from] of PHASES.entries()) {
      for (const [j, to] of PHASES.entries()) expect(mayFollow(from, to)).toBe(j > i);
    }
  });

  it.each([
    [{ kubernetes: true }, 0, 5_000],
    [{ kubernetes: true, terminal: true, development: true }, 0, 5_000],
    [{ kubernetes: true }, 3_000, 2_000],
    [{ kubernetes: true }, 9_000, 0],
    [{ terminal: true }, 0, 0],
    [{ development: true }, 0, 0],
    [{}, 0, 1_000],
    [{}, 5_000, 1_000],
  ])('HLD-35 drains by where it runs: %o after a preStop of %i ms: %i ms', (where, preStopMs, expected) => {
    expect(drainDelayFor({ ...nowhere, ...where }, preStopMs)).toBe(expected);
  });

  it('HLD-53 knows the grace period from the environment, from Kubernetes, or not', () => {
    expect(gracePeriodOf({ ...nowhere, kubernetes: true })).toBe(30_000);
    expect(gracePeriodOf({ ...nowhere, kubernetes: true, gracePeriodMs: 60_000 })).toBe(60_000);
    expect(gracePeriodOf(nowhere)).toBeUndefined();
    expect(overrunMs(25_000, 0, 30_000)).toBe(0);
    expect(overrunMs(25_000, 3_000, 30_000)).toBe(0);
    expect(overrunMs(25_000, 3_001, 30_000)).toBe(1);
    expect(overrunMs(41_000, 0, 30_000)).toBe(13_000);
  });

  it('keeps a fifth of the budget for hooks, at most 5 s, and nothing without any', () => {
    expect(workUntilMs(25_000, 5_000, 3)).toBe(20_000);
    expect(workUntilMs(10_000, 1_000, 1)).toBe(8_000);
    expect(workUntilMs(10_000, 9_500, 1)).toBe(9_500);
    expect(workUntilMs(10_000, 1_000, 0)).toBe(10_000);
  });

  it('HLD-47 gives a hook what it asks for, but leaves something for each one after it', () => {
    expect(hookAllowanceMs(5_000, 20_000, 3)).toBe(5_000);
    expect(hookAllowanceMs(5_000, 5_000, 0)).toBe(5_000);
    expect(hookAllowanceMs(5_000, 5_000, 2)).toBe(4_000);
    expect(hookAllowanceMs(5_000, 600, 2)).toBe(200);
    expect(hookAllowanceMs(5_000, 0, 2)).toBe(0);
    expect(hookAllowanceMs(50, 10_000, 0)).toBe(50);
  });

  it('orders start hooks by registration, or by what they say that they need', () => {
    const hook = (name: string, needs?: readonly string[]) => ({ name, needs });
    expect(Object.fromEntries(startOrder([hook('a'), hook('b'), hook('c', ['a'])]) as Map<string, string[]>)).toEqual({
      a: [],
      b: ['a'],
      c: ['a'],
    });
    expect(startOrder([hook('a', ['z'])])).toBe("'a' needs 'z', which no onStart has");
    expect(startOrder([hook('a', ['b']), hook('b', ['a']), hook('c', [])])).toBe("'a', 'b' wait for each other");
    expect(startOrder([hook('a', ['a'])])).toBe("'a' wait for each other");
    // One that needs a later one is no circle, as long as that one says so.
    expect(startOrder([hook('a', ['b']), hook('b', [])])).toBeInstanceOf(Map);
    expect(startOrder([hook('a', ['b']), hook('b')])).toBe("'a', 'b' wait for each other");
  });
});
