import { redactText } from '../core/redaction.js';
import { nearest } from '../core/spelling.js';
import type { ConfigIssue, ConfigWarning } from './issues.js';
import type { Reading } from './reading.js';
import type { Registration } from './registration.js';

/** Edits after which a name is still taken for another one. @internal */
export const MOST_EDITS = 2;

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
  const names = registrations.flatMap((one) => namesOf(one, fileSuffix));
  return strays
    .filter((name) => name.startsWith(prefix))
    .map((name) => {
      const meant = nearest(name, names, MOST_EDITS);
      const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
      return { key: redactText(name, 128), code: 'unknown_key' as const, message: `is not registered${hint}` };
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
  const names = unset.flatMap((one) => namesOf(one, fileSuffix));
  return strays.flatMap((name) => {
    if (prefix !== undefined && name.startsWith(prefix)) return [];
    const warning = (message: string): ConfigWarning[] => [
      { key: redactText(name, 128), code: 'unknown_key', message },
    ];
    const unread = unset.find(({ key }) => name === key + fileSuffix);
    if (unread !== undefined) return warning(`is set, but ${unread.key} is not read from files: see fromFile`);
    const meant = nearest(name, names, MOST_EDITS);
    return meant === undefined ? [] : warning(`is not registered; did you mean ${meant}?`);
  });
}
