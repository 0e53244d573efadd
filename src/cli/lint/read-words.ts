import { normalize } from 'node:path';
import { UsageError } from '../failures.js';
import { type Given, type Option, readOptions } from '../read-options.js';
import { echo } from '../words.js';

/**
 * Reads the options of a command and the files that stand between them.
 *
 * @throws {@link UsageError} for the first word that makes no sense.
 */
export function readWords<const O extends Readonly<Record<string, Option>>>(
  owner: string,
  help: string,
  options: O,
  words: readonly string[],
): { readonly files: readonly string[]; readonly given: Given<O> } {
  const files: string[] = [];
  const rest: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (word === '--') {
      files.push(...words.slice(i + 1));
      break;
    }
    if (!word.startsWith('-') || word === '-') files.push(word);
    else {
      rest.push(word);
      const next = words[i + 1];
      if (options[word.slice(2)]?.takes !== undefined && next !== undefined && !next.startsWith('-')) {
        rest.push(next);
        i++;
      }
    }
  }
  const given = readOptions(owner, help, options, rest);
  if (files.includes('')) throw new UsageError('a file has no name', help);
  // Two ways to write a path are one file, under one name.
  return { files: [...new Set(files.map((file) => normalize(file)))], given };
}

/** A number of milliseconds. @throws {@link UsageError} */
export function readMs(flag: string, value: string | undefined, otherwise: number, help: string): number {
  if (value === undefined) return otherwise;
  const ms = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
  if (Number.isNaN(ms))
    throw new UsageError(`'${flag}' takes whole milliseconds, such as 25000, got ${echo(value)}`, help);
  return ms;
}
