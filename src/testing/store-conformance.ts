import { InvalidArgumentError, isBreakwaterError } from '../core/errors.js';
import { count, parseOptions } from '../core/options.js';
import type { BucketRule } from '../traffic/store/index.js';
import type { StoreUnderTest } from './store-under-test.js';
import { runTrace, same } from './store-traces.js';

/** Options of {@link storeConformance}. */
export interface StoreConformanceOptions {
  /** Makes a store for each case. */
  readonly create: () => StoreUnderTest | Promise<StoreUnderTest>;
  /** Told when a case is over, whatever came of it. @defaultValue nobody */
  readonly dispose?: ((made: StoreUnderTest) => void | Promise<void>) | undefined;
  /** Random traces that are compared. Integer, at least 1. @defaultValue `10_000` */
  readonly traces?: number | undefined;
  /** Where chance begins: an integer. @defaultValue `1` */
  readonly seed?: number | undefined;
}

/** One case of the suite. */
export interface StoreConformanceCase {
  /** What has to hold. */
  readonly name: string;
  /** Rejects with an error that says what was answered instead. */
  readonly run: () => Promise<void>;
}

type Case = (made: StoreUnderTest) => Promise<void>;

/**
 * The suite that every store passes, for any test runner. Its heart are random traces of all operations, each answer of
 * which is compared with that of exact fractions.
 *
 * @example
 * const suite = storeConformance({ create: () => ({ store: createMemoryStore({ clock }), advance: (ms) => clock.advance(ms) }) });
 * for (const { name, run } of suite) test(name, run);
 *
 * @throws `InvalidArgumentError` when `create` is no function; `InvalidOptionsError` for the numbers.
 */
export function storeConformance(options: StoreConformanceOptions): readonly StoreConformanceCase[] {
  const { create, dispose, ...numbers } = options;
  if (typeof create !== 'function') throw new InvalidArgumentError('storeConformance: create must be a function');
  const { traces, seed } = parseOptions(
    'storeConformance',
    { traces: count({ min: 1, default: 10_000 }), seed: count({ default: 1 }) },
    numbers,
  );
  const all: Readonly<Record<string, Case>> = {
    [`answers ${String(traces)} random traces as exact fractions do`]: async (made) => {
      for (let trace = 0; trace < traces; trace++) await runTrace(made, trace, seed + trace);
    },
    ...CASES,
  };
  return Object.entries(all).map(([name, check]) => ({
    name,
    run: async () => {
      const made = await create();
      try {
        await check(made);
      } finally {
        await dispose?.(made);
      }
    },
  }));
}

/** A bucket of ten a second. */
const BUCKET = { capacity: 10, refillTokens: 10, refillUs: 1_000_000 };

const CASES: Readonly<Record<string, Case>> = {
  'admits exactly as many at the same time as there are tokens': async ({ store }) => {
    const rule = { group: 'case', subject: 'parallel', ...BUCKET, cost: 1 };
    const answers = await Promise.all(Array.from({ length: 200 }, () => store.take([rule])));
    const remaining = answers.filter(([answer]) => answer?.allowed).map(([answer]) => answer?.remaining);
    same(
      '200 at once',
      remaining.sort((a = 0, b = 0) => b - a),
      [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
    );
  },

  'gives two answers of the same moment as two': async ({ store }) => {
    const rule = { group: 'case', subject: 'twice', windowUs: 1_000_000, limit: 100 };
    const [first, second] = await Promise.all([store.count(rule), store.count(rule)]);
    same('two visits', [first.count, second.count].sort(), [1, 2]);
  },

  'keeps keys apart, whatever their parts are': async ({ store }) => {
    const keys = [
      ['case-a', 'b'],
      ['case', 'a-b'],
      ['case-a-b', 'c'],
      ['case-a', 'b-c'],
      ['case', '__proto__'],
      ['case', 'constructor'],
      ['case', 'a'.repeat(64)],
      ['case', `${'a'.repeat(63)}b`],
    ] as const;
    for (const [group, subject] of keys) {
      const [answer] = await store.take([{ group, subject, ...BUCKET, cost: 1 }]);
      same(`${group} ${subject}`, answer?.remaining, 9);
    }
  },

  'keeps a bucket as long as it takes to fill when its limits change': async ({ store, advance }) => {
    const rule = { group: 'case', subject: 'changed', ...BUCKET };
    await store.take([{ ...rule, cost: 8 }]);
    const [larger] = await store.take([{ ...rule, capacity: 100, cost: 0 }]);
    same('a larger one', [larger?.remaining, larger?.resetAfterUs], [92, 800_000]);
    const [smaller] = await store.take([{ ...rule, capacity: 5, cost: 0 }]);
    same('a smaller one is no more than empty', [smaller?.remaining, smaller?.resetAfterUs], [0, 500_000]);
    const [slower] = await store.take([{ ...rule, refillTokens: 1, cost: 0 }]);
    same('a slower one', [slower?.remaining, slower?.resetAfterUs], [9, 800_000]);
    await advance(800);
    const [full] = await store.take([{ ...rule, cost: 0 }]);
    same('full in time', full?.remaining, 10);
  },

  'keeps windows, buckets and events of one key apart': async ({ store }) => {
    const key = { group: 'case', subject: 'sorts' };
    await store.take([{ ...key, ...BUCKET, cost: 10 }]);
    const { count: visits } = await store.count({ ...key, windowUs: 60_000_000, limit: 5 });
    const { count: events } = await store.record({ ...key, ...EVENT });
    same('each its own', [visits, events], [1, 1]);
    await store.clear(key);
    const [bucket] = await store.take([{ ...key, ...BUCKET, cost: 0 }]);
    same('all cleared at once', bucket?.remaining, 10);
  },

  'creates nothing by looking, nor by clearing': async ({ store }) => {
    const key = { group: 'case', subject: 'nobody' };
    await store.clear(key);
    const looked = await store.take([{ ...key, ...BUCKET, cost: 0 }]);
    const weightless = await store.record({ ...key, ...EVENT, weight: 0 });
    same('nothing', [looked[0]?.remaining, weightless.count, weightless.score], [10, 0, 0]);
    same('no news', (await store.changes('case', 0)).marks, []);
  },

  'tells all marks of a group, page by page, and of no other': async ({ store, advance }) => {
    const change = { group: 'case-many', held: true, forUs: 60_000_000, keepUs: 60_000_000, text: 'why' };
    await store.mark({ ...change, group: 'case-other', subject: 'x' });
    for (let i = 0; i < 1_100; i++) await store.mark({ ...change, subject: `s${String(i)}` });
    const first = await store.changes('case-many', 0);
    const rest = await store.changes('case-many', first.version);
    same('pages', [first.marks.length, first.more, rest.marks.length, rest.more], [1_000, true, 100, false]);
    same('in order', [first.marks[0]?.subject, rest.marks.at(-1)?.subject], ['s0', 's1099']);
    same('no more', await store.changes('case-many', rest.version), { marks: [], version: rest.version, more: false });
    await advance(60_000);
    same('none that is over', (await store.changes('case-many', 0)).marks, []);
  },

  'lets a lifting win over a mark that was decided before it': async ({ store }) => {
    const key = { group: 'case', subject: 'lifted' };
    const span = { forUs: 1_000_000, keepUs: 1_000_000, text: '' };
    const { mark: first } = await store.mark({ ...key, ...span, held: true });
    const { mark: lifted } = await store.mark({ ...key, ...span, held: false });
    const late = await store.mark({ ...key, ...span, held: true, after: first?.version ?? 0 });
    same('too late', [late.applied, late.mark?.held, late.mark?.version], [false, false, lifted?.version]);
    const [answer] = await store.take([{ ...key, ...BUCKET, cost: 1 }]);
    same('free', answer?.allowed, true);
  },

  'refuses what cannot be, and changes nothing': async ({ store }) => {
    const key = { group: 'case', subject: 'wrong' };
    const bucket: BucketRule = { ...key, ...BUCKET, cost: 1 };
    const window = { ...key, windowUs: 60_000_000, limit: 5 };
    const mark = { ...key, held: true, forUs: 1, keepUs: 2, text: '' };
    const numbers = [NaN, -1, 0.5, Infinity, 2 ** 53, '2' as unknown as number, undefined as unknown as number];
    const bad: (() => Promise<unknown>)[] = [
      ...numbers.flatMap((wrong) => [
        () => store.take([{ ...bucket, cost: wrong }]),
        () => store.take([{ ...bucket, capacity: wrong }]),
        () => store.take([{ ...bucket, refillTokens: wrong }]),
        () => store.take([{ ...bucket, refillUs: wrong }]),
        () => store.count({ ...window, limit: wrong }),
        () => store.count({ ...window, windowUs: wrong }),
        () => store.record({ ...key, ...EVENT, weight: wrong }),
        () => store.record({ ...key, ...EVENT, halfLifeUs: wrong }),
        () => store.mark({ ...mark, forUs: wrong }),
        () => store.changes('case', wrong),
      ]),
      ...['', 'a b', 'a:b', '{a}', 'é', 'a'.repeat(65), 7 as unknown as string].flatMap((wrong) => [
        () => store.take([{ ...bucket, subject: wrong }]),
        () => store.count({ ...window, group: wrong }),
        () => store.clear({ ...key, subject: wrong }),
        () => store.changes(wrong, 0),
      ]),
      () => store.take([]),
      () => store.take([bucket, bucket]),
      () => store.take([bucket, { ...bucket, subject: 'other', cost: NaN }]),
      () => store.take([{ ...bucket, capacity: 1e9, refillUs: 1e9 }]),
      () => store.take([{ ...bucket, capacity: 1_000_000, refillTokens: 1, refillUs: 1_000_000_000 }]),
      () => store.record({ ...key, ...EVENT, tag: 'no tag' }),
      () => store.mark({ ...mark, keepUs: 0 }),
      () => store.mark({ ...mark, text: 'a'.repeat(4_001) }),
    ];
    for (const [i, call] of bad.entries()) {
      const error = await call().then(
        () => undefined,
        (reason: unknown) => reason,
      );
      same(`wrong argument ${String(i)}`, isBreakwaterError(error, 'BREAKWATER_INVALID_ARGUMENT'), true);
    }
    const [answer] = await store.take([{ ...bucket, cost: 0 }]);
    const { count: visits } = await store.count(window);
    same('nothing has changed', [answer?.remaining, answer?.mark ?? null, visits], [10, null, 1]);
  },
};

const EVENT = { windowUs: 60_000_000, limit: 5, weight: 1, tag: 'x', halfLifeUs: 60_000_000 };
