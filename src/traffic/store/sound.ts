import type { BucketAnswer, EventAnswer, MarkAnswer, MarkChanges, StoreMark, WindowAnswer } from './contract.js';

// Whether an answer is one: of a store that says something else nothing must be believed.

const count = (value: unknown): boolean => typeof value === 'number' && value >= 0;

function isMark(mark: StoreMark | undefined): boolean {
  if (mark === undefined) return true;
  const { held, leftUs, times, version, text } = mark;
  return typeof held === 'boolean' && [leftUs, times, version].every(count) && typeof text === 'string';
}

/** @internal */
export function areBuckets(answers: readonly BucketAnswer[], asked: number): boolean {
  return (
    Array.isArray(answers) &&
    answers.length === asked &&
    answers.every(
      ({ allowed, remaining, retryAfterUs, resetAfterUs, mark }: BucketAnswer) =>
        typeof allowed === 'boolean' && [remaining, retryAfterUs, resetAfterUs].every(count) && isMark(mark),
    )
  );
}

/** @internal */
export function isWindow({ allowed, count: visits, retryAfterUs, resetAfterUs, mark }: WindowAnswer): boolean {
  return typeof allowed === 'boolean' && [visits, retryAfterUs, resetAfterUs].every(count) && isMark(mark);
}

/** @internal */
export function isEvents({ count: events, score, tags, mark }: EventAnswer): boolean {
  return [events, score].every(count) && typeof tags === 'object' && isMark(mark);
}

/** @internal */
export function isMarkAnswer({ applied, wasHeld, mark }: MarkAnswer): boolean {
  return typeof applied === 'boolean' && typeof wasHeld === 'boolean' && isMark(mark);
}

/** @internal */
export function areChanges({ marks, version, more }: MarkChanges): boolean {
  return Array.isArray(marks) && marks.every(isMark) && count(version) && typeof more === 'boolean';
}
