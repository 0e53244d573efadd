import type {
  BucketAnswer,
  ChangedMark,
  EventAnswer,
  MarkAnswer,
  MarkChanges,
  StoreMark,
  WindowAnswer,
} from './contract.js';

// What a store answers is copied once, field by field: nothing of a store that says something else is believed, and what it
// changes afterwards changes nothing here. Whoever reads throws at what is no answer.

const LONGEST_WORD = 64;
const LONGEST_TEXT = 4_000;

function fail(): never {
  throw new Error('an answer that is none');
}

function whole(value: unknown): number {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : fail();
}

function flag(value: unknown): boolean {
  return typeof value === 'boolean' ? value : fail();
}

function text(value: unknown, longest: number): string {
  return typeof value === 'string' && value.length <= longest ? value : fail();
}

/** Whole microseconds, or for ever. */
function wait(value: unknown): number {
  return value === Infinity ? value : whole(value);
}

function list<T>(value: readonly T[]): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : fail();
}

function markOf({ held, leftUs, times, version, text: said }: StoreMark): StoreMark {
  const [left, count, number] = [whole(leftUs), whole(times), whole(version)];
  return { held: flag(held), leftUs: left, times: count, version: number, text: text(said, LONGEST_TEXT) };
}

function withMark(mark: StoreMark | undefined): { readonly mark?: StoreMark } {
  return mark === undefined ? {} : { mark: markOf(mark) };
}

/** @internal */
export function readBuckets(answers: readonly BucketAnswer[], asked: number): readonly BucketAnswer[] {
  const read = list(answers).map(({ allowed, remaining, retryAfterUs, resetAfterUs, mark }) => ({
    allowed: flag(allowed),
    remaining: whole(remaining),
    retryAfterUs: wait(retryAfterUs),
    resetAfterUs: whole(resetAfterUs),
    ...withMark(mark),
  }));
  return read.length === asked ? read : fail();
}

/** @internal */
export function readWindow({ allowed, count, retryAfterUs, resetAfterUs, mark }: WindowAnswer): WindowAnswer {
  const waits = { retryAfterUs: wait(retryAfterUs), resetAfterUs: whole(resetAfterUs) };
  return { allowed: flag(allowed), count: whole(count), ...waits, ...withMark(mark) };
}

/** @internal */
export function readEvents({ count, score, tags, mark }: EventAnswer): EventAnswer {
  if (!Number.isFinite(score) || score < 0 || typeof (tags as unknown) !== 'object') fail();
  const named = Object.entries(tags).map(([tag, events]) => [tag, whole(events)] as const);
  return { count: whole(count), score, tags: Object.fromEntries(named), ...withMark(mark) };
}

/** @internal */
export function readMarkAnswer({ applied, wasHeld, mark }: MarkAnswer): MarkAnswer {
  return { applied: flag(applied), wasHeld: flag(wasHeld), ...withMark(mark) };
}

/** @internal */
export function readChanges({ marks, version, more }: MarkChanges): MarkChanges {
  const changed = list(marks).map((mark): ChangedMark => ({
    subject: text(mark.subject, LONGEST_WORD),
    ...markOf(mark),
  }));
  return { marks: changed, version: whole(version), more: flag(more) };
}
