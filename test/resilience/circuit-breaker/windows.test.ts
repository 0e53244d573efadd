import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BucketWindow } from '../../../src/internal/bucket-window.js';
import { RingWindow } from '../../../src/internal/ring-window.js';

const outcomes = fc.array(
  fc.record({ waitMs: fc.constantFrom(0, 1, 9, 10, 11, 50, 99, 100, 101, 1_000, 1e9), hit: fc.boolean() }),
  { maxLength: 40 },
);

describe('BucketWindow', () => {
  it('RES-C05 RES-C06 has what a naive recount of the last ten buckets has', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(1, 100, 333),
        fc.integer({ min: -500, max: 500 }),
        outcomes,
        (windowMs, startMs, all) => {
          const window = new BucketWindow(windowMs);
          const seen: { atMs: number; hit: boolean }[] = [];
          let nowMs = startMs;
          for (const { waitMs, hit } of all) {
            nowMs += waitMs;
            window.add(hit, nowMs);
            seen.push({ atMs: nowMs, hit });
            const bucket = (ms: number): number => Math.floor(ms / (windowMs / 10));
            const kept = seen.filter(({ atMs }) => bucket(atMs) > bucket(nowMs) - 10);
            const hits = kept.filter((outcome) => outcome.hit).length;
            if (window.calls !== kept.length || window.hits !== hits) {
              throw new Error(
                `${String(window.calls)}/${String(window.hits)}, not ${String(kept.length)}/${String(hits)}`,
              );
            }
          }
        },
      ),
      { numRuns: 10_000 },
    );
  });

  it('RES-C06 after k of ten buckets without calls exactly the k oldest are gone', () => {
    for (let idle = 0; idle <= 11; idle++) {
      const window = new BucketWindow(100);
      for (let bucket = 0; bucket < 10; bucket++) window.add(true, bucket * 10);
      window.advance(90 + idle * 10);
      expect(window.calls).toBe(Math.max(0, 10 - idle));
    }
  });

  it('counts what comes at an earlier time as of the latest one', () => {
    const window = new BucketWindow(100);
    window.add(true, 1_000);
    window.add(true, -1_000);
    window.advance(0);
    expect([window.calls, window.hits]).toEqual([2, 2]);
    window.advance(1_089);
    expect(window.calls).toBe(2);
    window.advance(1_100);
    expect(window.calls).toBe(0);
  });
});

describe('RingWindow', () => {
  it('RES-C04 has what a naive recount of the last outcomes has', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.array(fc.boolean(), { maxLength: 60 }), (size, all) => {
        const window = new RingWindow(size);
        const seen: boolean[] = [];
        for (const hit of all) {
          window.add(hit);
          seen.push(hit);
          const kept = seen.slice(-size);
          const hits = kept.filter(Boolean).length;
          if (window.calls !== kept.length || window.hits !== hits) {
            throw new Error(
              `${String(window.calls)}/${String(window.hits)}, not ${String(kept.length)}/${String(hits)}`,
            );
          }
        }
      }),
      { numRuns: 10_000 },
    );
  });
});
