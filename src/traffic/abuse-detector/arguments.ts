import { InvalidArgumentError } from '../../core/errors.js';
import { checkCallOptions, describe } from '../../core/options.js';
import { redactText } from '../../core/redaction.js';
import { LONGEST_NAME, MOST_WEIGHT } from './options.js';

/** Options of `AbuseDetector.record`. */
export interface RecordOptions {
  /** As how many events it counts. Integer from 0 to 1,000,000; `0` only asks the rules. @defaultValue that of its type */
  readonly weight?: number | undefined;
  /** What `explain` shows with it: text, or data that becomes redacted JSON; 200 characters of it. */
  readonly evidence?: unknown;
}

/** Options of `AbuseDetector.unflag`. */
export interface UnflagOptions {
  /** Who lifts the flag; redacted, at most 200 characters. */
  readonly by?: string | undefined;
  /** Why; redacted, at most 200 characters. */
  readonly note?: string | undefined;
  /** For how long nothing flags the subject again, in ms, at least 0. @defaultValue `0` */
  readonly graceMs?: number | undefined;
}

const LONGEST_TEXT = 200;

/** A subject that can be one. @internal */
export function subjectIn(where: string, subject: unknown): string {
  if (typeof subject === 'string' && subject.length > 0) return subject;
  throw wrong(where, 'the subject must be text of at least one character', subject);
}

/** The weight of one event. @internal */
export function weightIn(
  where: string,
  type: unknown,
  options: RecordOptions | undefined,
  weights: ReadonlyMap<string, number>,
): number {
  if (typeof type !== 'string' || type.length === 0 || type.length > LONGEST_NAME) {
    throw wrong(where, `type must be text of 1 to ${String(LONGEST_NAME)} characters`, type);
  }
  if (options !== undefined) checkCallOptions(where, options);
  const weight = options?.weight ?? weights.get(type) ?? 1;
  if (Number.isInteger(weight) && weight >= 0 && weight <= MOST_WEIGHT) return weight;
  throw wrong(where, `weight must be an integer from 0 to ${String(MOST_WEIGHT)}`, weight);
}

/** A time in ms, which may be `Infinity`. @internal */
export function timeIn(where: string, name: string, ms: unknown, zero: boolean): number {
  if (typeof ms === 'number' && (ms > 0 || (zero && ms === 0))) return ms;
  throw wrong(where, `${name} must be a number of ${zero ? 'at least' : 'more than'} 0`, ms);
}

/** What somebody said, as it is shown. @internal */
export function wordsIn(where: string, name: string, value: unknown): string {
  if (typeof value !== 'string') throw wrong(where, `${name} must be text`, value);
  return redactText(value, LONGEST_TEXT);
}

function wrong(where: string, must: string, got: unknown): InvalidArgumentError {
  const shown = typeof got === 'string' ? `${String(got.length)} characters` : describe(got);
  return new InvalidArgumentError(`${where}: ${must}, got ${shown}`);
}
