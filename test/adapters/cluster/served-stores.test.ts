import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { runs } from '../../runs.js';
import { BUCKET, FakeCluster, type FakeWorker, nowOf, settle } from './setup.js';

const UNAVAILABLE = 'BREAKWATER_STORE_UNAVAILABLE';

let cluster: FakeCluster;
beforeEach(() => {
  cluster = new FakeCluster();
});

/** What the primary answers to a message, if anything. */
async function answersTo(message: unknown): Promise<readonly object[]> {
  const answers: object[] = [];
  cluster.arrive(message, (reply) => answers.push(reply));
  await settle();
  return answers;
}

const NO_TIME = Number.MAX_SAFE_INTEGER;
const TAKE = [NO_TIME, 'take', [['g', 's', 10, 1, 100_000, 1]]];
const LETTER = { breakwater: 'limits/1', from: 'a', id: 1, store: 'breakwater', ask: [TAKE] };

describe('a primary', () => {
  it('hears its workers by one listener, while it has a store', async () => {
    expect(cluster.listening).toHaveLength(0);
    const [one, same, other] = [cluster.primary(), cluster.primary(), cluster.primary({ name: 'other' })];
    expect(cluster.listening).toHaveLength(1);
    await one.close();
    await one.close();
    await other.close();
    expect(cluster.listening).toHaveLength(1);
    expect(await same.take([BUCKET])).toHaveLength(1);
    await same.close();
    expect(cluster.listening).toHaveLength(0);
  });

  it('has one store of a name, whoever makes it, and forgets it when the last is closed', async () => {
    const [one, same, other] = [cluster.primary(), cluster.primary(), cluster.primary({ name: 'other' })];
    const worker = cluster.worker();
    const left = async (store: typeof one) => (await store.take([BUCKET]))[0]?.remaining;
    expect([await left(one), await left(same), await left(other), await left(worker.store)]).toEqual([9, 8, 9, 7]);
    await one.close();
    expect([await left(same), await left(worker.store)]).toEqual([6, 5]);
    await same.close();
    for (const closed of [one, same])
      for (const call of [
        () => closed.take([BUCKET]),
        () => closed.count({ group: 'g', subject: 's', windowUs: 12, limit: 1 }),
        () => closed.record({ group: 'g', subject: 's', windowUs: 1, limit: 1, weight: 1, tag: 'x', halfLifeUs: 1 }),
        () => closed.mark({ group: 'g', subject: 's', held: true, forUs: 1, keepUs: 1, text: '' }),
        () => closed.changes('g', 0),
        () => closed.clear({ group: 'g', subject: 's' }),
      ])
        await expect(call()).rejects.toMatchObject({ code: UNAVAILABLE });
    await expect(left(worker.store)).rejects.toThrow('has no store');
    expect([await left(cluster.primary()), await left(worker.store)]).toEqual([9, 8]);
  });

  it('never gives a version again, also when its store is made anew', async () => {
    const mark = { group: 'g', subject: 's', held: true, forUs: 1, keepUs: 1, text: '' };
    let latest = 0;
    for (let i = 0; i < 3; i++) {
      const store = cluster.primary();
      cluster.advance(1_000);
      const { mark: made } = await store.mark(mark);
      expect(made?.version).toBeGreaterThan(latest);
      latest = made?.version ?? NaN;
      await store.close();
    }
  });

  it('refuses limits that differ from those of the store that there is', () => {
    cluster.primary({ maxKeys: 10 });
    expect(() => cluster.primary({ clock: cluster.clock })).toThrow(
      'createClusterStore: maxKeys must be 10, as in the store of this name; clock must be the one of the store of this name',
    );
    expect(() => cluster.primary({ maxKeys: 10 })).not.toThrow();
  });

  it('remembers no more keys than it may', async () => {
    const store = cluster.primary({ maxKeys: 3 });
    for (let i = 0; i < 9; i++) await store.take([{ ...BUCKET, subject: String(i) }]);
    const left = await Promise.all(
      Array.from({ length: 9 }, (_, i) => store.take([{ ...BUCKET, subject: String(i), cost: 0 }])),
    );
    expect(left.filter(([answer]) => answer?.remaining === 9)).toHaveLength(3);
  });

  it('answers a letter, and does not mind that its worker is gone', async () => {
    cluster.primary();
    expect(await answersTo(LETTER)).toEqual([
      { breakwater: 'limits/1', to: 'a', id: 1, atUs: 0, say: [[[true, 9, 0, 100_000]]] },
    ]);
    cluster.arrive(LETTER, () => {
      throw new Error('ERR_IPC_CHANNEL_CLOSED');
    });
    await settle();
    expect(await answersTo(LETTER)).toMatchObject([{ say: [[[true, 7, 0, 300_000]]] }]);
  });

  it.each([
    ['a question that is none', ['x', null, 5, {}, [], [NO_TIME], [NO_TIME, 'close', []], [NO_TIME, 'constructor']]],
    ['arguments that are none', [1, 'x', null, {}, []].map((args) => [NO_TIME, 'take', args])],
    ['rules that are none', [[], [1], ['g', 's'], ['{', 's', 10, 1, 1, 1]].map((rule) => [NO_TIME, 'take', [rule]])],
    ['two rules of one key', [[NO_TIME, 'take', [TAKE[2], TAKE[2]].flat()]]],
    ['a text that is too long', [[NO_TIME, 'mark', ['g', 's', true, 1, 1, 'x'.repeat(4_001)]]]],
  ])('refuses %s, and does what else is asked', async (_, wrong) => {
    const store = cluster.primary();
    const [reply] = (await answersTo({ ...LETTER, ask: [...wrong, TAKE] })) as { readonly say: unknown[] }[];
    expect(reply?.say).toHaveLength(wrong.length + 1);
    for (const said of reply?.say.slice(0, -1) ?? []) expect([0, 1]).toContain(said);
    expect(reply?.say.at(-1)).toEqual([[true, 9, 0, 100_000]]);
    expect(await store.changes('g', 0)).toMatchObject({ marks: [] });
  });

  it.each([
    ['asks too much at once', { ask: Array.from({ length: 201 }, () => TAKE) }],
    [
      'has too many rules',
      { ask: [NO_TIME, NO_TIME].map(() => [NO_TIME, 'take', Array.from({ length: 601 }, () => 0)]) },
    ],
    ['is of another version', { breakwater: 'limits/2' }],
    ['is nobody’s', { from: undefined }],
    ['has no number', { id: 0.5 }],
    ['asks no store', { store: {} }],
    ['asks nothing', { ask: null }],
  ])('leaves a letter alone that %s', async (_, wrong) => {
    const store = cluster.primary();
    expect(await answersTo({ ...LETTER, ...wrong })).toEqual([]);
    expect((await store.take([{ ...BUCKET, cost: 0 }]))[0]?.remaining).toBe(10);
  });

  it('counts nothing of what comes too late, whatever it says the time is', async () => {
    const store = cluster.primary();
    cluster.advance(5);
    const untils = [4_999, -1, -Infinity, NaN, null, undefined, 'soon', {}];
    const [reply] = (await answersTo({ ...LETTER, ask: untils.map((until) => [until, ...TAKE.slice(1)]) })) as object[];
    expect(reply).toMatchObject({ atUs: 5_000, say: untils.map(() => 0) });
    expect((await store.take([{ ...BUCKET, cost: 0 }]))[0]?.remaining).toBe(10);
  });

  it('throws at nothing that may come from a worker, and goes on', async () => {
    const anything = fc.anything({
      withMap: true,
      withSet: true,
      withDate: true,
      withNullPrototype: true,
      withTypedArray: true,
    });
    const nearly = fc.record({
      breakwater: fc.oneof(fc.constant('limits/1'), anything),
      from: fc.oneof(fc.string(), anything),
      id: fc.oneof(fc.nat(), anything),
      store: fc.oneof(fc.constant('breakwater'), anything),
      ask: fc.oneof(
        fc.array(
          fc.oneof(anything, fc.tuple(fc.constant(NO_TIME), fc.constantFrom('take', 'mark', 'changes'), anything)),
        ),
        anything,
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.oneof(anything, nearly), async (message) => {
        const own = new FakeCluster();
        const store = own.primary();
        const worker = own.worker();
        const answers: object[] = [];
        own.arrive(message, (reply) => answers.push(reply));
        expect((await worker.store.take([BUCKET]))[0]?.remaining).toBe(9);
        expect(answers.length).toBeLessThanOrEqual(1);
        await store.close();
      }),
      { numRuns: runs(1_000) },
    );
  });
});

describe('a worker', () => {
  let worker: FakeWorker;
  beforeEach(async () => {
    cluster.primary();
    worker = cluster.worker();
    await worker.store.take([BUCKET]);
  });
  const reply = () => ({
    breakwater: 'limits/1',
    to: cluster.letters[0]?.from,
    id: cluster.letters.at(-1)?.id,
    atUs: 0,
  });

  it('leaves messages of others alone', async () => {
    let go: () => void = () => undefined;
    cluster.back = () => new Promise((resolve) => (go = resolve));
    const answer = worker.store.take([BUCKET]);
    await settle();
    const others = [
      null,
      'x',
      7,
      [],
      {},
      { channel: 'rate_limiter_flexible', type: 'resolve' },
      { ...reply(), breakwater: 'limits/2', say: [1] },
      { ...reply(), to: 'somebody', say: [1] },
      { ...reply(), id: undefined, say: [1] },
      { ...reply(), id: 99, say: [1] },
    ];
    for (const message of others) worker.hear(message);
    expect(await nowOf(answer)).toBe('pending');
    go();
    expect((await answer)[0]?.remaining).toBe(8);
  });

  it.each([
    [{ say: 'x' }],
    [{ say: [] }],
    [{ say: [[], []] }],
    [{ say: [[[true, 9, 0, 1]]], atUs: NaN }],
    [{ say: [2] }],
    [{ say: [{}] }],
    [{ say: [[]] }],
    [{ say: [[1]] }],
    [{ say: [[[true, 9, 0]]] }],
    [{ say: [[[true, 9, 0, 1, true]]] }],
    [{ say: [[['yes', 9, 0, 1]]] }],
    [{ say: [[[true, -9, 0, 1]]] }],
  ])('takes no answer %j for one, and asks on', async (wrong) => {
    cluster.there = () => new Promise(() => undefined);
    const answer = worker.store.take([BUCKET]);
    await settle();
    worker.hear({ ...reply(), ...wrong });
    expect(await nowOf(answer)).toMatchObject({ code: UNAVAILABLE });
    cluster.there = () => Promise.resolve();
    expect((await worker.store.take([BUCKET]))[0]?.remaining).toBe(8);
  });

  it('hears its primary by one listener, from the first question to close()', async () => {
    expect(cluster.worker().heard).toHaveLength(0);
    expect([worker.heard.length, worker.ends.length]).toEqual([1, 1]);
    await worker.store.take([BUCKET]);
    expect(worker.heard).toHaveLength(1);
    cluster.there = () => new Promise(() => undefined);
    const open = nowOf(worker.store.take([BUCKET]));
    await settle();
    await worker.store.close();
    await worker.store.close();
    expect(await open).toMatchObject({ code: UNAVAILABLE, message: 'createClusterStore: it is closed' });
    expect([worker.heard.length, worker.ends.length]).toEqual([0, 0]);
    await expect(worker.store.take([BUCKET])).rejects.toMatchObject({ code: UNAVAILABLE });
  });
});
