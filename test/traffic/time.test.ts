import { AbuseDetector } from 'breakwater/abuse-detector';
import type { Clock } from 'breakwater/core';
import { DDoSProtection } from 'breakwater/ddos-protection';
import { PerUserRateLimiter, RateLimiter } from 'breakwater/rate-limiter';
import { ManualClock } from 'breakwater/testing';
import { expect, it } from 'vitest';

const CLIENT = '203.0.113.5';

function all(clock: Clock) {
  return {
    limiter: new RateLimiter({ clock, capacity: 1, refillPerSecond: 1 }),
    users: new PerUserRateLimiter({ clock, capacity: 1, refillPerSecond: 1 }),
    ddos: new DDoSProtection({ clock, threshold: 1, windowMs: 1_000, blockDurationMs: 1_000 }),
    abuse: new AbuseDetector({ clock, threshold: 1, windowMs: 1_000, flagTtlMs: 1_000 }),
  };
}

it('TRA-32 waits and resets are durations, whatever the calendar says', () => {
  const manual = new ManualClock({ now: 5_000 });
  const clock: Clock = {
    now: () => manual.now(),
    wallNow: () => {
      throw new Error('a decision asked for the date');
    },
    schedule: (fn, delayMs) => manual.schedule(fn, delayMs),
  };
  const { limiter, users, ddos, abuse } = all(clock);
  const first = [limiter.tryAcquire(), users.check('a'), ddos.check(CLIENT)];
  expect(first.map(({ resetAfterMs }) => resetAfterMs)).toEqual([1_000, 1_000, 1_000]);
  manual.advance(250);
  const refused = [limiter.tryAcquire(), users.check('a'), ddos.check(CLIENT, { block: false })];
  expect(refused.map(({ retryAfterMs, resetAfterMs }) => [retryAfterMs, resetAfterMs])).toEqual([
    [750, 750],
    [750, 750],
    [750, 750],
  ]);
  abuse.record('ann');
  manual.advance(250);
  expect(abuse.explain('ann')).toMatchObject({ firstSeenMs: 250, reasons: [{ remainingMs: 750 }] });
});

it('TRA-33 what is over is over by the time, though no timer ever fired', () => {
  const manual = new ManualClock();
  const clock: Clock = {
    now: () => manual.now(),
    wallNow: () => manual.wallNow(),
    schedule: () => () => undefined,
  };
  const { limiter, users, ddos, abuse } = all(clock);
  limiter.tryAcquire();
  users.check('a');
  users.block('b', 1_000, 'x');
  ddos.check(CLIENT);
  ddos.check(CLIENT);
  abuse.record('ann');
  const open = (): boolean[] => [
    limiter.tryAcquire(0).remaining > 0,
    users.peek('a').remaining > 0,
    users.peek('b').allowed,
    !ddos.isBlocked(CLIENT),
    !abuse.isFlagged('ann'),
  ];
  manual.set(999);
  expect(open()).toEqual([false, false, false, false, false]);
  manual.set(1_000);
  expect(open()).toEqual([true, true, true, true, true]);
});
