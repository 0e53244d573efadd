import type { StoreUnderTest } from './store-under-test.js';
import { same, text } from './store-compare.js';

/** One thing that has to hold. @internal */
export type Case = (made: StoreUnderTest) => Promise<void>;

/** A bucket of ten a second. @internal */
export const BUCKET = { capacity: 10, refillTokens: 10, refillUs: 1_000_000 };

/** @internal */
export const WINDOW = { windowUs: 60_000_000, limit: 5 };

/** @internal */
export const EVENT = { windowUs: 60_000_000, limit: 5, weight: 1, tag: 'x', halfLifeUs: 60_000_000 };

/** @internal */
export const MARK = { held: true, forUs: 60_000_000, keepUs: 60_000_000, text: 'why' };

/** What is asked at the same time. @internal */
export const CONCURRENT_CASES: Readonly<Record<string, Case>> = {
  'admits exactly as many at the same time as there are tokens': async ({ store }) => {
    const rule = { group: 'case', subject: 'parallel', ...BUCKET, cost: 1 };
    const answers = await atOnce(200, () => store.take([rule]));
    const remaining = answers.filter(([answer]) => answer?.allowed).map(([answer]) => answer?.remaining ?? NaN);
    same('200 at once', sorted(remaining), upTo(10, 0));
  },

  'takes from all buckets or from none, also at the same time': async ({ store }) => {
    const key = { group: 'case-all', refillTokens: 1, refillUs: 60_000_000, cost: 1 };
    const wide = { ...key, subject: 'wide', capacity: 20 };
    const narrow = { ...key, subject: 'narrow', group: 'case-all-other', capacity: 10 };
    const answers = await atOnce(100, (i) => store.take(i % 2 === 0 ? [wide, narrow] : [narrow, wide]));
    same('admitted of 100', answers.filter((both) => both.every(({ allowed }) => allowed)).length, 10);
    const left = await store.take([
      { ...wide, cost: 0 },
      { ...narrow, cost: 0 },
    ]);
    same(
      'left',
      left.map(({ remaining }) => remaining),
      [10, 0],
    );
  },

  'counts every visit of the same time, and no more than the limit': async ({ store }) => {
    const rule = { group: 'case', subject: 'visits', ...WINDOW, limit: 250 };
    const answers = await atOnce(300, () => store.count(rule));
    const counts = answers.filter(({ allowed }) => allowed).map(({ count }) => count);
    same('300 at once', sorted(counts), upTo(250));
  },

  'remembers every event of the same time': async ({ store }) => {
    const rule = { group: 'case', subject: 'events', ...EVENT, limit: 1_000 };
    const answers = await atOnce(120, (i) => store.record({ ...rule, tag: `t${String(i % 40)}` }));
    same('120 at once', sorted(answers.map(({ count }) => count)), upTo(120));
    const { mark, ...all } = await store.record({ ...rule, weight: 0 });
    const tags = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`t${String(i)}`, 3]));
    same('all of them', [all, mark ?? null], [{ count: 120, tags, score: 120 }, null]);
  },

  'lets one of those win who change a mark from one version at the same time': async ({ store }) => {
    const change = { group: 'case-race', subject: 'x', ...MARK };
    const first = await atOnce(20, () => store.mark({ ...change, after: 0 }));
    same('the first of 20', first.filter(({ applied }) => applied).length, 1);
    const version = first.find(({ applied }) => applied)?.mark?.version ?? 0;
    const second = await atOnce(20, () => store.mark({ ...change, after: version }));
    same('the next of 20', second.filter(({ applied }) => applied).length, 1);
    const free = await atOnce(20, () => store.mark(change));
    same('all of 20', sorted(free.map(({ mark }) => mark?.times ?? NaN)), upTo(20, 3));
    same('versions', new Set(free.map(({ mark }) => mark?.version)).size, 20);
  },

  'gives every answer an object of its own': async ({ store, advance }) => {
    const key = { group: 'case-own', subject: 'x' };
    const calls = [
      () => store.take([{ ...key, ...BUCKET, cost: 1 }]),
      () => store.count({ ...key, ...WINDOW }),
      () => store.record({ ...key, ...EVENT }),
      () => store.mark({ ...key, ...MARK, forUs: 0 }),
      () => store.changes(key.group, 0),
    ];
    const seen: { readonly answer: unknown; readonly then: string }[] = [];
    for (let round = 0; round < 3; round++) {
      for (const call of calls) {
        const answers: readonly unknown[] = await Promise.all([call(), call()]);
        for (const answer of answers) seen.push({ answer, then: text(answer) });
      }
      await advance(1);
    }
    for (const [i, { answer, then }] of seen.entries()) same(`answer ${String(i)}, later`, text(answer), then);
    same('all different', new Set(seen.map(({ answer }) => answer)).size, seen.length);
  },
};

function atOnce<T>(times: number, ask: (i: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: times }, (_, i) => ask(i)));
}

function sorted(numbers: readonly number[]): readonly number[] {
  return [...numbers].sort((a, b) => a - b);
}

/** So many whole numbers in their order. */
function upTo(count: number, first = 1): readonly number[] {
  return Array.from({ length: count }, (_, i) => first + i);
}
