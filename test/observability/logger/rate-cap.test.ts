import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RateCap } from '../../../src/observability/logger/rate-cap.js';
import { Kept, logger } from './setup.js';

it('leaves out what is too much of one message, tells so, and keeps errors', () => {
  const audit = new Kept();
  const { log, out, clock } = logger({ rateCap: { perMessage: 3 }, securityDestination: audit });
  for (let i = 0; i < 100; i++) {
    log.systemEvent('busy', { i });
    log.securityEvent('refused');
    log.error('failed');
  }
  log.systemEvent('other');
  const count = (msg: string): number => out.lines.filter((line) => line.msg === msg).length;
  expect([count('busy'), count('refused'), count('failed'), count('other')]).toEqual([3, 3, 100, 1]);
  expect(audit.texts).toHaveLength(100);
  clock.advance(1_000);
  log.systemEvent('busy');
  expect(out.lines.at(-2)).toMatchObject({
    level: 'warn',
    event: 'SYSTEM_EVENT',
    msg: 'lines left out',
    lines: 194,
    messages: [
      { message: 'SYSTEM_EVENT busy', lines: 97 },
      { message: 'SECURITY_EVENT refused', lines: 97 },
    ],
  });
  expect(out.last.msg).toBe('busy');
  expect(log.snapshot().leftOut).toBe(194);
});

it('caps all lines together, and tells at a flush what is left to tell', async () => {
  const { log, out } = logger({ rateCap: { total: 5 } });
  for (let i = 0; i < 20; i++) log.systemEvent(`message ${String(i)}`);
  expect(out.texts).toHaveLength(5);
  await log.flush();
  expect(out.last).toMatchObject({ msg: 'lines left out', lines: 15 });
  expect(out.last['messages']).toHaveLength(10);
  await log.flush();
  expect(out.texts).toHaveLength(6);
});

it('never admits more than its caps in a second, counts what it leaves out, and knows a bounded number of messages', () => {
  const step = fc.record({
    message: fc.nat(2_000).map((n) => `m${String(n % 7)}`),
    waitMs: fc.integer({ min: -50, max: 300 }),
  });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 10 }),
      fc.array(step, { maxLength: 300 }),
      (perMessage, total, steps) => {
        const cap = new RateCap({ perMessage, total });
        let nowMs = 0;
        let told = 0;
        let refused = 0;
        let passed = new Map<string, number>();
        let all = 0;
        let startedAtMs = -Infinity;
        for (const { message, waitMs } of steps) {
          nowMs += waitMs;
          told += cap.over(nowMs)?.lines ?? 0;
          if (nowMs < startedAtMs || nowMs - startedAtMs >= 1_000) {
            startedAtMs = nowMs;
            passed = new Map();
            all = 0;
          }
          const so = passed.get(message) ?? 0;
          const admitted = cap.admits(message);
          // Few enough messages that each is counted apart.
          expect(admitted).toBe(so < perMessage && all < total);
          if (admitted) {
            passed.set(message, so + 1);
            all++;
          } else refused++;
        }
        told += cap.restart(nowMs)?.lines ?? 0;
        expect(told).toBe(refused);
      },
    ),
    { numRuns: 1_000 },
  );
});

it('knows a thousand messages apart, and counts more of them as one', () => {
  const cap = new RateCap({ perMessage: 1, total: Number.MAX_SAFE_INTEGER });
  cap.over(0);
  const admitted = Array.from({ length: 50_000 }, (_, i) => cap.admits(`m${String(i)}`)).filter(Boolean);
  expect(admitted).toHaveLength(1_001);
  expect(cap.restart(1)).toMatchObject({ lines: 48_999, messages: [{ message: '(others)', lines: 48_999 }] });
});
