import { AbuseDetector } from 'breakwater/abuse-detector';
import { DDoSProtection } from 'breakwater/ddos-protection';
import { PerUserRateLimiter } from 'breakwater/rate-limiter';
import { ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';

/** A fiftieth of what `bench/rotating-addresses.js` tries, with a fiftieth of the room. */
const SMALLER = 50;
const STRANGERS = 10_000_000 / SMALLER;
const A_MS = STRANGERS / 60_000;
const ORDINARY = 40;
const HEAVY = 10;

type Call = (key: string) => boolean;

const targets = {
  PerUserRateLimiter: {
    ordinaryAMinute: 60,
    make: (clock: ManualClock): Call => {
      const limiter = new PerUserRateLimiter({ capacity: 100, refillPerSecond: 100 / 60, maxKeys: 2_000, clock });
      return (key) => limiter.check(key).allowed;
    },
  },
  DDoSProtection: {
    ordinaryAMinute: 60,
    make: (clock: ManualClock): Call => {
      const ddos = new DDoSProtection({ maxAddresses: 128_000 / SMALLER, clock });
      return (key) => ddos.check(key).allowed;
    },
  },
  AbuseDetector: {
    ordinaryAMinute: 8,
    make: (clock: ManualClock): Call => {
      const detector = new AbuseDetector({ maxSubjects: 10_000 / SMALLER, clock });
      return (key) => !detector.record(key).flagged;
    },
  },
};

const address = (n: number): string => [24, 16, 8, 0].map((shift) => (n >>> shift) & 255).join('.');
const stranger = (n: number): string => address(Math.imul(n, 0x9e3779b1) & 0x7fffffff);
const resident = (i: number): string => address(0xc6120000 + i);

/** When the i-th stranger comes, in ms, and who that is. */
const traces = {
  // Who is forgotten by chance is lost here, …
  'each once': { atMs: (i: number) => i / A_MS, key: stranger },
  // … and here also who is forgotten for having been silent for a moment: ten times as many at once, and then nobody.
  'each once, in floods': {
    atMs: (i: number) => Math.floor(i / A_MS / 10_000) * 10_000 + 9_000 + ((i / A_MS) % 10_000) / 10,
    key: stranger,
  },
  // A crowd that takes every place and counts more than who comes once, and then many who come once: here is lost who is
  // forgotten for having the smallest count.
  'each twice, then many once': {
    atMs: (i: number) => i / A_MS,
    key: (i: number) => ((i / A_MS) % 10_000 < 2_000 ? stranger(Math.floor(i / 2)) : stranger(i + 2 ** 28)),
  },
};

/** Calls of those who stay for a minute, in order of time. Who is heavy comes when the crowd is there already. */
function residents(ordinaryAMinute: number): [atMs: number, who: number][] {
  const calls = Array.from({ length: ORDINARY + HEAVY }, (_, who) => {
    const aMinute = who < ORDINARY ? ordinaryAMinute : 150 + ((who - ORDINARY) * 150) / HEAVY;
    const phase = ((Math.imul(who + 1, 0x9e3779b1) >>> 0) / 2 ** 32) % 1;
    return Array.from({ length: aMinute }, (_, n): [number, number] => [((n + phase) * 60_000) / aMinute, who]);
  });
  const all = calls.flat().filter(([ms, who]) => who < ORDINARY || ms > 3_000);
  return all.sort(([one], [other]) => one - other);
}

/** What each resident is admitted, and how often refused, while so many strangers come. */
function play(
  { ordinaryAMinute, make }: (typeof targets)[keyof typeof targets],
  { atMs, key }: (typeof traces)[keyof typeof traces],
  strangers: number,
) {
  const clock = new ManualClock();
  const call = make(clock);
  const admitted = Array.from({ length: ORDINARY + HEAVY }, () => 0);
  const refused = Array.from({ length: ORDINARY + HEAVY }, () => 0);
  let i = 0;
  for (const [ms, who] of residents(ordinaryAMinute)) {
    for (; i < strangers && atMs(i) <= ms; i++) {
      clock.set(atMs(i));
      call(key(i));
    }
    clock.set(ms);
    const counts = call(resident(who)) ? admitted : refused;
    counts[who] = (counts[who] ?? 0) + 1;
  }
  return { heavy: admitted.slice(ORDINARY), refusedOrdinary: refused.slice(0, ORDINARY).filter((n) => n > 0).length };
}

// What cannot be held in so little memory is written down in docs/performance.md.
const cases = Object.keys(targets).flatMap((target) =>
  Object.keys(traces).map((trace) => [target, trace] as [keyof typeof targets, keyof typeof traces]),
);

describe('under rotating addresses', () => {
  it.each(cases)('%s holds who is heavy and refuses nobody else: %s', (target, trace) => {
    const alone = play(targets[target], traces[trace], 0);
    const among = play(targets[target], traces[trace], STRANGERS);
    expect([alone.refusedOrdinary, among.refusedOrdinary]).toEqual([0, 0]);
    const shares = among.heavy.map((admitted, i) => admitted / (alone.heavy[i] ?? 0));
    expect(Math.max(...shares)).toBeLessThanOrEqual(1.05);
    expect(Math.min(...shares)).toBeGreaterThanOrEqual(1);
  });
});
