import { type Appended, type ResponseShape, stateOf } from '../exchange.js';
import type { RateLimitField } from './rate-limit-drafts.js';

/**
 * Adds fields to those that a response has: lists are appended to, and of fields that name one policy together all or none
 * are set. What was added before is replaced.
 * @internal
 */
export function appendFields(response: ResponseShape, fields: readonly RateLimitField[]): void {
  const appended = (stateOf(response).appended ??= new Map<string, Appended>());
  const theirs = new Map(fields.map(({ name }) => [name, textOf(response, name, appended.get(name))]));
  const taken = new Set(fields.filter(({ name }) => theirs.get(name) !== undefined).map(({ group }) => group));
  for (const { name, value, group } of fields) {
    const before = theirs.get(name);
    if (before === UNREADABLE || (group !== undefined && taken.has(group))) continue;
    const whole = before === undefined ? value : `${before}, ${value}`;
    appended.set(name, { before, whole });
    response.setHeader(name, whole);
  }
}

/** A field that is there, on a response that does not say what it holds. */
const UNREADABLE = '\0';

/** What somebody else has set; `undefined` for nothing. */
function textOf(response: ResponseShape, name: string, ours: Appended | undefined): string | undefined {
  if (!response.hasHeader(name)) return undefined;
  const value = response.getHeader?.(name);
  if (value === undefined) return UNREADABLE;
  const text = Array.isArray(value) ? value.join(', ') : String(value);
  return ours !== undefined && text === ours.whole ? ours.before : text;
}
