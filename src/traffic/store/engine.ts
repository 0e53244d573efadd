import {
  type BucketAnswer,
  type BucketRule,
  type EventAnswer,
  type EventRule,
  type MarkChange,
  type StoreMark,
  WINDOW_PARTS,
  type WindowAnswer,
  type WindowRule,
} from './contract.js';

// The rules of a store, in whole numbers that no step makes larger than 2^53: every store that follows them decides alike.

/** The whole part of a quotient; dividing first would round. */
function quotient(a: number, b: number): number {
  return (a - (a % b)) / b;
}

function quotientUp(a: number, b: number): number {
  return quotient(a + b - 1, b);
}

/** When a bucket will be full: `us`, and `rest` parts of a microsecond of which `refillTokens` make one. @internal */
export interface BucketState {
  readonly us: number;
  readonly rest: number;
}

/** What one bucket says, and its state once the tokens are taken. @internal */
export interface BucketStep {
  readonly answer: Omit<BucketAnswer, 'mark'>;
  readonly taken: BucketState | undefined;
}

/** What is missing to a full bucket, in parts of a microsecond of which `refillTokens` make one. */
function owed(rule: BucketRule, state: BucketState | undefined, nowUs: number): number {
  const { capacity, refillTokens, refillUs } = rule;
  const most = capacity * refillUs;
  if (state === undefined || state.us < nowUs) return 0;
  const us = state.us - nowUs;
  // With other limits than before it takes as long to fill, at most as long as an empty one.
  if (us >= quotient(most, refillTokens)) {
    const rest = us === quotient(most, refillTokens) ? Math.min(state.rest, most % refillTokens) : most % refillTokens;
    return most - (most % refillTokens) + rest;
  }
  return us * refillTokens + Math.min(state.rest, refillTokens - 1);
}

/** How much longer it takes than from empty: somebody's limits are larger, or the clock has gone back. */
function beyond(
  { capacity, refillTokens, refillUs }: BucketRule,
  state: BucketState | undefined,
  nowUs: number,
): number {
  return state === undefined ? 0 : Math.max(0, state.us - nowUs - quotient(capacity * refillUs, refillTokens));
}

function leftIn(rule: BucketRule, state: BucketState | undefined, nowUs: number) {
  const { capacity, refillTokens, refillUs } = rule;
  const missing = owed(rule, state, nowUs);
  return {
    remaining: quotient(capacity * refillUs - missing, refillUs),
    resetAfterUs: quotientUp(missing, refillTokens) + beyond(rule, state, nowUs),
  };
}

/** Takes tokens from one bucket, or gives them back. @internal */
export function bucketStep(rule: BucketRule, state: BucketState | undefined, nowUs: number): BucketStep {
  const { capacity, refillTokens, refillUs, cost } = rule;
  const most = capacity * refillUs;
  const before = owed(rule, state, nowUs);
  const beyondUs = beyond(rule, state, nowUs);
  const left = leftIn(rule, state, nowUs);
  if (cost > capacity) return { answer: { allowed: false, ...left, retryAfterUs: Infinity }, taken: undefined };
  // Each of the two is at most 2^53, which their sum may not be.
  const missing = cost * refillUs - (most - before);
  if (missing > 0) {
    const retryAfterUs = quotientUp(missing, refillTokens) + beyondUs;
    return { answer: { allowed: false, ...left, retryAfterUs }, taken: undefined };
  }
  const after = Math.max(0, before + cost * refillUs);
  if (after === before) return { answer: { allowed: true, ...left, retryAfterUs: 0 }, taken: undefined };
  // Who gives back may have smaller limits than whoever took, and gives no more than that all the same.
  const taken = { us: nowUs + quotient(after, refillTokens) + beyondUs, rest: after % refillTokens };
  return { answer: { allowed: true, ...leftIn(rule, taken, nowUs), retryAfterUs: 0 }, taken };
}

/** The same for a bucket from which, after all, nothing is taken. @internal */
export function bucketLook(rule: BucketRule, state: BucketState | undefined, nowUs: number): BucketStep['answer'] {
  const { remaining, resetAfterUs } = bucketStep({ ...rule, cost: 0 }, state, nowUs).answer;
  return { allowed: true, remaining, resetAfterUs, retryAfterUs: 0 };
}

/** The visits of a window in parts; those of part `p` are at `p` modulo the number of parts. @internal */
export interface WindowState {
  readonly windowUs: number;
  readonly startUs: number;
  readonly part: number;
  readonly counts: readonly number[];
}

/** What one window says, and its state once the visit is counted. @internal */
export interface WindowStep {
  readonly answer: Omit<WindowAnswer, 'mark'>;
  readonly counted: WindowState | undefined;
}

/** Counts one visit, unless there are too many. @internal */
export function windowStep(rule: WindowRule, state: WindowState | undefined, nowUs: number): WindowStep {
  const { windowUs, limit } = rule;
  const now = windowAt(windowUs, state, nowUs);
  const count = total(now);
  if (count >= limit) return { answer: { ...windowLook(rule, state, nowUs), allowed: false }, counted: undefined };
  const { startUs, part } = now;
  const counts = now.counts.map((one, i) => (i === part % WINDOW_PARTS ? one + 1 : one));
  const answer = { allowed: true, count: count + 1, retryAfterUs: 0, resetAfterUs: endUs(now, part) - nowUs };
  return { answer, counted: { windowUs, startUs, part, counts } };
}

/** The same without counting. @internal */
export function windowLook(rule: WindowRule, state: WindowState | undefined, nowUs: number): WindowStep['answer'] {
  const now = windowAt(rule.windowUs, state, nowUs);
  const count = total(now);
  let left = count;
  let [retryAfterUs, resetAfterUs] = [0, 0];
  for (let part = now.part - WINDOW_PARTS + 1; part <= now.part; part++) {
    const visits = countOf(now, part);
    if (visits === 0) continue;
    resetAfterUs = endUs(now, part) - nowUs;
    if (left >= rule.limit) retryAfterUs = resetAfterUs;
    left -= visits;
  }
  return { allowed: count < rule.limit, count, retryAfterUs, resetAfterUs };
}

function total({ counts }: WindowState): number {
  return counts.reduce((sum, one) => sum + one, 0);
}

function countOf({ counts }: WindowState, part: number): number {
  return counts[(part + WINDOW_PARTS) % WINDOW_PARTS] ?? 0;
}

/** When the visits of a part cease to count. */
function endUs({ startUs, windowUs }: WindowState, part: number): number {
  return startUs + quotientUp((part + WINDOW_PARTS) * windowUs, WINDOW_PARTS);
}

/** The window as it is now: a part whose time is over is empty. */
function windowAt(windowUs: number, state: WindowState | undefined, nowUs: number): WindowState {
  const fresh = { windowUs, startUs: nowUs, part: 0, counts: new Array<number>(WINDOW_PARTS).fill(0) };
  if (state === undefined || state.windowUs !== windowUs || state.startUs > nowUs) return fresh;
  const elapsedUs = nowUs - state.startUs;
  const part = quotient(elapsedUs, windowUs) * WINDOW_PARTS + quotient((elapsedUs % windowUs) * WINDOW_PARTS, windowUs);
  if (part - state.part >= WINDOW_PARTS) return fresh;
  const counts = [...state.counts];
  for (let of = state.part + 1; of <= part; of++) counts[of % WINDOW_PARTS] = 0;
  return { windowUs, startUs: state.startUs, part, counts };
}

/** Events that are remembered, the oldest first, and the score as of the last of them. @internal */
export interface EventState {
  readonly events: readonly { readonly us: number; readonly weight: number; readonly tag: string }[];
  readonly score: number;
  readonly scoreUs: number;
}

/** Below it a score is none, so that it ends. */
const LEAST_SCORE = 2 ** -10;

/** Remembers one event. @internal */
export function eventStep(
  rule: EventRule,
  state: EventState | undefined,
  nowUs: number,
): { readonly answer: Omit<EventAnswer, 'mark'>; readonly state: EventState } {
  const { windowUs, limit, weight, tag, halfLifeUs } = rule;
  const { events = [], score: before = 0, scoreUs = nowUs } = state ?? {};
  const decayed = before * 2 ** ((scoreUs - nowUs) / halfLifeUs);
  const score = (decayed < LEAST_SCORE ? 0 : decayed) + weight;
  const all = [
    ...events.filter(({ us }) => nowUs - us <= windowUs),
    { us: nowUs, weight: Math.min(weight, limit), tag },
  ];
  const kept: EventState['events'][number][] = [];
  // An object would take `__proto__` for something else.
  const tags = new Map<string, number>();
  let count = 0;
  for (const event of all.reverse()) {
    const fits = Math.min(event.weight, limit - count);
    if (fits <= 0) continue;
    count += fits;
    kept.unshift({ ...event, weight: fits });
    tags.set(event.tag, (tags.get(event.tag) ?? 0) + fits);
  }
  return { answer: { count, tags: Object.fromEntries(tags), score }, state: { events: kept, score, scoreUs: nowUs } };
}

/** When nothing is left of the events that are remembered. @internal */
export function eventsEndUs({ windowUs, halfLifeUs }: EventRule, { events, score, scoreUs }: EventState): number {
  const halvings = score <= LEAST_SCORE ? 0 : Math.ceil(Math.log2(score / LEAST_SCORE)) + 1;
  return Math.max((events.at(-1)?.us ?? scoreUs) + windowUs + 1, scoreUs + halvings * halfLifeUs);
}

/** What is remembered of a subject's marks. @internal */
export interface MarkState {
  readonly held: boolean;
  readonly untilUs: number;
  readonly keptUntilUs: number;
  readonly times: number;
  readonly version: number;
  readonly text: string;
}

/** A mark as it is shown; what nobody remembers any more is none. @internal */
export function markAt(state: MarkState | undefined, nowUs: number): StoreMark | undefined {
  if (state === undefined || state.keptUntilUs <= nowUs) return undefined;
  const { held, untilUs, times, version, text } = state;
  return { held, leftUs: Math.max(0, untilUs - nowUs), times, version, text };
}

/** Whether a mark refuses its subject. @internal */
export function holds(mark: StoreMark | undefined): mark is StoreMark {
  return mark !== undefined && mark.held && mark.leftUs > 0;
}

/**
 * Changes a mark; `undefined` when somebody else has changed it meanwhile.
 *
 * @param latest - the last version in the group. Versions go with the time, so that they grow even when that was lost.
 * @internal
 */
export function markStep(
  change: MarkChange,
  state: MarkState | undefined,
  latest: number,
  nowUs: number,
): MarkState | undefined {
  const known = markAt(state, nowUs);
  if (change.after !== undefined && change.after !== (known?.version ?? 0)) return undefined;
  const aside = change.held && change.counts === false;
  return {
    held: change.held,
    untilUs: nowUs + change.forUs,
    keptUntilUs: Math.max(nowUs + change.keepUs, aside && known !== undefined ? (state?.keptUntilUs ?? 0) : 0),
    times: change.held ? (known?.times ?? 0) + (aside ? 0 : 1) : 0,
    version: Math.max(latest + 1, nowUs),
    text: change.text,
  };
}
