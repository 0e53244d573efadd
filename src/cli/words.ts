import { printable } from '../core/printable.js';
import { nearest } from '../core/spelling.js';

/** Longest word that is repeated to the user; what is beyond says nothing more. */
const LONGEST_ECHO = 40;

/** The user's word, quoted, printable and not at length. */
export function echo(word: string): string {
  const shown = printable(word);
  return `'${shown.length > LONGEST_ECHO ? `${shown.slice(0, LONGEST_ECHO)}…` : shown}'`;
}

/** A file, quoted: the whole of its name, or nobody finds it. */
export function fileName(path: string): string {
  return `'${printable(path)}'`;
}

/** A word as a shell takes it. */
export function shellWord(word: string): string {
  const shown = printable(word);
  return /^[\w./:@%+=,-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", "'\\''")}'`;
}

/** What was probably meant, as the end of a message. */
export function hint(written: string, words: readonly string[]): string {
  const meant = nearest(written, words);
  return meant === undefined ? '' : `; did you mean '${meant}'?`;
}
