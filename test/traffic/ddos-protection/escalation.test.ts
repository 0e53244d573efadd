import { InvalidOptionsError } from 'breakwater/core';
import { DDoSProtection, type DDoSProtectionOptions } from 'breakwater/ddos-protection';
import { ManualClock, seededRandom } from 'breakwater/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const MINUTE = 60_000;
const DAY = 86_400_000;

function setup(options: DDoSProtectionOptions = {}) {
  const clock = new ManualClock();
  const ddos = new DDoSProtection({ threshold: 1, random: { next: () => 0.5 }, clock, ...options });
  /** Makes one request too many, and says for how long that blocks. */
  const offend = (address = '203.0.113.5'): number => {
    ddos.check(address);
    return ddos.check(address).retryAfterMs;
  };
  /** The same again and again, as soon as it may. */
  const offences = (times: number): number[] =>
    Array.from({ length: times }, () => {
      const ms = offend();
      clock.advance(ms);
      return ms;
    });
  return { clock, ddos, offend, offences };
}

describe('blocks that follow each other', () => {
  it('are all as long, unless told otherwise', () => {
    expect(setup().offences(3)).toEqual([15 * MINUTE, 15 * MINUTE, 15 * MINUTE]);
  });

  it('double up to a day with escalation', () => {
    const { offences } = setup({ escalate: {} });
    expect(offences(9).map((ms) => ms / MINUTE)).toEqual([15, 30, 60, 120, 240, 480, 960, 1_440, 1_440]);
  });

  it('grow by the factor, to the cap, and begin anew when they are forgotten', () => {
    const escalate = { factor: 3, maxDurationMs: 100 * MINUTE, memoryMs: DAY };
    const { clock, offend } = setup({ escalate });
    const next = (waitMs: number): number => {
      clock.advance(waitMs);
      return offend() / MINUTE;
    };
    expect(next(0)).toBe(15);
    expect(next(15 * MINUTE + DAY - 1)).toBe(45);
    expect(next(45 * MINUTE + DAY - 1)).toBe(100);
    expect(next(100 * MINUTE + DAY)).toBe(15);
  });

  it('are those of one address, and forgotten when somebody lifts the block', () => {
    const { ddos, offend, offences } = setup({ escalate: {} });
    offences(3);
    expect(offend('203.0.113.6')).toBe(15 * MINUTE);
    offend();
    ddos.unblock('203.0.113.5');
    expect(offend()).toBe(15 * MINUTE);
    ddos.unblock('203.0.113.0/24');
    expect([offend(), offend('203.0.113.6')]).toEqual([15 * MINUTE, 900_000]);
  });

  it('by hand last as long as was said, and do not count', () => {
    const { clock, ddos, offend } = setup({ escalate: {} });
    ddos.block('203.0.113.5', 1_000, 'by hand');
    clock.advance(1_000);
    expect(offend()).toBe(15 * MINUTE);
  });

  it('vary by the jitter, and never beyond the cap', () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 0, max: 1, noNaN: true }), (seed, jitter) => {
        const { offences } = setup({ escalate: { jitter, maxDurationMs: 100 * MINUTE }, random: seededRandom(seed) });
        for (const [n, ms] of offences(4).entries()) {
          const bareMs = 15 * MINUTE * 2 ** n;
          expect(ms).toBeGreaterThanOrEqual(Math.min(100 * MINUTE, Math.max(1, bareMs * (1 - jitter) - 1e-3)));
          expect(ms).toBeLessThanOrEqual(Math.min(100 * MINUTE, bareMs * (1 + jitter) + 1e-3));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('remembers no more addresses than a quarter of those it counts, the worst of them', () => {
    const { clock, ddos, offend, offences } = setup({ escalate: {}, maxAddresses: 40 });
    offences(4);
    for (let i = 0; i < 2_000; i++) {
      offend(`198.18.${String(i >> 8)}.${String(i & 255)}`);
      if (i % 20 === 0) clock.advance(MINUTE);
    }
    ddos.unblock('198.18.0.0/16');
    clock.advance(MINUTE);
    expect(offend()).toBe(16 * 15 * MINUTE);
  });

  it.each<[object, string]>([
    [{ factor: 0.5 }, 'escalate.factor must be a finite number of at least 1'],
    [{ jitter: 2 }, 'escalate.jitter must be a ratio from 0 to 1'],
    [{ maxDurationMs: 5 }, 'escalate.maxDurationMs must be at least blockDurationMs, 900000'],
    [{ memory: 5 }, 'escalate.memory is not an option; did you mean escalate.memoryMs?'],
    [true as never, 'escalate must be an options object, got true'],
  ])('%j is refused', (escalate, message) => {
    expect(() => new DDoSProtection({ escalate })).toThrow(InvalidOptionsError);
    expect(() => new DDoSProtection({ escalate })).toThrow(message);
  });
});
