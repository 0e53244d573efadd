import { checkCallOptions } from '../../core/options.js';
import { nameIn, wrongArgument } from '../arguments.js';
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

/** A subject that can be one. @internal */
export function subjectIn(where: string, subject: unknown): string {
  return nameIn(where, 'the subject', subject);
}

/** The weight of one event. @internal */
export function weightIn(
  where: string,
  type: unknown,
  options: RecordOptions | undefined,
  weights: ReadonlyMap<string, number>,
): number {
  if (typeof type !== 'string' || type.length === 0 || type.length > LONGEST_NAME) {
    throw wrongArgument(where, `type must be text of 1 to ${String(LONGEST_NAME)} characters`, type);
  }
  if (options !== undefined) checkCallOptions(where, options);
  const weight = options?.weight ?? weights.get(type) ?? 1;
  if (Number.isInteger(weight) && weight >= 0 && weight <= MOST_WEIGHT) return weight;
  throw wrongArgument(where, `weight must be an integer from 0 to ${String(MOST_WEIGHT)}`, weight);
}
