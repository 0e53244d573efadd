import { InvalidArgumentError } from '../../core/errors.js';
import { describe } from '../../core/options.js';
import {
  type BucketRule,
  type EventRule,
  LONGEST_US,
  type MarkChange,
  MOST_RULES,
  type StoreCall,
  type StoreKey,
  WINDOW_PARTS,
  type WindowRule,
} from './contract.js';

const LONGEST_TEXT = 4_000;

/** With `u` a pair is one character: what is found is no half of one. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Refuses a key that is none. @internal */
export function checkKey(key: StoreKey): void {
  const given: unknown = key;
  if (typeof given !== 'object' || given === null) throw wrong('the argument', 'an object', given);
  const { group, subject } = key;
  checkWord('group', group, 64);
  checkWord('subject', subject, 64);
}

/** Refuses the name of a group that is none. @internal */
export function checkGroup(group: unknown): void {
  checkWord('group', group, 64);
}

/** Refuses buckets that cannot be, and two of one key, of which nobody could say what each of them holds. @internal */
export function checkBuckets(rules: readonly BucketRule[]): void {
  const list: unknown = rules;
  if (!Array.isArray(list) || list.length === 0) throw wrong('rules', 'a list of at least one rule', list);
  if (list.length > MOST_RULES) {
    throw new InvalidArgumentError(
      `LimitStore: rules must be at most ${String(MOST_RULES)}, got ${String(list.length)}`,
    );
  }
  const keys = new Set<string>();
  for (const rule of rules) {
    checkKey(rule);
    checkWhole('capacity', rule.capacity, 1);
    checkWhole('refillTokens', rule.refillTokens, 1);
    checkWhole('refillUs', rule.refillUs, 1);
    checkWhole('cost', rule.cost, -rule.capacity);
    checkSwitch('advisory', rule.advisory);
    const { capacity, refillTokens, refillUs } = rule;
    if (!Number.isSafeInteger(capacity * refillUs + refillTokens)) {
      throw wrong('capacity × refillUs + refillTokens', 'at most 2^53 - 1', capacity * refillUs + refillTokens);
    }
    if ((capacity * refillUs) / refillTokens > LONGEST_US) {
      throw wrong('capacity', 'filled within ten years', capacity);
    }
    if (rules.length > 1) keys.add(`${rule.group} ${rule.subject}`);
  }
  if (rules.length > 1 && keys.size < rules.length) throw wrong('rules', 'of different keys', rules);
}

/** Refuses a window that cannot be. @internal */
export function checkWindow(rule: WindowRule): void {
  checkKey(rule);
  checkWhole('windowUs', rule.windowUs, WINDOW_PARTS, LONGEST_US);
  checkWhole('limit', rule.limit, 1);
}

/** Refuses an event that cannot be. @internal */
export function checkEvent(rule: EventRule): void {
  checkKey(rule);
  checkWhole('windowUs', rule.windowUs, 1, LONGEST_US);
  checkWhole('limit', rule.limit, 1);
  checkWhole('weight', rule.weight, 0);
  checkWhole('halfLifeUs', rule.halfLifeUs, 1, LONGEST_US / 64);
  checkWord('tag', rule.tag, 16);
}

/** Refuses a change that cannot be. @internal */
export function checkMark(change: MarkChange): void {
  checkKey(change);
  if (typeof change.held !== 'boolean') throw wrong('held', 'true or false', change.held);
  checkWhole('forUs', change.forUs, 0, LONGEST_US);
  checkWhole('keepUs', change.keepUs, change.forUs, LONGEST_US);
  if (typeof change.text !== 'string' || change.text.length > LONGEST_TEXT || LONE_SURROGATE.test(change.text)) {
    throw wrong('text', `well-formed text of at most ${String(LONGEST_TEXT)} characters`, change.text);
  }
  if (change.after !== undefined) checkWhole('after', change.after, 0);
  checkSwitch('clear', change.clear);
  checkSwitch('counts', change.counts);
}

/** Refuses what is no version. @internal */
export function checkVersion(version: unknown): void {
  checkWhole('version', version, 0);
}

/** Refuses a time that nobody can wait: for a store that goes by it. @internal */
export function checkCall(call: StoreCall | undefined): void {
  const within: unknown = call?.withinMs;
  if (within !== undefined && !(typeof within === 'number' && within > 0)) {
    throw wrong('withinMs', 'more than 0 ms', within);
  }
}

function checkWhole(name: string, value: unknown, min: number, max = Number.MAX_SAFE_INTEGER): void {
  if (Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max) return;
  throw wrong(name, `an integer from ${String(min)} to ${String(max)}`, value);
}

function checkSwitch(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'boolean') throw wrong(name, 'true or false', value);
}

function checkWord(name: string, value: unknown, longest: number): void {
  if (typeof value === 'string' && value.length <= longest && /^[\w-]+$/.test(value)) return;
  throw wrong(name, `1 to ${String(longest)} characters of A-Z a-z 0-9 _ -`, value);
}

function wrong(name: string, must: string, got: unknown): InvalidArgumentError {
  return new InvalidArgumentError(`LimitStore: ${name} must be ${must}, got ${describe(got)}`);
}
