import { AbuseDetector } from 'breakwater/abuse-detector';
import { InvalidArgumentError, registerSecret } from 'breakwater/core';
import { DDoSProtection } from 'breakwater/ddos-protection';
import { PerUserRateLimiter, RateLimiter } from 'breakwater/rate-limiter';
import { ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';

const bucket = { capacity: 1, refillPerSecond: 1 };
const ddos = () => new DDoSProtection();
const users = () => new PerUserRateLimiter(bucket);
const abuse = () => new AbuseDetector();
const limiter = () => new RateLimiter(bucket);

describe('wrong arguments', () => {
  it.each([
    ['DDoSProtection.block: reason must be text', () => ddos().block('192.0.2.1', 1_000, undefined as never)],
    ['DDoSProtection.isBlocked: the address must be text', () => ddos().isBlocked(undefined as never)],
    ['DDoSProtection.check: the options must be an object, got null', () => ddos().check('192.0.2.1', null as never)],
    ['DDoSProtection.check: the options must be an object, got 5', () => ddos().check('192.0.2.1', 5 as never)],
    ['PerUserRateLimiter.block: reason must be text', () => users().block('a', 1_000, undefined as never)],
    ['PerUserRateLimiter: the options must be an object', () => users().check('a', null as never)],
    ['AbuseDetector.record: the subject must be text', () => abuse().record(undefined as never)],
    ['AbuseDetector.record: the subject must be text', () => abuse().record('')],
    [
      'AbuseDetector.record: type must be text of 1 to 100 characters, got 101 characters',
      () => abuse().record('a', 'x'.repeat(101)),
    ],
    ['AbuseDetector.record: type must be text', () => abuse().record('a', 5 as never)],
    ['AbuseDetector.record: the options must be an object', () => abuse().record('a', 'b', 5 as never)],
    ...[NaN, -1, 0.5, Infinity, 1_000_001, '2'].map((weight): [string, () => unknown] => [
      'AbuseDetector.record: weight must be an integer from 0 to 1000000',
      () => abuse().record('a', 'b', { weight: weight as number }),
    ]),
    ['AbuseDetector.isFlagged: the subject must be text', () => abuse().isFlagged(5 as never)],
    ['AbuseDetector.explain: the subject must be text', () => abuse().explain(null as never)],
    ['AbuseDetector.flag: reason must be text', () => abuse().flag('a', undefined as never)],
    ['AbuseDetector.flag: ttlMs must be a number of more than 0, got 0', () => abuse().flag('a', 'b', 0)],
    ['AbuseDetector.flag: ttlMs must be a number of more than 0, got NaN', () => abuse().flag('a', 'b', NaN)],
    ['AbuseDetector.unflag: the options must be an object', () => abuse().unflag('a', 'eve' as never)],
    ['AbuseDetector.unflag: graceMs must be a number of at least 0', () => abuse().unflag('a', { graceMs: -1 })],
    ['AbuseDetector.unflag: by must be text', () => abuse().unflag('a', { by: 5 as never })],
    ['there is flagged, unflagged', () => abuse().on('flag' as never, () => undefined)],
    ['on: the listener must be a function', () => limiter().on('rejected', undefined as never)],
    ['there is no such event', () => users().on('nope' as never, () => undefined)],
    ["did you mean 'blocked'?", () => ddos().on('block' as never, () => undefined)],
  ])('%s', (message, call) => {
    expect(call).toThrow(InvalidArgumentError);
    expect(call).toThrow(message);
  });

  it.each([null, 5, 'x', [], { signal: {} }, { signal: null }])(
    'acquire refuses %j by a rejection',
    async (options) => {
      await expect(limiter().acquire(options as never)).rejects.toThrow(InvalidArgumentError);
    },
  );
});

it('names are shown without the secrets in them', () => {
  using _registered = registerSecret('correct-horse-battery');
  const name = 'redis://user:S3CRETPW@host/correct-horse-battery';
  const shown = [
    new RateLimiter({ ...bucket, name }),
    new PerUserRateLimiter({ ...bucket, name }),
    new DDoSProtection({ name }),
    new AbuseDetector({ name }),
  ];
  for (const part of shown) {
    expect(part.name).toBe('redis://[secret]@host/[secret]');
    expect(JSON.stringify([part.snapshot(), [...part.metrics()]])).not.toMatch(/S3CRETPW|correct-horse/);
  }
});

describe('many who wait with one signal', () => {
  it('join and leave in time that grows with their number alone, through one listener', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    let listeners = 0;
    const { addEventListener } = signal;
    signal.addEventListener = (...all: unknown[]) => {
      listeners++;
      (addEventListener as (...args: unknown[]) => void).apply(signal, all);
    };
    const clock = new ManualClock();
    const slow = new RateLimiter({ ...bucket, clock });
    slow.tryAcquire();
    const before = process.cpuUsage();
    const waiting = Array.from({ length: 100_000 }, () => slow.acquire({ signal }).catch((error: unknown) => error));
    const other = slow.acquire();
    controller.abort('over');
    expect(await Promise.all(waiting)).toEqual(Array.from({ length: 100_000 }, () => 'over'));
    expect(process.cpuUsage(before).user).toBeLessThan(5_000_000);
    expect([listeners, slow.snapshot().waiting, clock.pending]).toEqual([1, 1, 1]);
    clock.advance(1_000);
    expect((await other).allowed).toBe(true);
  });

  it('nobody is admitted by the leaving of another who left for the same reason', async () => {
    const controller = new AbortController();
    const clock = new ManualClock();
    const two = new RateLimiter({ capacity: 4, refillPerSecond: 1, clock });
    two.tryAcquire(3);
    const { signal } = controller;
    const waiting = [two.acquire({ cost: 4, signal }), two.acquire({ cost: 1, signal })].map((call) =>
      call.then(
        () => 'admitted',
        (error: unknown) => error,
      ),
    );
    controller.abort('over');
    expect(await Promise.all(waiting)).toEqual(['over', 'over']);
    expect(two.tokens()).toBe(1);
  });
});
