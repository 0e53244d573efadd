import { printable } from '../core/printable.js';
import { redactText } from '../core/redaction.js';
import { nearest } from '../core/spelling.js';

/** Longest word that is repeated to the user; what is beyond says nothing more. */
const LONGEST_ECHO = 40;
/** Longest path. */
const LONGEST_PATH = 4_096;

/** The user's word, quoted, printable, without a secret and not at length. */
export function echo(word: string): string {
  const shown = shownWord(word);
  return `'${shown.length > LONGEST_ECHO ? `${shown.slice(0, LONGEST_ECHO)}…` : shown}'`;
}

/** A file, quoted: the whole of its name, or nobody finds it. */
export function fileName(path: string): string {
  return `'${shownWord(path)}'`;
}

/** A word as a shell takes it. */
export function shellWord(word: string): string {
  const shown = shownWord(word);
  return /^[\w./:@%+=,-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", "'\\''")}'`;
}

/** A word as it is shown: a secret may stand in the command line, where the name of a variable was to be. */
export function shownWord(word: string): string {
  return printable(redactText(word, LONGEST_PATH));
}

/** What was probably meant, as the end of a message. */
export function hint(written: string, words: readonly string[]): string {
  const meant = nearest(written, words);
  return meant === undefined ? '' : `; did you mean '${meant}'?`;
}
