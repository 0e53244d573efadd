import { InvalidArgumentError } from 'breakwater/core';
import { ManualClock, seededRandom } from 'breakwater/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

describe('ManualClock', () => {
  it('stands still until it is moved, each time by itself', () => {
    const clock = new ManualClock({ now: 5, wallNow: 1_000 });
    expect([clock.now(), clock.wallNow()]).toEqual([5, 1_000]);
    clock.advance(10);
    expect([clock.now(), clock.wallNow()]).toEqual([15, 1_010]);
    clock.stepWall(-500);
    expect([clock.now(), clock.wallNow()]).toEqual([15, 510]);
    clock.set(1);
    expect([clock.now(), clock.wallNow()]).toEqual([1, 496]);
  });

  it('fires each timer at its own time, those that fired ones arm too, and not one too early', () => {
    const clock = new ManualClock();
    const fired: [string, number][] = [];
    clock.schedule(() => fired.push(['b', clock.now()]), 20);
    clock.schedule(() => {
      fired.push(['a', clock.now()]);
      clock.schedule(() => fired.push(['c', clock.now()]), 5);
    }, 10);
    clock.schedule(() => fired.push(['never', 0]), 10)();
    clock.schedule(() => fired.push(['never', 0]), Infinity);
    clock.advance(19);
    expect(fired).toEqual([
      ['a', 10],
      ['c', 15],
    ]);
    clock.advance(1);
    expect([fired.at(-1), clock.pending, clock.now()]).toEqual([['b', 20], 0, 20]);
  });

  it('advanceAsync lets promises settle between timers', async () => {
    const clock = new ManualClock();
    const order: string[] = [];
    const sleep = (ms: number) => new Promise<void>((resolve) => clock.schedule(resolve, ms));
    const work = (async () => {
      for (const n of [1, 2, 3]) {
        await sleep(10);
        order.push(`${String(n)} at ${String(clock.now())}`);
      }
    })();
    await clock.advanceAsync(30);
    await work;
    expect(order).toEqual(['1 at 10', '2 at 20', '3 at 30']);
  });

  it('fires timers in the order of their times, then of their making', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { maxLength: 30 }), (delays) => {
        const clock = new ManualClock();
        const fired: number[] = [];
        for (const [i, delay] of delays.entries()) clock.schedule(() => fired.push(i), delay);
        clock.advance(20);
        const expected = [...delays.keys()].sort((a, b) => (delays[a] ?? 0) - (delays[b] ?? 0) || a - b);
        expect(fired).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('never goes back when a timer moves time itself', () => {
    const clock = new ManualClock();
    clock.schedule(() => {
      clock.advance(100);
    }, 5);
    clock.advance(10);
    expect(clock.now()).toBe(105);
  });

  it('refuses what is no time', async () => {
    const clock = new ManualClock();
    expect(() => {
      clock.advance(-1);
    }).toThrow(InvalidArgumentError);
    expect(() => {
      clock.advance(NaN);
    }).toThrow(InvalidArgumentError);
    await expect(clock.advanceAsync(Infinity)).rejects.toThrow(InvalidArgumentError);
    expect(() => {
      clock.set(NaN);
    }).toThrow(InvalidArgumentError);
    expect(() => clock.schedule(() => undefined, NaN)).toThrow(InvalidArgumentError);
    expect(() => new ManualClock({ now: Infinity })).toThrow(InvalidArgumentError);
  });
});

describe('seededRandom', () => {
  it('repeats itself for a seed, stays in range and spreads evenly', () => {
    const draw = (seed: number) =>
      Array.from(
        { length: 1_000 },
        (
          (random) => () =>
            random.next()
        )(seededRandom(seed)),
      );
    const numbers = draw(42);
    expect(draw(42)).toEqual(numbers);
    expect(draw(43)).not.toEqual(numbers);
    expect(numbers.every((n) => n >= 0 && n < 1)).toBe(true);
    const mean = numbers.reduce((sum, n) => sum + n, 0) / numbers.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.05);
  });

  it.each([1.5, NaN, Infinity])('refuses the seed %s', (seed) => {
    expect(() => seededRandom(seed)).toThrow(InvalidArgumentError);
  });
});
