import { InvalidArgumentError } from '../core/errors.js';
import { describe } from '../core/options.js';
import { redactText } from '../core/redaction.js';

const LONGEST_TEXT = 200;

/** Text that names somebody: a key, or a subject. @internal */
export function nameIn(where: string, name: string, value: unknown): string {
  if (typeof value === 'string' && value.length > 0) return value;
  throw wrongArgument(where, `${name} must be text of at least one character`, value);
}

/** A time in ms, which may be `Infinity`. @internal */
export function timeIn(where: string, name: string, ms: unknown, zero = false): number {
  if (typeof ms === 'number' && (ms > 0 || (zero && ms === 0))) return ms;
  throw wrongArgument(where, `${name} must be a number of ${zero ? 'at least' : 'more than'} 0`, ms);
}

/** What somebody said, as it is shown. @internal */
export function wordsIn(where: string, name: string, value: unknown): string {
  if (typeof value !== 'string') throw wrongArgument(where, `${name} must be text`, value);
  return redactText(value, LONGEST_TEXT);
}

/** Names what is wrong without printing text. @internal */
export function wrongArgument(where: string, must: string, got: unknown): InvalidArgumentError {
  const shown = typeof got === 'string' ? `${String(got.length)} characters` : describe(got);
  return new InvalidArgumentError(`${where}: ${must}, got ${shown}`);
}
