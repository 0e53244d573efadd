import { SharedAbuseDetector } from 'breakwater/abuse-detector';
import { SharedDDoSProtection } from 'breakwater/ddos-protection';
import { type LimitStore, SharedPerUserRateLimiter } from 'breakwater/rate-limiter';
import { createMemoryStore, ManualClock } from 'breakwater/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

type Method = 'take' | 'count' | 'record' | 'mark' | 'changes' | 'clear';

const unhandled: unknown[] = [];
const note = (reason: unknown): void => void unhandled.push(reason);

beforeEach(() => {
  unhandled.length = 0;
  process.on('unhandledRejection', note);
});
afterEach(async () => {
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});

/** A sound store but for some of its methods. */
function setup(broken: Partial<Record<Method, (...args: never[]) => unknown>> = {}) {
  const clock = new ManualClock({ now: 1_000 });
  const inner = createMemoryStore({ clock });
  const sound: LimitStore = {
    take: (rules) => inner.take(rules),
    count: (rule) => inner.count(rule),
    record: (rule) => inner.record(rule),
    mark: (change) => inner.mark(change),
    changes: (group, version) => inner.changes(group, version),
    clear: (key) => inner.clear(key),
  };
  const store: LimitStore = Object.assign(sound, broken);
  const shared = { store, instances: 2, clock } as const;
  /** Time for news to come. */
  const tick = async (look: () => unknown, ms = 600) => {
    await look();
    await clock.advanceAsync(ms);
    await look();
    await clock.advanceAsync(0);
  };
  return { clock, inner, store, shared, tick };
}

const LIES: readonly unknown[] = [
  undefined,
  null,
  7,
  'yes',
  [],
  {},
  [undefined],
  { marks: [undefined], version: 0, more: false },
  { marks: [{ held: true, leftUs: 1, times: 1, version: 1, text: '' }], version: 1, more: false },
  { marks: [], version: Infinity, more: false },
  { marks: [], version: 0.5, more: false },
  { allowed: true, count: -1, retryAfterUs: 0, resetAfterUs: 0 },
  { allowed: true, count: NaN, retryAfterUs: 0, resetAfterUs: 0 },
  { count: 1, score: 1, tags: null },
  { count: 1, score: Infinity, tags: {} },
  [{ allowed: 'yes', remaining: 1, retryAfterUs: 0, resetAfterUs: 0 }],
  [{ allowed: true, remaining: 1, retryAfterUs: 0, resetAfterUs: 0, mark: { held: true } }],
  { applied: true },
  {
    get allowed() {
      throw new Error('a getter');
    },
  },
];

describe('what a store answers that is no answer', () => {
  it.each(LIES.map((lie, i) => [i, lie] as const))('%i is not believed', async (_, lie) => {
    const lies = () => Promise.resolve(lie);
    const { shared, clock } = setup({ take: lies, count: lies, record: lies, mark: lies, changes: lies });
    const limiter = new SharedPerUserRateLimiter({ capacity: 10, refillPerSecond: 1, ...shared });
    const ddos = new SharedDDoSProtection(shared);
    const abuse = new SharedAbuseDetector(shared);
    for (let i = 0; i < 4; i++) {
      expect(await limiter.check('ann')).toMatchObject({ degraded: true });
      expect(await ddos.check('192.0.2.1')).toMatchObject({ degraded: true });
      expect(await abuse.record('ann')).toMatchObject({ degraded: true });
      await clock.advanceAsync(600);
    }
    expect([abuse.isFlagged('ann'), ddos.isBlocked('192.0.2.1'), abuse.summary().flaggedNow]).toEqual([
      false,
      false,
      0,
    ]);
    expect([limiter, ddos, abuse].map((one) => one.health().status)).toEqual(['DEGRADED', 'DEGRADED', 'DEGRADED']);
    const available = [limiter, ddos, abuse]
      .flatMap((one) => [...one.metrics()])
      .filter(({ name }) => name === 'breakwater_store_available');
    // One family has one set of labels, whoever is in it.
    expect(available.map(({ labels, value }) => [labels, value])).toEqual([
      [{ kind: 'per-user-rate-limiter', name: limiter.name }, 0],
      [{ kind: 'ddos-protection', name: ddos.name }, 0],
      [{ kind: 'abuse-detector', name: abuse.name }, 0],
    ]);
  });

  it.each(['{"subject":"x","reasons":[5]}', '{"subject":"x","reasons":[["a","b",null]]}', '[]', 'null', '{', 'x y z'])(
    'a mark that says %s flags nobody, and hurts nobody',
    async (text) => {
      const { shared, inner } = setup();
      inner.record = async (rule) => {
        const answer = await createMemoryStore().record(rule);
        return { ...answer, mark: { held: true, leftUs: 1e9, times: 1, version: 1, text } };
      };
      const abuse = new SharedAbuseDetector(shared);
      expect(await abuse.record('ann')).toMatchObject({ flagged: false, degraded: false });
      expect([abuse.isFlagged('ann'), abuse.summary().flagged]).toEqual([false, []]);
      expect(abuse.explain('ann')).toMatchObject({ flagged: false, reasons: [] });
    },
  );

  it('one that resolves with what rejects, or is no promise at all, is awaited as usual', async () => {
    const thenable = {
      then(resolve: (value: unknown) => void) {
        resolve(Promise.reject(new Error('later')));
      },
    };
    const { shared } = setup({ take: () => thenable, changes: () => ({ marks: [], version: 0, more: false }) });
    const limiter = new SharedPerUserRateLimiter({ capacity: 10, refillPerSecond: 1, ...shared });
    expect(await limiter.check('ann')).toMatchObject({ degraded: true });
  });
});

describe('a store that can be read but not written', () => {
  const readOnly = () => Promise.reject(new Error('READONLY You cannot write against a read only replica.'));

  it('TRA-54 is lost, told once, and not restored by what can be read', async () => {
    const { shared, clock } = setup({ take: readOnly });
    const limiter = new SharedPerUserRateLimiter({ capacity: 10, refillPerSecond: 1, ...shared });
    const told: string[] = [];
    limiter.subscribe(({ type }) => told.push(type));
    for (let i = 0; i < 600; i++) {
      await limiter.check('ann', { cost: 0 });
      await clock.advanceAsync(100);
    }
    expect(told).toEqual(['storeLost']);
  });

  it('TRA-53 flags all the same when the flag cannot be written down, and says that it is degraded', async () => {
    const { shared } = setup({ mark: readOnly });
    const abuse = new SharedAbuseDetector({ ...shared, threshold: 3, onStoreError: 'reject' });
    const results = [];
    for (let i = 0; i < 6; i++) results.push(await abuse.record('ann'));
    expect(results.map(({ flagged, degraded }) => [flagged, degraded])).toEqual([
      [false, false],
      [false, false],
      [true, true],
      [true, true],
      [true, true],
      [true, true],
    ]);
    expect(results[2]).toMatchObject({ reasons: ['3 events in 300000 ms'], newlyFlagged: false });
    expect(abuse.health().status).toBe('DEGRADED');
  });

  it('refuses all the same when the block cannot be written down, and says that it is degraded', async () => {
    const { shared } = setup({ mark: readOnly });
    const ddos = new SharedDDoSProtection({ ...shared, threshold: 2, onStoreError: 'allow' });
    const seen = [];
    for (let i = 0; i < 5; i++) seen.push(await ddos.check('192.0.2.1'));
    expect(seen.map(({ allowed, degraded }) => [allowed, degraded])).toEqual([
      [true, false],
      [true, false],
      [false, true],
      [false, true],
      [false, true],
    ]);
    expect(ddos.health().status).toBe('DEGRADED');
  });
});

describe('ranges that are blocked', () => {
  it('may be any number in the course of time', async () => {
    const { shared, tick } = setup();
    const [here, there] = [new SharedDDoSProtection(shared), new SharedDDoSProtection(shared)];
    for (let i = 0; i < 1_100; i++) {
      await here.block(`10.${String(i >> 8)}.${String(i & 255)}.0/24`, 1_500, 'x');
      if (i % 10 === 0) await tick(() => there.check('192.0.2.1'));
    }
    await here.block('203.0.113.0/24', 3_600_000, 'now');
    await tick(() => there.check('192.0.2.1'));
    expect(await there.check('203.0.113.7')).toMatchObject({ allowed: false, source: 'ban' });
    expect(there.bans().bans.map(({ address }) => address)).toContain('203.0.113.0/24');
  });

  it('stay known however many addresses are blocked, and can be lifted', async () => {
    const { shared, tick } = setup();
    const ddos = new SharedDDoSProtection({ ...shared, maxAddresses: 10 });
    await ddos.block('10.0.0.0/8', 600_000, 'r');
    for (let i = 0; i < 30; i++) await ddos.block(`192.0.2.${String(i)}`, 900_000 + i, 'x');
    await tick(() => ddos.check('198.51.100.1'));
    expect(ddos.isBlocked('10.1.1.1')).toBe(true);
    expect(ddos.bans().bans.map(({ address }) => address)).toContain('10.0.0.0/8');
    expect(await ddos.unblock('10.0.0.0/8')).toBe(true);
    await tick(() => ddos.check('198.51.100.1'));
    expect(await ddos.check('10.1.1.1')).toMatchObject({ allowed: true });
  });

  it('are not brought back by an answer that was on its way when they were lifted', async () => {
    const { shared, store, inner, clock } = setup();
    const ddos = new SharedDDoSProtection(shared);
    await ddos.block('10.0.0.0/8', 600_000, 'r');
    const stale = await inner.changes((await changesGroup(store, ddos)) ?? '', 0);
    await ddos.unblock('10.0.0.0/8');
    store.changes = () => Promise.resolve(stale);
    clock.advance(600);
    await ddos.refresh();
    expect(ddos.isBlocked('10.1.1.1')).toBe(false);
  });
});

/** The group that a protection asks for. */
async function changesGroup(store: LimitStore, ddos: SharedDDoSProtection): Promise<string | undefined> {
  const changes = store.changes.bind(store);
  let group: string | undefined;
  store.changes = (asked, version) => {
    group = asked;
    return changes(asked, version);
  };
  await ddos.refresh();
  store.changes = changes;
  return group;
}

describe('what others changed', () => {
  it('is known for certain after refresh', async () => {
    const { shared, clock } = setup();
    const [here, there] = [new SharedAbuseDetector(shared), new SharedAbuseDetector(shared)];
    await there.record('ben');
    await here.flag('ann', 'x');
    clock.advance(3_000);
    expect([await there.refresh(), there.isFlagged('ann')]).toEqual([true, true]);
    await here.unflag('ann', { by: 'eve', note: 'tester' });
    clock.advance(3_000);
    expect([await there.refresh(), there.isFlagged('ann')]).toEqual([true, false]);
    clock.advance(1_000);
    expect(there.explain('ann')).toMatchObject({ lifted: { ageMs: 1_000, by: 'eve', note: 'tester' } });
    expect(here.explain('ann')).toMatchObject({ lifted: { ageMs: 4_000, by: 'eve', note: 'tester' } });
  });

  it('says that nobody answered', async () => {
    const { shared } = setup({ changes: () => Promise.reject(new Error('away')) });
    expect(await new SharedDDoSProtection(shared).refresh()).toBe(false);
  });

  it('is read anew from a store that has lost what it knew, and what is known stays in force', async () => {
    const { shared, store, tick, clock } = setup();
    const ddos = new SharedDDoSProtection(shared);
    clock.advance(1_000);
    await ddos.block('192.0.2.9', 3_600_000, 'x');
    await tick(() => ddos.check('192.0.2.1'));
    const mark = { held: true, leftUs: 3_600e6, times: 1, version: 5, text: 'range 10.0.0.0/8 y' };
    const news = { marks: [{ subject: 'new', ...mark }], version: 5, more: false };
    store.changes = (_, version) => Promise.resolve(version >= 5 ? { marks: [], version: 5, more: false } : news);
    for (let i = 0; i < 3; i++) await tick(() => ddos.check('192.0.2.1'));
    expect(ddos.bans().bans.map(({ address }) => address)).toEqual(['192.0.2.9', '10.0.0.0/8']);
  });
});

it('lets nobody start anew at whom the store has refused in this process', async () => {
  const { shared, store, clock } = setup();
  const limits = { name: 'api', capacity: 10, refillPerSecond: 0.001, clock };
  const [here, there] = [
    new SharedPerUserRateLimiter({ ...limits, ...shared }),
    new SharedPerUserRateLimiter({ ...limits, ...shared }),
  ];
  for (let i = 0; i < 10; i++) await here.check('ann');
  expect(await there.check('ann')).toMatchObject({ allowed: false, source: 'store' });
  Object.assign(store, { take: () => Promise.reject(new Error('away')) });
  expect(await there.check('ann')).toMatchObject({ allowed: false, source: 'fallback' });
  expect(await there.check('ben')).toMatchObject({ allowed: true, source: 'fallback', remaining: 4 });
});

it('has room for the reasons of all rules that may be', async () => {
  const { shared } = setup();
  const rules = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`${'"'.repeat(98)}${String(i)}`, () => true]));
  const abuse = new SharedAbuseDetector({ ...shared, rules, threshold: 2 });
  await abuse.record('ann');
  expect((await abuse.record('ann')).reasons).toHaveLength(13);
  await abuse.flag('ann', 'by hand');
  expect(abuse.explain('ann')?.reasons).toHaveLength(14);
  const more = { ...rules, more: () => true };
  expect(() => new SharedAbuseDetector({ ...shared, rules: more })).toThrow(/rules must be at most 12 here, got 13/);
});

describe('a detector without its store', () => {
  const away = () => Promise.reject(new Error('away'));

  it('asks its own rules once for each event, and holds to its share of the score', async () => {
    const { shared, store } = setup();
    const asked: string[] = [];
    const abuse = new SharedAbuseDetector({
      ...shared,
      threshold: 100,
      maxSubjects: 10,
      score: { flagAt: 10, halfLifeMs: 60_000 },
      rules: {
        probing: ({ type, evidence, countOf }) => {
          asked.push(`${type} ${String(evidence)} ${String(countOf('scan'))}`);
          return type === 'scan' && countOf('scan') >= 2;
        },
      },
    });
    await abuse.record('ann', 'scan', { evidence: 'a' });
    expect(asked).toEqual(['scan a 1']);
    Object.assign(store, { record: away });
    expect(await abuse.record('ann', 'scan', { evidence: 'b' })).toMatchObject({
      flagged: true,
      reasons: ['rule probing'],
      degraded: true,
    });
    expect(asked).toEqual(['scan a 1', 'scan b 2']);
    expect(await abuse.record('ben', 'login', { weight: 5 })).toMatchObject({
      flagged: true,
      reasons: ['score reached 5'],
      degraded: true,
    });
  });

  it('TRA-82 keeps to a grace that it knows of', async () => {
    const { shared, store } = setup();
    const [here, there] = [
      new SharedAbuseDetector({ ...shared, threshold: 4 }),
      new SharedAbuseDetector({ ...shared }),
    ];
    await here.unflag('ann', { graceMs: 60_000 });
    await there.refresh();
    Object.assign(store, { record: away });
    for (const detector of [here, there]) {
      for (let i = 0; i < 40; i++)
        expect(await detector.record('ann')).toMatchObject({ flagged: false, degraded: true });
    }
  });
});

it('a flag by hand keeps the reasons that others gave, though they were not heard of', async () => {
  const { shared } = setup();
  const [here, late] = [new SharedAbuseDetector({ ...shared, threshold: 2 }), new SharedAbuseDetector(shared)];
  await here.record('ann');
  await here.record('ann');
  await late.flag('ann', 'by hand');
  expect(late.explain('ann')?.reasons.map(({ rule }) => rule)).toEqual(['spike', 'manual']);
  await late.unflag('ann');
  await late.flag('ann', 'again');
  expect(late.explain('ann')?.reasons.map(({ rule }) => rule)).toEqual(['manual']);
});

it('a store that says nothing sensible to marks alone is not restored by the rest', async () => {
  const { shared, clock } = setup({ mark: () => Promise.resolve({ applied: 'yes' }) });
  const ddos = new SharedDDoSProtection({ ...shared, threshold: 2 });
  const told: string[] = [];
  ddos.subscribe(({ type }) => told.push(type));
  for (let i = 0; i < 60; i++) {
    await ddos.check('192.0.2.1');
    await clock.advanceAsync(100);
  }
  expect(told).toEqual(['storeLost']);
});

it('reads all marks anew when the reading broke off and the store was away for long', async () => {
  const { shared, store, clock, inner } = setup();
  const [here, there] = [new SharedDDoSProtection(shared), new SharedDDoSProtection(shared)];
  for (let i = 0; i < 1_100; i++) await here.block(`10.1.${String(i >> 8)}.${String(i & 255)}`, 7_200_000, 'x');
  let pages = 0;
  store.changes = (group, version) => (++pages > 1 ? Promise.reject(new Error('away')) : inner.changes(group, version));
  expect(await there.refresh()).toBe(false);
  expect(there.isBlocked('10.1.0.1')).toBe(true);
  await here.unblock('10.1.0.1');
  clock.advance(3_600_000);
  store.changes = (group, version) => inner.changes(group, version);
  await there.refresh();
  expect([there.isBlocked('10.1.0.1'), there.isBlocked('10.1.0.2')]).toEqual([false, true]);
});
