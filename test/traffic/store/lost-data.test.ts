import { SharedAbuseDetector } from 'breakwater/abuse-detector';
import { SharedDDoSProtection } from 'breakwater/ddos-protection';
import { type LimitStore, SharedPerUserRateLimiter } from 'breakwater/rate-limiter';
import { createMemoryStore, ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';

describe('a store that has lost what it knew', () => {
  it.each([['at once'], ['after a while without a call']])(
    'frees nobody who is known to be blocked or flagged: %s',
    async (when) => {
      const clock = new ManualClock({ now: 1_000 });
      let kept = createMemoryStore({ clock });
      const store: LimitStore = {
        take: (rules) => kept.take(rules),
        count: (rule) => kept.count(rule),
        record: (rule) => kept.record(rule),
        mark: (change) => kept.mark(change),
        changes: (group, version) => kept.changes(group, version),
        clear: (key) => kept.clear(key),
      };
      const shared = { store, instances: 2, clock } as const;
      const limits = { name: 'api', capacity: 10, refillPerSecond: 1 };
      const users = new SharedPerUserRateLimiter({ ...shared, ...limits });
      const ddos = new SharedDDoSProtection(shared);
      const abuse = new SharedAbuseDetector(shared);
      await users.block('ann', 3_600_000, 'x');
      await ddos.block('192.0.2.9', 3_600_000, 'x');
      await abuse.flag('ann', 'x', 3_600_000);
      for (const one of [users, ddos, abuse]) await one.refresh();
      kept = createMemoryStore({ clock });
      if (when !== 'at once') await clock.advanceAsync(20 * 60_000);
      const asks = async () => [
        (await users.check('ann')).allowed,
        (await users.check('ben')).allowed,
        (await ddos.check('192.0.2.9')).allowed,
        (await abuse.record('ann')).flagged,
      ];
      for (let i = 0; i < 5; i++) {
        expect(await asks()).toEqual([false, true, false, true]);
        await clock.advanceAsync(1_000);
      }
      expect([ddos.isBlocked('192.0.2.9'), abuse.isFlagged('ann')]).toEqual([true, true]);
      await users.unblock('ann');
      await ddos.unblock('192.0.2.9');
      await abuse.unflag('ann');
      expect(await asks()).toEqual([true, true, true, false]);
    },
  );
});

describe('what a process knows of blocks', () => {
  function setup() {
    const clock = new ManualClock({ now: 1_000 });
    let kept = createMemoryStore({ clock });
    const store: LimitStore = {
      take: (rules) => kept.take(rules),
      count: (rule) => kept.count(rule),
      record: (rule) => kept.record(rule),
      mark: (change) => kept.mark(change),
      changes: (group, version) => kept.changes(group, version),
      clear: (key) => kept.clear(key),
    };
    const shared = { store, instances: 2, clock } as const;
    const users = () => new SharedPerUserRateLimiter({ ...shared, name: 'api', capacity: 10, refillPerSecond: 1 });
    const lose = () => {
      kept = createMemoryStore({ clock });
    };
    return { clock, shared, users, lose };
  }

  it('ends where it was made shorter, though nobody asked meanwhile', async () => {
    const { clock, shared, users } = setup();
    const [here, there] = [users(), users()];
    const [abuse, other] = [new SharedAbuseDetector(shared), new SharedAbuseDetector(shared)];
    await here.block('ann', 3_600_000, 'x');
    await abuse.flag('ann', 'x', 3_600_000);
    for (const one of [there, other]) await one.refresh();
    await here.block('ann', 2_000, 'y');
    await abuse.flag('ann', 'y', 2_000);
    await clock.advanceAsync(3_000);
    expect((await there.check('ann')).allowed).toBe(true);
    expect((await other.record('ann')).flagged).toBe(false);
  });

  it('is kept by whoever made it, though it has asked nothing else yet', async () => {
    const { shared, users, lose } = setup();
    const [here, ddos, abuse] = [users(), new SharedDDoSProtection(shared), new SharedAbuseDetector(shared)];
    await here.block('ann', 60_000, 'x');
    await ddos.block('192.0.2.9', 60_000, 'x');
    await abuse.flag('ann', 'x', 60_000);
    lose();
    expect((await here.check('ann')).allowed).toBe(false);
    expect((await ddos.check('192.0.2.9')).allowed).toBe(false);
    expect((await abuse.record('ann')).flagged).toBe(true);
  });

  it('is lifted at once where that is done, also by a store whose time is behind', async () => {
    const clock = new ManualClock({ now: 1_000_000 });
    const behind = new ManualClock({ now: 1_000 });
    let kept = createMemoryStore({ clock });
    const store: LimitStore = {
      take: (rules) => kept.take(rules),
      count: (rule) => kept.count(rule),
      record: (rule) => kept.record(rule),
      mark: (change) => kept.mark(change),
      changes: (group, version) => kept.changes(group, version),
      clear: (key) => kept.clear(key),
    };
    const ddos = new SharedDDoSProtection({ store, instances: 2, clock });
    await ddos.block('192.0.2.9', 3_600_000, 'x');
    await ddos.check('192.0.2.9');
    kept = createMemoryStore({ clock: behind });
    expect((await ddos.check('192.0.2.9')).allowed).toBe(false);
    await ddos.unblock('192.0.2.9');
    expect((await ddos.check('192.0.2.9')).allowed).toBe(true);
  });
});
