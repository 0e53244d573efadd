import { redactText } from '../../core/redaction.js';
import { type NoTarget, readTarget, type Target } from '../../deployment/health-check-validator/target.js';
import { UsageError } from '../failures.js';
import { readTime } from '../read-time.js';
import { type Given, type Option, readOptions } from '../read-options.js';

/** The time limit of a request. */
export const TIMEOUT = {
  takes: 'TIME',
  summary: 'how long a request may take, such as 500ms, 2s or 2000 (ms); default 2s',
} as const;

/**
 * Reads an address and the options around it.
 *
 * @param owner - the command, such as `probe`.
 * @throws {@link UsageError}
 */
export function readAddress<const O extends Readonly<Record<string, Option>>>(
  owner: string,
  options: O,
  words: readonly string[],
): { readonly text: string; readonly target: Target; readonly given: Given<O> } {
  const help = `breakwater ${owner} --help`;
  const at = placeOfAddress(words, options);
  const given = readOptions(
    owner,
    help,
    options,
    words.filter((_, i) => i !== at),
  );
  const text = words[at];
  if (text === undefined) throw new UsageError(`'${owner}' needs an address, such as http://127.0.0.1:3000`, help);
  const target: Target | NoTarget = readTarget(text);
  if ('problem' in target) throw new UsageError(`the address ${target.problem}${meant(text)}`, help);
  return { text, target, given };
}

/** The first word that is neither an option nor the value of one. */
function placeOfAddress(words: readonly string[], options: Readonly<Record<string, Option>>): number {
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (!word.startsWith('-')) return i;
    const takes = options[word.slice(2)]?.takes;
    if (takes !== undefined) i++;
  }
  return -1;
}

/** How an address without a scheme would be written. Nothing of a query is repeated, nor of what may be a password. */
function meant(text: string): string {
  const [, host = '', port = '', path = ''] =
    /^([a-z\d.-]*)(?::(\d{1,5}))?(\/[\w./-]*)?(?:\?.*)?$/i.exec(/^\d{1,5}$/.test(text) ? `:${text}` : text) ?? [];
  if (host === '' && port === '' && path === '') return '';
  const shown = `http://${host === '' ? '127.0.0.1' : host}${port === '' ? (host === '' ? ':3000' : '') : `:${port}`}${path}`;
  return shown.length > 200 || redactText(shown) !== shown ? '' : `; did you mean ${shown}?`;
}

/** A time limit in ms. @throws {@link UsageError} */
export function readTimeout(owner: string, text: string | undefined, fallbackMs: number): number {
  return readTime('--timeout', text, fallbackMs, '600s', `breakwater ${owner} --help`);
}
