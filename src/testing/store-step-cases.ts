import { LONGEST_US } from '../traffic/store/index.js';
import { same } from './store-compare.js';
import { BUCKET, type Case, EVENT, MARK } from './store-concurrent-cases.js';
import { LONG_TEXT } from './store-draw.js';

/** What happens one after the other. @internal */
export const STEP_CASES: Readonly<Record<string, Case>> = {
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
    same('a smaller one is no more than empty', [smaller?.remaining, smaller?.resetAfterUs], [0, 800_000]);
    const [slower] = await store.take([{ ...rule, refillTokens: 1, cost: 0 }]);
    same('a slower one', [slower?.remaining, slower?.resetAfterUs], [9, 800_000]);
    await advance(800);
    const [full] = await store.take([{ ...rule, cost: 0 }]);
    same('full in time', full?.remaining, 10);
  },

  'gives back what was taken, and never more than to a full bucket': async ({ store, advance }) => {
    const rule = { group: 'case', subject: 'given', ...BUCKET };
    const take = async (cost: number): Promise<readonly unknown[]> => {
      const [answer] = await store.take([{ ...rule, cost }]);
      return [answer?.allowed, answer?.remaining, answer?.retryAfterUs, answer?.resetAfterUs];
    };
    same('to a full one', await take(-1), [true, 10, 0, 0]);
    await take(8);
    same('a few', await take(-3), [true, 5, 0, 500_000]);
    same('and there they are', await take(5), [true, 0, 0, 1_000_000]);
    await advance(50);
    same('with the part that has come back', await take(-1), [true, 1, 0, 850_000]);
    same('too many', await take(-10), [true, 10, 0, 0]);
    same('are not kept', await take(10), [true, 0, 0, 1_000_000]);
    const other = { ...rule, subject: 'given-other' };
    await store.mark({ ...other, ...MARK });
    const [back, refused] = await store.take([
      { ...rule, cost: -5 },
      { ...other, cost: 0 },
    ]);
    same('none to all', [back?.allowed, back?.remaining, refused?.allowed], [true, 0, false]);
    await store.mark({ ...rule, ...MARK });
    const [marked] = await store.take([{ ...rule, cost: -5 }]);
    same('none to a marked one', [marked?.allowed, marked?.remaining], [false, 0]);
    const [tried] = await store.take([{ ...rule, cost: -5, advisory: true }]);
    same('nor for shadow mode', [tried?.allowed, tried?.remaining, tried?.retryAfterUs], [false, 0, MARK.forUs]);
  },

  'gives back by smaller limits what was taken, and makes none of it': async ({ store, advance }) => {
    const rule = { group: 'case', subject: 'given-smaller', ...BUCKET };
    const [small, large] = [rule, { ...rule, capacity: 40 }];
    const left = async (of: typeof rule): Promise<readonly unknown[]> => {
      const [answer] = await store.take([{ ...of, cost: 0 }]);
      return [answer?.remaining, answer?.resetAfterUs];
    };
    await store.take([{ ...large, cost: 35 }]);
    const [back] = await store.take([{ ...small, cost: -2 }]);
    same('is empty still', [back?.allowed, back?.remaining, back?.resetAfterUs], [true, 0, 3_300_000]);
    same('by the larger ones', await left(large), [7, 3_300_000]);
    await store.take([
      { ...small, cost: -10 },
      { ...rule, subject: 'given-beside', cost: 1 },
    ]);
    same('as many as it may', await left(large), [17, 2_300_000]);
    await advance(1_400);
    same('until it has filled up so far', await left(small), [1, 900_000]);
    const [more] = await store.take([{ ...small, cost: -10 }]);
    same('and full', [more?.remaining, more?.resetAfterUs], [10, 0]);
    same('by all limits', await left(large), [40, 0]);
    await store.take([{ ...large, cost: 20 }]);
    const [crossing] = await store.take([{ ...small, cost: -10 }]);
    same('to the edge', [crossing?.remaining, crossing?.resetAfterUs], [0, 1_000_000]);
    await store.take([{ ...large, cost: 5 }]);
    const [over] = await store.take([{ ...small, cost: -7 }]);
    same('beyond it', [over?.remaining, over?.resetAfterUs], [2, 800_000]);
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

  'tells the version of the last change of a group, whatever it is asked with': async ({ store, advance }) => {
    const [group, other] = ['case-last', 'case-last-other'];
    const none = { marks: [], version: 0, more: false };
    same('before the first', [await store.changes(group, 0), await store.changes(group, 7)], [none, none]);
    const { mark } = await store.mark({ group, subject: 'x', ...MARK, forUs: 1_000, keepUs: 1_000 });
    await store.mark({ group: other, subject: 'x', ...MARK });
    const version = mark?.version ?? 0;
    const { marks } = await store.changes(group, 0);
    const last = async (): Promise<unknown> => [
      await store.changes(group, version),
      await store.changes(group, version + 1_000_000),
    ];
    same('what is new', [marks.length, marks[0]?.version], [1, version]);
    same('nothing new', await last(), [
      { marks: [], version, more: false },
      { marks: [], version, more: false },
    ]);
    await advance(1);
    same('forgotten', (await store.changes(group, 0)).marks, []);
    same('but not that there was one', await last(), [
      { marks: [], version, more: false },
      { marks: [], version, more: false },
    ]);
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

  'promises a marked subject no sooner than it would really be allowed': async ({ store, advance }) => {
    const key = { group: 'case', subject: 'promised' };
    await store.take([{ ...key, ...BUCKET, cost: 10 }]);
    const window = { ...key, windowUs: 12_000_000, limit: 1 };
    await store.count(window);
    const waits = async (forUs: number): Promise<readonly unknown[]> => {
      await store.mark({ ...key, ...MARK, forUs });
      const costs = [0, 1, 10, 11];
      const buckets: unknown[] = [];
      for (const cost of costs) buckets.push((await store.take([{ ...key, ...BUCKET, cost }]))[0]?.retryAfterUs);
      return [...buckets, (await store.count(window)).retryAfterUs];
    };
    same('a short mark', await waits(500_000), [500_000, 500_000, 1_000_000, Infinity, 12_000_000]);
    same('a long one', await waits(20_000_000), [2e7, 2e7, 2e7, Infinity, 2e7]);
    await advance(20_000);
    const [answer] = await store.take([{ ...key, ...BUCKET, cost: 10 }]);
    same('when it is over', [answer?.allowed, (await store.count(window)).allowed], [true, true]);
  },

  'goes by the limit and the window that are asked for': async ({ store, advance }) => {
    const key = { group: 'case', subject: 'window' };
    const count = async (limit: number, windowUs: number): Promise<readonly unknown[]> => {
      const { allowed, count: visits, retryAfterUs } = await store.count({ ...key, limit, windowUs });
      return [allowed, visits, retryAfterUs];
    };
    same('the first', await count(2, 12_000_000), [true, 1, 0]);
    await advance(1_000);
    same('the second', await count(2, 12_000_000), [true, 2, 0]);
    same('one too many', await count(2, 12_000_000), [false, 2, 11_000_000]);
    same('a larger limit', await count(3, 12_000_000), [true, 3, 0]);
    same('a smaller one', await count(1, 12_000_000), [false, 3, 12_000_000]);
    same('another window', await count(2, 24_000_000), [true, 1, 0]);
    same('and back', await count(2, 12_000_000), [true, 1, 0]);
  },

  'goes by the limit, window and half-life of each event': async ({ store, advance }) => {
    const key = { group: 'case', subject: 'event' };
    const record = async (rule: Partial<typeof EVENT>): Promise<readonly number[]> => {
      const { count, score } = await store.record({ ...key, ...EVENT, ...rule });
      return [count, score];
    };
    same('short', await record({ windowUs: 1_000_000, limit: 2, weight: 2 }), [2, 2]);
    await advance(500);
    same('a larger limit', await record({ windowUs: 1_000_000, limit: 100, halfLifeUs: 500_000 }), [3, 2]);
    same('a longer window', await record({ windowUs: 9_000_000, limit: 100, halfLifeUs: 4_000_000 }), [4, 3]);
    await advance(4_000);
    same('later', await record({ windowUs: 9_000_000, weight: 0, halfLifeUs: 4_000_000 }), [4, 1.5]);
    same(
      'a shorter window to look',
      await record({ windowUs: 4_250_000, weight: 0, halfLifeUs: 2_000_000 }),
      [2, 0.75],
    );
    same('a smaller limit', await record({ windowUs: 9_000_000, limit: 3, halfLifeUs: 4_000_000 }), [3, 2.5]);
    same('has forgotten', await record({ windowUs: 9_000_000, limit: 9, weight: 0 }), [3, 2.5]);
  },

  'lets a score end below 2^-10': async ({ store, advance }) => {
    const rule = { group: 'case', subject: 'score', ...EVENT, halfLifeUs: 1_000_000 };
    await store.record(rule);
    await advance(9_999);
    same('just above', (await store.record({ ...rule, weight: 0 })).score > 2 ** -10, true);
    await advance(2);
    same('just below', (await store.record({ ...rule, weight: 0 })).score, 0);
  },

  'counts sorts of events apart, whatever they are called': async ({ store }) => {
    const rule = { group: 'case', subject: 'tags', ...EVENT, limit: 1_000 };
    const tags = ['__proto__', 'constructor', 'toString', '-', '_', '0', '00', 'a-tag-of-16-char', 'a-tag-of-16-chaR'];
    for (const tag of [...tags, ...tags]) await store.record({ ...rule, tag });
    const { tags: got } = await store.record({ ...rule, weight: 0 });
    same('tags', Object.entries(got).sort(), tags.map((tag) => [tag, 2]).sort());
  },

  'keeps the text of a mark as it is': async ({ store }) => {
    const key = { group: 'case-text', subject: 'text' };
    for (const text of ['', ' ', '0', '{}', 'null', '\u0000', '\ufffd', '\r\n', 'a'.repeat(4_000), LONG_TEXT]) {
      const { mark } = await store.mark({ ...key, ...MARK, text });
      const { marks } = await store.changes(key.group, 0);
      const [bucket] = await store.take([{ ...key, ...BUCKET, cost: 1 }]);
      same('text', [mark?.text, marks[0]?.text, bucket?.mark?.text], [text, text, text]);
    }
  },

  'gives a mark that was forgotten a new version, which is larger': async ({ store, advance }) => {
    const change = { group: 'case-versions', subject: 'x', ...MARK, forUs: 1_000, keepUs: 2_000 };
    const { mark: first } = await store.mark(change);
    await advance(1);
    const { applied: tooEarly } = await store.mark({ ...change, after: 0 });
    await advance(1);
    const { applied: tooLate } = await store.mark({ ...change, after: first?.version ?? 0 });
    const { applied, mark } = await store.mark({ ...change, after: 0 });
    same('0 is for none', [tooEarly, tooLate, applied, mark?.times], [false, false, true, 1]);
    same('versions', [first?.version ?? 0, mark?.version].map(Number.isSafeInteger), [true, true]);
    same('larger', Number(mark?.version) > Number(first?.version), true);
  },

  'holds for ten years': async ({ store, advance }) => {
    const key = { group: 'case-years', subject: 'x' };
    const [marked, free] = [
      { ...key, subject: 'marked' },
      { ...key, subject: 'free' },
    ];
    const bucket = { ...key, capacity: LONGEST_US / 1e6, refillTokens: 1, refillUs: 1_000_000 };
    const window = { ...key, windowUs: LONGEST_US, limit: 1 };
    const event = { ...key, ...EVENT, windowUs: LONGEST_US, halfLifeUs: LONGEST_US / 64 };
    await store.take([{ ...bucket, cost: bucket.capacity }]);
    await store.count(window);
    await store.record({ ...event, weight: 2 ** 40 });
    await store.mark({ ...marked, ...MARK, forUs: LONGEST_US, keepUs: LONGEST_US });
    await store.mark({ ...free, ...MARK, held: false, forUs: 0, keepUs: LONGEST_US });
    const known = async (): Promise<readonly unknown[]> => {
      const [taken] = await store.take([{ ...bucket, cost: bucket.capacity }]);
      const { retryAfterUs } = await store.count(window);
      const { count } = await store.record({ ...event, weight: 0 });
      const { marks } = await store.changes(key.group, 0);
      return [taken?.retryAfterUs, retryAfterUs, count, marks.map(({ subject, leftUs }) => [subject, leftUs])];
    };
    const marks = (leftUs: number): unknown => [
      ['marked', leftUs],
      ['free', 0],
    ];
    same('at once', await known(), [LONGEST_US, LONGEST_US, 5, marks(LONGEST_US)]);
    await advance(LONGEST_US / 1_000 - 1_000);
    same('a second before', await known(), [1_000_000, 1_000_000, 5, marks(1_000_000)]);
    await advance(1_000);
    same('then', await known(), [0, 0, 5, []]);
    await advance(1);
    same('after', (await store.record({ ...event, weight: 0 })).count, 0);
  },
};
