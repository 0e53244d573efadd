import { redactText } from '../core/redaction.js';
import { nearest } from '../core/spelling.js';
import type { ConfigIssue, ConfigWarning } from './issues.js';
import type { Registration } from './registration.js';

/** Edits after which a name is still taken for another one. */
const MOST_EDITS = 2;

/** The names that are set and belong to no key, nor to its file. @internal */
export function strayNames(
  names: readonly string[],
  registrations: readonly Registration[],
  fileSuffix: string,
): readonly string[] {
  const known = new Set(registrations.flatMap(({ key, fromFile }) => (fromFile ? [key, key + fileSuffix] : [key])));
  return names.filter((name) => !known.has(name));
}

/** The name that is set in the place of a key, probably. @internal */
export function strayFor(key: string, strays: readonly string[]): string | undefined {
  return nearest(key, strays, MOST_EDITS);
}

/** With a prefix all that is under it has to be registered. @internal */
export function unknownKeys(
  strays: readonly string[],
  registrations: readonly Registration[],
  prefix: string | undefined,
): ConfigIssue[] {
  if (prefix === undefined) return [];
  const keys = registrations.map(({ key }) => key);
  return strays
    .filter((name) => name.startsWith(prefix))
    .map((name) => {
      const meant = nearest(name, keys, MOST_EDITS);
      const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
      return { key: redactText(name, 128), code: 'unknown_key' as const, message: `is not registered${hint}` };
    });
}

/**
 * Names that look like a key that is not set.
 *
 * @param unset - keys that may be missing; of the others it is told where they are.
 * @internal
 */
export function misspelt(
  strays: readonly string[],
  unset: readonly string[],
  prefix: string | undefined,
): ConfigWarning[] {
  return strays.flatMap((name) => {
    const meant = prefix !== undefined && name.startsWith(prefix) ? undefined : nearest(name, unset, MOST_EDITS);
    if (meant === undefined) return [];
    return [
      {
        key: redactText(name, 128),
        code: 'unknown_key' as const,
        message: `is not registered; did you mean ${meant}?`,
      },
    ];
  });
}
