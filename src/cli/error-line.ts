import { printable } from '../core/printable.js';
import { redactText } from '../core/redaction.js';
import { registerSecret } from '../core/secret-values.js';
import { isSensitiveKey } from '../core/sensitive-names.js';
import type { CommandIo } from './io.js';

/** Longest line about an error that is not ours. */
const LONGEST = 300;
/** Shorter values would blank out ordinary words. */
const SHORTEST = 4;
/** What shells call the working directory and the one before it: no passwords, in spite of their names. */
const FOLDERS = ['PWD', 'OLDPWD'];

/**
 * Whatever was thrown as one printable line without a stack, in which no secret of the environment is left.
 *
 * @param io - knows the environment: what its sensitive names hold is masked, also before anybody validated it.
 */
export function errorLine(error: unknown, io: Pick<CommandIo, 'environment'>): string {
  const handles = masked(io.environment());
  try {
    // Masked first: a secret may hold the white space that is taken out.
    const line = printable(redactText(textOf(error)).replace(/\s+/g, ' ').trim());
    return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
  } finally {
    for (const handle of handles) handle[Symbol.dispose]();
  }
}

function masked(environment: Readonly<Record<string, string | undefined>>): Disposable[] {
  const handles: Disposable[] = [];
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined || value.length < SHORTEST || !isSensitiveKey(name) || FOLDERS.includes(name)) continue;
    try {
      handles.push(registerSecret(value));
    } catch {
      // So many are registered that there is no room.
    }
  }
  return handles;
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
