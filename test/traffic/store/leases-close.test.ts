import { createMemoryStore, type LimitStore, ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';
import { leaseSetup as setup, times } from './lease-setup.js';
import { perUserSetup } from './setup.js';

describe('closing a limiter with leases', () => {
  it('gives all back, those under way as well, once; decisions go on without', async () => {
    const { make, calls, clock, mode, held } = setup();
    const limiter = make({ refillPerSecond: 0.001 });
    await calls(limiter, 20);
    await calls(limiter, 2, 1, 'ben');
    mode.hold = ({ cost }) => cost === 3;
    await calls(limiter, 1, 1, 'ben');
    const closing = limiter.close();
    expect(limiter.close()).toBe(closing);
    held[0]?.();
    await clock.advanceAsync(0);
    await closing;
    const [ann, ben] = [await limiter.peek('ann'), await limiter.peek('ben')];
    expect([ann.remaining, ben.remaining, limiter.snapshot().leasedTokens]).toEqual([980, 997, 0]);
    expect(await calls(limiter, 10)).toEqual(times(10, 'store'));
    expect(clock.pending).toBe(0);
  });

  it('takes no longer than a question, whatever the store does', async () => {
    const { make, calls, state, clock } = setup();
    const limiter = make();
    await calls(limiter, 20);
    state.mode = 'hangs';
    let closed = false;
    void limiter.close().then(() => (closed = true));
    await clock.advanceAsync(49);
    expect(closed).toBe(false);
    await clock.advanceAsync(1);
    expect(closed).toBe(true);
  });

  it('is nothing where there are none', async () => {
    await expect(setup().make({ leaseTokens: 0, leaseMs: undefined }).close()).resolves.toBeUndefined();
  });
});

describe('what leases spare', () => {
  it('fifty questions of fifty-one and more, at ten thousand calls a second of one key', async () => {
    const clock = new ManualClock({ now: 1_000 });
    const inner = createMemoryStore({ clock });
    let questions = 0;
    const slow = async <A>(call: () => Promise<A>): Promise<A> => {
      questions++;
      await new Promise<void>((resolve) => clock.schedule(resolve, 1));
      return await call();
    };
    const store: LimitStore = {
      ...inner,
      take: (rules) => slow(() => inner.take(rules)),
      changes: (group, version) => slow(() => inner.changes(group, version)),
      count: (rule) => inner.count(rule),
      record: (rule) => inner.record(rule),
      mark: (change) => inner.mark(change),
      clear: (key) => inner.clear(key),
    };
    const { make } = perUserSetup();
    const limits = { capacity: 20_000, refillPerSecond: 20_000, store, clock, leaseTokens: 1_000 };
    const limiter = make(limits);
    let allowed = 0;
    for (let ms = 0; ms < 1_000; ms++) {
      for (let i = 0; i < 10; i++) void limiter.check('ann').then((decision) => (allowed += decision.allowed ? 1 : 0));
      await clock.advanceAsync(1);
    }
    await clock.advanceAsync(100);
    expect(allowed).toBe(10_000);
    expect(questions).toBeLessThanOrEqual(10_000 / 50);
  });
});
