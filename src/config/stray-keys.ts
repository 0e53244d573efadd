import { printable } from '../core/printable.js';
import { redactText } from '../core/redaction.js';
import { nearest } from '../core/spelling.js';
import type { ConfigIssue, ConfigWarning } from './issues.js';
import type { Reading } from './reading.js';
import type { Registration } from './registration.js';

/** Edits after which a name is still taken for another one. */
const MOST_EDITS = 2;
/** Pairs of names that are compared; beyond, a suggestion is not worth the time it takes. */
const MOST_PAIRS = 1_000_000;
/** What shells and platforms set: nobody meant another name by it. Source: POSIX.1-2017, 8.1, and common shells. */
const USUAL =
  /^(?:_|EDITOR|HOME|HOST|HOSTNAME|LANG|LC_\w+|LOGNAME|MAIL|OLDPWD|PATH|PORT|PWD|SHELL|SHLVL|TERM|TMPDIR|TZ|USER|VISUAL)$/;

interface Word {
  readonly name: string;
  readonly letters: number;
}

/** Names that others may have been meant to be. @internal */
export class Lexicon {
  readonly #words: readonly Word[];

  /** @param asked - how many names will be looked up; with too many of them nothing is found. */
  constructor(names: readonly string[], asked: number) {
    const known = names.length * asked > MOST_PAIRS ? [] : names;
    this.#words = known.map((name) => ({ name, letters: lettersOf(name) }));
  }

  /** The one that was probably meant. */
  nearest(written: string): string | undefined {
    const letters = lettersOf(written);
    // An edit changes two letters at most, so that few pairs have to be looked at letter by letter.
    const near = this.#words.filter(
      (word) =>
        Math.abs(word.name.length - written.length) <= MOST_EDITS && bitsOf(word.letters ^ letters) <= 2 * MOST_EDITS,
    );
    return near.length === 0
      ? undefined
      : nearest(
          written,
          near.map(({ name }) => name),
          MOST_EDITS,
        );
  }
}

/** Which letters there are, a bit for each. */
function lettersOf(name: string): number {
  let letters = 0;
  for (let i = 0; i < name.length; i++) letters |= 1 << (name.charCodeAt(i) & 31);
  return letters;
}

function bitsOf(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/** A name or a path that somebody else chose, without what would rewrite a terminal. @internal */
export function shownName(name: string, maxLength = 128): string {
  return printable(redactText(name, maxLength));
}

/** The names by which a key can be set. @internal */
export function namesOf({ key, fromFile }: Registration, fileSuffix: string): string[] {
  return fromFile ? [key, key + fileSuffix] : [key];
}

/** The names that are set and belong to no key, nor to its file. @internal */
export function strayNames(
  names: readonly string[],
  registrations: readonly Registration[],
  fileSuffix: string,
): readonly string[] {
  const known = new Set(registrations.flatMap((one) => namesOf(one, fileSuffix)));
  return names.filter((name) => !known.has(name));
}

/** With a prefix all that is under it has to be registered. @internal */
export function unknownKeys(
  strays: readonly string[],
  registrations: readonly Registration[],
  { prefix, fileSuffix }: Pick<Reading, 'prefix' | 'fileSuffix'>,
): ConfigIssue[] {
  if (prefix === undefined) return [];
  const unknown = strays.filter((name) => name.startsWith(prefix));
  const names = new Lexicon(
    registrations.flatMap((one) => namesOf(one, fileSuffix)),
    unknown.length,
  );
  return unknown.map((name) => {
    const meant = names.nearest(name);
    const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
    return { key: shownName(name), code: 'unknown_key' as const, message: `is not registered${hint}` };
  });
}

/**
 * Names that look like a key that is not set, or like the file of one that is not read from files.
 *
 * @param unset - keys that may be missing; of the others it is told where they are.
 * @internal
 */
export function misspelt(
  strays: readonly string[],
  unset: readonly Registration[],
  { prefix, fileSuffix }: Pick<Reading, 'prefix' | 'fileSuffix'>,
): ConfigWarning[] {
  const names = new Lexicon(
    unset.flatMap((one) => namesOf(one, fileSuffix)),
    strays.length,
  );
  const files = new Map(unset.map(({ key }) => [key + fileSuffix, key]));
  return strays.flatMap((name) => {
    if (USUAL.test(name) || (prefix !== undefined && name.startsWith(prefix))) return [];
    const warning = (message: string): ConfigWarning[] => [{ key: shownName(name), code: 'unknown_key', message }];
    const unread = files.get(name);
    if (unread !== undefined) return warning(`is set, but ${unread} is not read from files: see fromFile`);
    const meant = names.nearest(name);
    return meant === undefined ? [] : warning(`is not registered; did you mean ${meant}?`);
  });
}
