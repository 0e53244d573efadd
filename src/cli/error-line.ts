import { isBreakwaterError } from '../core/errors.js';
import { printable } from '../core/printable.js';
import { redactText } from '../core/redaction.js';
import { maskEnvironment } from '../internal/masked-environment.js';
import type { CommandIo } from './io.js';

/** Longest line about an error that is not ours. */
const LONGEST = 300;
/** Longest list of what is wrong with options: each of them is to be mended. */
const LONGEST_LIST = 4_000;

/**
 * Whatever was thrown as one printable line without a stack, in which no secret of the environment is left.
 *
 * @param io - knows the environment: what its sensitive names hold is masked, also before anybody validated it.
 */
export function errorLine(error: unknown, io: Pick<CommandIo, 'environment'>): string {
  const mask = maskEnvironment(io.environment());
  try {
    // Masked first: a secret may hold the white space that is taken out.
    const line = printable(redactText(textOf(error)).replace(/\s+/g, ' ').trim());
    const longest = isBreakwaterError(error, 'BREAKWATER_INVALID_OPTIONS') ? LONGEST_LIST : LONGEST;
    return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
  } finally {
    mask[Symbol.dispose]();
  }
}

/** Reading what was thrown may throw as well. */
function textOf(error: unknown): string {
  try {
    if ((typeof error !== 'object' && typeof error !== 'function') || error === null) return String(error);
    const { name, message } = error as { readonly name?: unknown; readonly message?: unknown };
    if (typeof message === 'string' && message !== '')
      return typeof name === 'string' ? `${name}: ${message}` : message;
    return error instanceof Error ? error.name : 'something without a message';
  } catch {
    return 'something without a message';
  }
}
