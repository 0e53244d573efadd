import type {
  BucketAnswer,
  BucketRule,
  ChangedMark,
  EventAnswer,
  EventRule,
  LimitStore,
  MarkAnswer,
  MarkChange,
  StoreKey,
  StoreMark,
  WindowAnswer,
  WindowRule,
} from '../../traffic/store/index.js';
import { readBuckets, readChanges, readEvents, readMarkAnswer, readWindow } from '../../traffic/store/index.js';

/** Says whose a message is, and which version of it: other libraries, and other versions, use the same channel. @internal */
export const OURS = 'limits/1';

/** What a store is asked. @internal */
export type What = 'take' | 'count' | 'record' | 'mark' | 'changes' | 'clear';

/** One question: until when it matters, by the primary's clock, what it is, and with what. @internal */
export type Question = readonly [untilUs: number, what: What, args: unknown];

/** What a worker sends. @internal */
export interface Letter {
  readonly breakwater: typeof OURS;
  readonly from: string;
  readonly id: number;
  readonly store: string;
  readonly ask: readonly Question[];
}

/** What the primary sends: its time, and for each question a list, or one of the words below; nothing without such a store. @internal */
export interface Reply {
  readonly breakwater: typeof OURS;
  readonly to: string;
  readonly id: number;
  readonly atUs: number;
  readonly say: readonly unknown[] | null;
}

/** How many rules fill a message: what a primary does at once takes it a fraction of a millisecond. @internal */
export const MOST_TOGETHER = 200;

/** It came too late, and nothing was done. @internal */
export const LATE = 0;
/** It cannot be done. @internal */
export const REFUSED = 1;

// Lists instead of objects: names would be most of what is sent. `null` is what is left out, or has no end.
const ARGUMENTS = {
  take: ['group', 'subject', 'capacity', 'refillTokens', 'refillUs', 'cost', 'advisory'],
  count: ['group', 'subject', 'windowUs', 'limit'],
  record: ['group', 'subject', 'windowUs', 'limit', 'weight', 'tag', 'halfLifeUs'],
  mark: ['group', 'subject', 'held', 'forUs', 'keepUs', 'text', 'after', 'counts', 'clear'],
  changes: ['group', 'version'],
  clear: ['group', 'subject'],
} as const;
const BUCKET = ['allowed', 'remaining', 'retryAfterUs', 'resetAfterUs'] as const;
const WINDOW = ['allowed', 'count', 'retryAfterUs', 'resetAfterUs'] as const;
const EVENTS = ['count', 'score'] as const;
const CHANGE = ['applied', 'wasHeld'] as const;
const MARK = ['held', 'leftUs', 'times', 'version', 'text'] as const;

/** How many rules a question has. @internal */
export function weightOf(what: unknown, args: unknown): number {
  return what === 'take' && Array.isArray(args) ? args.length : 1;
}

/** The arguments of a question as they are sent. @internal */
export function packed(what: What, argument: object): readonly unknown[] {
  return values(ARGUMENTS[what], argument);
}

function values(names: readonly string[], of: object): unknown[] {
  return names.map((name) => (of as Readonly<Record<string, unknown>>)[name]);
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error('not a list');
  return value;
}

/** An object of what was sent, which may be anything: whoever takes it looks at it. */
function object(names: readonly string[], sent: unknown, none?: number, from = 0): object {
  const all = list(sent);
  return Object.fromEntries(names.map((name, i) => [name, all[from + i] ?? none]));
}

function withMark(names: readonly string[], answer: { readonly mark?: StoreMark | undefined }): unknown[] {
  const { mark } = answer;
  return mark === undefined ? values(names, answer) : [...values(names, answer), ...values(MARK, mark)];
}

/** @param after - how many things come before the mark. */
function marked(names: readonly string[], sent: unknown, after = names.length): object {
  const answer = object(names, sent, Infinity);
  return list(sent).length > after ? { ...answer, mark: object(MARK, sent, undefined, after) } : answer;
}

/** Does what a question asks for, and answers as it is sent. Rejects when the question is none. @internal */
export async function perform(store: LimitStore, what: unknown, args: unknown): Promise<readonly unknown[]> {
  switch (what) {
    case 'take': {
      const rules = list(args).map((rule) => object(ARGUMENTS.take, rule) as BucketRule);
      return (await store.take(rules)).map((answer) => withMark(BUCKET, answer));
    }
    case 'count':
      return withMark(WINDOW, await store.count(object(ARGUMENTS.count, args) as WindowRule));
    case 'record': {
      const { tags, mark, ...events } = await store.record(object(ARGUMENTS.record, args) as EventRule);
      return [...values(EVENTS, events), Object.entries(tags), ...(mark === undefined ? [] : values(MARK, mark))];
    }
    case 'mark':
      return withMark(CHANGE, await store.mark(object(ARGUMENTS.mark, args) as MarkChange));
    case 'changes': {
      const [group, since] = list(args);
      const { marks, version, more } = await store.changes(group as string, since as number);
      return [version, more, marks.map((mark) => [mark.subject, ...values(MARK, mark)])];
    }
    case 'clear':
      await store.clear(object(ARGUMENTS.clear, args) as StoreKey);
      return [];
    default:
      throw new Error('not a question');
  }
}

/** Reads what the primary says to a question; throws at what is no answer to it. @internal */
export const READ = /* @__PURE__ */ Object.freeze({
  take: (sent: unknown, asked: number): readonly BucketAnswer[] =>
    readBuckets(
      list(sent).map((one) => marked(BUCKET, one) as BucketAnswer),
      asked,
    ),
  count: (sent: unknown): WindowAnswer => readWindow(marked(WINDOW, sent) as WindowAnswer),
  record: (sent: unknown): EventAnswer => {
    const tags = Object.fromEntries(list(list(sent)[2]) as [string, number][]);
    return readEvents({ ...(marked(EVENTS, sent, 3) as EventAnswer), tags });
  },
  mark: (sent: unknown): MarkAnswer => readMarkAnswer(marked(CHANGE, sent) as MarkAnswer),
  changes: (sent: unknown): ReturnType<typeof readChanges> => {
    const [version, more, marks] = list(sent);
    const all = list(marks).map((mark): ChangedMark => ({
      subject: list(mark)[0] as string,
      ...(object(MARK, mark, undefined, 1) as StoreMark),
    }));
    return readChanges({ marks: all, version: version as number, more: more as boolean });
  },
});
