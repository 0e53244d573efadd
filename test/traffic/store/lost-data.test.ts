import { SharedAbuseDetector } from 'breakwater/abuse-detector';
import { SharedDDoSProtection } from 'breakwater/ddos-protection';
import { type LimitStore, SharedPerUserRateLimiter } from 'breakwater/rate-limiter';
import type { Clock } from 'breakwater';
import { createMemoryStore, ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';

/** A store that can lose what it knows, and whose answers to changes of marks can be kept back. */
function setup() {
  const clock = new ManualClock({ now: 1_000_000 });
  let kept = createMemoryStore({ clock });
  const held: { hold: boolean; release: () => void } = { hold: false, release: () => undefined };
  const store: LimitStore = {
    take: (rules) => kept.take(rules),
    count: (rule) => kept.count(rule),
    record: (rule) => kept.record(rule),
    mark: async (change) => {
      const answer = await kept.mark(change);
      if (held.hold) await new Promise<void>((resolve) => (held.release = resolve));
      return answer;
    },
    changes: (group, version) => kept.changes(group, version),
    clear: (key) => kept.clear(key),
  };
  const shared = { store, instances: 2, clock } as const;
  return {
    clock,
    held,
    users: () => new SharedPerUserRateLimiter({ ...shared, name: 'api', capacity: 10, refillPerSecond: 1 }),
    ddos: () => new SharedDDoSProtection(shared),
    abuse: () => new SharedAbuseDetector(shared),
    /** A clock that is ahead by so much. */
    of: (aheadMs: number): Clock => ({
      now: () => clock.now() + aheadMs,
      wallNow: () => clock.wallNow(),
      schedule: clock.schedule.bind(clock),
    }),
    /** From then on it goes by this clock. */
    lose: (of: Clock = clock) => {
      kept = createMemoryStore({ clock: of });
    },
  };
}

describe('what a process knows of blocks and flags', () => {
  it.each([['at once'], ['after a while without a call']])('is kept when the store has lost it: %s', async (when) => {
    const made = setup();
    const [users, ddos, abuse] = [made.users(), made.ddos(), made.abuse()];
    await users.block('ann', 3_600_000, 'x');
    await ddos.block('192.0.2.9', 3_600_000, 'x');
    await abuse.flag('ann', 'x', 3_600_000);
    for (const one of [users, ddos, abuse]) await one.refresh();
    made.lose();
    if (when !== 'at once') await made.clock.advanceAsync(20 * 60_000);
    const asks = async () => [
      (await users.check('ann')).allowed,
      (await users.check('ben')).allowed,
      (await ddos.check('192.0.2.9')).allowed,
      (await abuse.record('ann')).flagged,
    ];
    for (let i = 0; i < 5; i++) {
      expect(await asks()).toEqual([false, true, false, true]);
      await made.clock.advanceAsync(1_000);
    }
    expect([ddos.isBlocked('192.0.2.9'), abuse.isFlagged('ann')]).toEqual([true, true]);
    await users.unblock('ann');
    await ddos.unblock('192.0.2.9');
    await abuse.unflag('ann');
    expect(await asks()).toEqual([true, true, true, false]);
  });

  it('ends where it was made shorter, though nobody asked meanwhile', async () => {
    const { clock, users, abuse } = setup();
    const [here, there, detector, other] = [users(), users(), abuse(), abuse()];
    await here.block('ann', 3_600_000, 'x');
    await detector.flag('ann', 'x', 3_600_000);
    for (const one of [there, other]) await one.refresh();
    await here.block('ann', 2_000, 'y');
    await detector.flag('ann', 'y', 2_000);
    await clock.advanceAsync(3_000);
    expect((await there.check('ann')).allowed).toBe(true);
    expect((await other.record('ann')).flagged).toBe(false);
  });

  it('is kept by whoever made it, though it has asked nothing else yet', async () => {
    const made = setup();
    const [users, ddos, abuse] = [made.users(), made.ddos(), made.abuse()];
    await users.block('ann', 60_000, 'x');
    await ddos.block('192.0.2.9', 60_000, 'x');
    await abuse.flag('ann', 'x', 60_000);
    made.lose();
    expect((await users.check('ann')).allowed).toBe(false);
    expect((await ddos.check('192.0.2.9')).allowed).toBe(false);
    expect((await abuse.record('ann')).flagged).toBe(true);
  });

  it('is lifted at once where that is done, also by a store whose time is behind', async () => {
    const made = setup();
    const ddos = made.ddos();
    await ddos.block('192.0.2.9', 3_600_000, 'x');
    await ddos.check('192.0.2.9');
    made.lose(new ManualClock({ now: 1_000 }));
    expect((await ddos.check('192.0.2.9')).allowed).toBe(false);
    await ddos.unblock('192.0.2.9');
    expect((await ddos.check('192.0.2.9')).allowed).toBe(true);
  });

  it.each([
    ['at once', 0],
    ['after a while in which the others heard nothing', 100_000],
  ])('TRA-80: is lifted in all processes, also by a store that has lost the lifting: %s', async (_, quietMs) => {
    const made = setup();
    const [here, there] = [made.users(), made.users()];
    const [detector, other] = [made.abuse(), made.abuse()];
    await here.block('ann', 3_600_000, 'x');
    await detector.flag('ann', 'x', 3_600_000);
    for (const one of [there, other]) await one.refresh();
    await here.unblock('ann');
    await detector.unflag('ann', { by: 'eve', note: 'tester' });
    for (let ms = 0; ms < quietMs; ms += 1_000) {
      await here.check('ben');
      await detector.record('ben');
      await made.clock.advanceAsync(1_000);
    }
    made.lose();
    const seen: unknown[] = [];
    for (let i = 0; i < 6; i++) {
      await made.clock.advanceAsync(500);
      for (const one of [here, there]) await one.check('ben');
      for (const one of [detector, other]) await one.record('ben');
      await made.clock.advanceAsync(1);
      seen.push([(await there.check('ann')).allowed, other.isFlagged('ann')]);
    }
    expect([seen[0], seen[5]]).toEqual([
      [false, true],
      [true, false],
    ]);
    expect(other.explain('ann')).toMatchObject({ lifted: { by: 'eve', note: 'tester' } });
  });

  it.each([
    ['after the loss', false, false, true],
    ['before the loss, where it was lifted', true, true, false],
    ['before the loss, elsewhere', true, false, true],
    ['just before the loss, elsewhere', true, false, false],
  ])('TRA-80: stays blocked where somebody blocked it anew: %s', async (_, isBefore, isHere, isHeard) => {
    const made = setup();
    const [here, there] = [made.users(), made.users()];
    await here.block('ann', 3_600_000, 'x');
    await here.unblock('ann');
    const again = () => (isHere ? here : there).block('ann', 3_600_000, 'y');
    if (isBefore) await again();
    if (isHeard) for (const one of [here, there]) await one.refresh();
    made.lose();
    if (!isBefore) await again();
    for (let i = 0; i < 20; i++) {
      for (const one of [here, there]) await one.check('ben');
      await made.clock.advanceAsync(500);
    }
    expect([(await here.check('ann')).allowed, (await there.check('ann')).allowed]).toEqual([
      isBefore && !isHere && !isHeard,
      isBefore && isHere && !isHeard,
    ]);
  });

  it.each([[-5_000], [-3_600_000]])(
    'TRA-80: is lifted and blocked in all processes by a store that lost its data and is %s ms behind',
    async (behindMs) => {
      const made = setup();
      await made.clock.advanceAsync(7_200_000);
      const all = [made.ddos(), made.ddos(), made.ddos()] as const;
      const ask = async () => {
        for (let i = 0; i < 3; i++) {
          for (const one of all) await one.check('198.51.100.1');
          await made.clock.advanceAsync(500);
        }
        return all.map((one) => ['192.0.2.9', '192.0.2.10'].map((address) => one.isBlocked(address)));
      };
      await all[0].block('192.0.2.9', 3_600_000, 'x');
      const each = (of: readonly boolean[]) => [of, of, of];
      expect(await ask()).toEqual(each([true, false]));
      made.lose(made.of(behindMs));
      expect(await ask()).toEqual(each([true, false]));
      await all[1].unblock('192.0.2.9');
      await all[2].block('192.0.2.10', 3_600_000, 'x');
      expect(await ask()).toEqual(each([false, true]));
      await all[0].unblock('192.0.2.10');
      expect(await ask()).toEqual(each([false, false]));
    },
  );

  it('TRA-80: is lifted although the answer to an earlier block comes after that', async () => {
    const { clock, held, users } = setup();
    const [here, there] = [users(), users()];
    await here.check('ben');
    held.hold = true;
    const blocking = here.block('ann', 3_600_000, 'x');
    await clock.advanceAsync(1);
    held.hold = false;
    await there.unblock('ann');
    await here.refresh();
    held.release();
    await blocking;
    await here.refresh();
    expect((await here.check('ann')).allowed).toBe(true);
  });
});
