import { seededRandom } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';
import { setup } from './setup.js';

/** The lengths of so many breaks in a row, each ended by a probe that fails. */
async function breaksOf(count: number, options: Parameters<typeof setup>[0]): Promise<number[]> {
  const { breaker, clock, fail } = setup({ failureThreshold: 1, ...options });
  const lengths: number[] = [];
  for (let i = 0; i < count; i++) {
    await fail();
    const { remainingMs = NaN } = breaker.snapshot();
    lengths.push(remainingMs);
    clock.advance(remainingMs);
  }
  return lengths;
}

describe('recoveryBackoff', () => {
  it('RES-O10 breaks grow by the factor up to the cap', async () => {
    const lengths = await breaksOf(6, { recoveryTimeoutMs: 1_000, recoveryBackoff: { factor: 2, maxMs: 10_000 } });
    expect(lengths).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  });

  it('RES-O10 without it every break is the same', async () => {
    expect(await breaksOf(3, { recoveryTimeoutMs: 1_000 })).toEqual([1_000, 1_000, 1_000]);
  });

  it('RES-O10 thousands of breaks in a row overflow nothing', async () => {
    const lengths = await breaksOf(3_000, { recoveryTimeoutMs: 1, recoveryBackoff: { factor: 1e3, maxMs: 5_000 } });
    expect(new Set(lengths.slice(2))).toEqual(new Set([5_000]));
    const zero = setup({
      failureThreshold: 1,
      recoveryTimeoutMs: 0,
      recoveryBackoff: { factor: 10, maxMs: 1_000 },
    });
    await zero.failTimes(1_000);
    expect(zero.breaker.snapshot()).toMatchObject({ state: 'HALF_OPEN', breaks: 1_000 });
  });

  it('RES-O10 a probe that expires makes the next break longer as well', async () => {
    const { breaker, clock, toHalfOpen } = setup({
      failureThreshold: 1,
      recoveryTimeoutMs: 1_000,
      recoveryBackoff: { factor: 3, maxMs: 60_000 },
      halfOpen: { maxWaitMs: 500 },
    });
    await toHalfOpen();
    breaker.tryAcquire();
    clock.advance(500);
    expect(breaker.snapshot()).toMatchObject({ state: 'OPEN', remainingMs: 3_000, breaks: 2 });
  });

  it('RES-O10 once the circuit has closed the first break is short again', async () => {
    const { breaker, clock, fail, succeed, toHalfOpen } = setup({
      failureThreshold: 1,
      recoveryTimeoutMs: 1_000,
      recoveryBackoff: { factor: 2, maxMs: 60_000 },
    });
    await toHalfOpen();
    await fail();
    clock.advance(2_000);
    await succeed();
    expect(breaker.snapshot()).toMatchObject({ state: 'CLOSED', breaks: 0 });
    await fail();
    expect(breaker.snapshot().remainingMs).toBe(1_000);
  });

  it('RES-O10 jitter cuts a share off after the cap, never adds to it', async () => {
    const lengths = await breaksOf(200, {
      recoveryTimeoutMs: 1_000,
      recoveryBackoff: { factor: 2, maxMs: 4_000, jitter: 0.25 },
      random: seededRandom(7),
    });
    const capped = lengths.slice(2);
    expect(Math.max(...capped)).toBeLessThanOrEqual(4_000);
    expect(Math.min(...capped)).toBeGreaterThan(3_000);
    expect(new Set(capped).size).toBeGreaterThan(150);
    const highest = { next: () => 0 };
    const recoveryBackoff = { factor: 2, maxMs: 4_000, jitter: 1 };
    expect(await breaksOf(3, { recoveryTimeoutMs: 1_000, recoveryBackoff, random: highest })).toEqual([
      1_000, 2_000, 4_000,
    ]);
  });

  it.each([
    ['throws', undefined, 500, 1_000],
    ['answers with NaN', NaN, 500, 1_000],
    ['answers with text', 'half' as never, 500, 1_000],
    ['answers with -1', -1, 1_000, 1_000],
    ['answers with 1', 1, 500, 500],
    ['answers with Infinity', Infinity, 500, 500],
  ])('a source of chance that %s is reported, and the break is as long as one may be', async (_, drawn, from, to) => {
    const random = {
      next: () => {
        if (drawn === undefined) throw new Error('broken');
        return drawn;
      },
    };
    const recoveryBackoff = { factor: 1, maxMs: 1_000, jitter: 0.5 };
    const reported: unknown[] = [];
    const onListenerError = (error: unknown) => reported.push(error);
    const [ms = NaN] = await breaksOf(1, { recoveryTimeoutMs: 1_000, recoveryBackoff, random, onListenerError });
    expect([ms >= from - 1e-9, ms <= to + 1e-9, reported.length]).toEqual([true, true, 1]);
  });

  it('draws no number without jitter', async () => {
    const random = {
      next: () => {
        throw new Error('asked');
      },
    };
    const recoveryBackoff = { factor: 2, maxMs: 4_000 };
    expect(await breaksOf(2, { recoveryTimeoutMs: 1_000, recoveryBackoff, random })).toEqual([1_000, 2_000]);
  });
});
