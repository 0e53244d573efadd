import { isBreakwaterError } from '../core/errors.js';
import { type BucketRule, LONGEST_US } from '../traffic/store/index.js';
import { same } from './store-compare.js';
import { BUCKET, type Case, EVENT, MARK, WINDOW } from './store-concurrent-cases.js';

/** What is at the bounds, and beyond. @internal */
export const BOUND_CASES: Readonly<Record<string, Case>> = {
  'refuses what cannot be, and changes nothing': async ({ store }) => {
    const key = { group: 'case', subject: 'wrong' };
    const bucket: BucketRule = { ...key, ...BUCKET, cost: 1 };
    const window = { ...key, ...WINDOW };
    const event = { ...key, ...EVENT };
    const mark = { ...key, held: true, forUs: 1, keepUs: 2, text: '' };
    const numbers = [NaN, -1, 0.5, Infinity, 2 ** 53, '2' as unknown as number, undefined as unknown as number];
    const bad: (() => Promise<unknown>)[] = [
      ...numbers.flatMap((wrong) => [
        () => store.take([{ ...bucket, cost: wrong === -1 ? -1 - bucket.capacity : wrong }]),
        () => store.take([{ ...bucket, capacity: wrong }]),
        () => store.take([{ ...bucket, refillTokens: wrong }]),
        () => store.take([{ ...bucket, refillUs: wrong }]),
        () => store.count({ ...window, limit: wrong }),
        () => store.count({ ...window, windowUs: wrong }),
        () => store.record({ ...event, weight: wrong }),
        () => store.record({ ...event, halfLifeUs: wrong }),
        () => store.record({ ...event, limit: wrong }),
        () => store.record({ ...event, windowUs: wrong }),
        () => store.mark({ ...mark, keepUs: wrong }),
        () => store.mark({ ...mark, forUs: wrong }),
        () => store.changes('case', wrong),
      ]),
      ...['', 'a b', 'a:b', '{a}', 'é', 'a'.repeat(65), 7 as unknown as string].flatMap((wrong) => [
        () => store.take([{ ...bucket, subject: wrong }]),
        () => store.count({ ...window, group: wrong }),
        () => store.clear({ ...key, subject: wrong }),
        () => store.changes(wrong, 0),
      ]),
      ...[0, 'yes', null].flatMap((wrong) => [
        () => store.take([{ ...bucket, advisory: wrong as unknown as boolean }]),
        () => store.mark({ ...mark, clear: wrong as unknown as boolean }),
        () => store.mark({ ...mark, counts: wrong as unknown as boolean }),
        () => store.mark({ ...mark, held: wrong as unknown as boolean }),
      ]),
      ...['no tag', '', 'a'.repeat(17), 'a.b'].map((tag) => () => store.record({ ...event, tag })),
      ...['a'.repeat(4_001), '\ud83d', 'a\ude00', '\ude00\ud83d', '\ud83d\ud83d\ude00', 7 as unknown as string].map(
        (text) => () => store.mark({ ...mark, text }),
      ),
      ...[null, undefined, 'x'].flatMap((wrong) => [
        () => store.take(wrong as never),
        () => store.take([wrong as never]),
        () => store.count(wrong as never),
        () => store.record(wrong as never),
        () => store.mark(wrong as never),
        () => store.clear(wrong as never),
      ]),
      () => store.take([{ ...bucket, capacity: 0 }]),
      () => store.take([{ ...bucket, refillTokens: 0 }]),
      () => store.take([{ ...bucket, refillUs: 0 }]),
      () => store.count({ ...window, limit: 0 }),
      () => store.count({ ...window, windowUs: 11 }),
      () => store.count({ ...window, windowUs: LONGEST_US + 1 }),
      () => store.record({ ...event, limit: 0 }),
      () => store.record({ ...event, windowUs: 0 }),
      () => store.record({ ...event, windowUs: LONGEST_US + 1 }),
      () => store.record({ ...event, halfLifeUs: 0 }),
      () => store.record({ ...event, halfLifeUs: LONGEST_US / 64 + 1 }),
      () => store.mark({ ...mark, keepUs: LONGEST_US + 1 }),
      () => store.mark({ ...mark, after: -1 }),
      () => store.mark({ ...mark, after: 2 ** 53 }),
      () => store.take([]),
      () => store.take([bucket, bucket]),
      () => store.take([bucket, { ...bucket, subject: 'other', cost: NaN }]),
      () => store.take([{ ...bucket, capacity: 1e9, refillUs: 1e9 }]),
      () => store.take([{ ...bucket, capacity: 1_000_000, refillTokens: 1, refillUs: 1_000_000_000 }]),
      () => store.mark({ ...mark, keepUs: 0 }),
    ];
    for (const [i, call] of bad.entries()) {
      const error = await call().then(
        () => undefined,
        (reason: unknown) => reason,
      );
      same(`wrong argument ${String(i)}`, isBreakwaterError(error, 'BREAKWATER_INVALID_ARGUMENT'), true);
    }
    const [answer] = await store.take([{ ...bucket, cost: 0 }]);
    const { count: events, score } = await store.record({ ...event, weight: 0 });
    const { count: visits } = await store.count(window);
    const got = [answer?.remaining, answer?.mark ?? null, events, score, visits];
    same('nothing has changed', got, [10, null, 0, 0, 1]);
  },

  'takes whatever is just possible': async ({ store }) => {
    const key = { group: `case${'-'.repeat(60)}`, subject: '_'.repeat(64) };
    const most = Number.MAX_SAFE_INTEGER;
    const bucket = { ...key, capacity: most - 29, refillTokens: 29, refillUs: 1, advisory: undefined };
    const [taken] = await store.take([{ ...bucket, cost: bucket.capacity }]);
    same('the largest bucket', [taken?.allowed, taken?.remaining, taken?.resetAfterUs], [true, 0, 310_593_077_749_689]);
    const [refused] = await store.take([{ ...bucket, cost: bucket.capacity }]);
    same('is empty', [refused?.allowed, refused?.retryAfterUs], [false, 310_593_077_749_689]);
    const [given] = await store.take([{ ...bucket, cost: -1 }]);
    same('one token back', [given?.remaining, given?.resetAfterUs], [1, 310_593_077_749_689]);
    const [full] = await store.take([{ ...bucket, cost: -bucket.capacity }]);
    same('the largest that is given', [full?.allowed, full?.remaining, full?.resetAfterUs], [true, bucket.capacity, 0]);
    const [never] = await store.take([{ ...bucket, cost: most }]);
    same('the largest cost', [never?.allowed, never?.retryAfterUs], [false, Infinity]);
    for (const windowUs of [12, LONGEST_US]) {
      const { allowed, count, resetAfterUs } = await store.count({ ...key, windowUs, limit: most });
      same('window', [allowed, count, resetAfterUs], [true, 1, windowUs]);
    }
    const event = { ...key, windowUs: 1, limit: most, weight: most, tag: '_'.repeat(16), halfLifeUs: 1 };
    const longest = { ...event, windowUs: LONGEST_US, halfLifeUs: LONGEST_US / 64 };
    for (const [i, rule] of [event, longest].entries()) {
      const { count, tags, score } = await store.record(rule);
      same('event', [count, tags, score], [most, { [event.tag]: most }, (i + 1) * most]);
    }
    const many = { ...key, subject: 'many', ...EVENT, limit: most };
    await store.record({ ...many, weight: most - 3 });
    await store.record({ ...many, tag: 'y', weight: most - 4 });
    const { count: both, tags: sorts } = await store.record({ ...many, weight: 0 });
    same('as many as fit of both', [both, sorts], [most, { x: 4, y: most - 4 }]);
    const { mark } = await store.mark({ ...key, ...MARK, forUs: LONGEST_US, keepUs: LONGEST_US });
    same('mark', [mark?.held, mark?.leftUs], [true, LONGEST_US]);
    same('after', (await store.mark({ ...key, ...MARK, after: most })).applied, false);
    same('changes', await store.changes(key.group, most), {
      marks: [],
      version: mark?.version,
      more: false,
    });
  },
};
