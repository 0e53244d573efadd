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
