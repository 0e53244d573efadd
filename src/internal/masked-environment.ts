import { registerSecret } from '../core/secret-values.js';
import { isSensitiveKey } from '../core/sensitive-names.js';

/** Shorter values would blank out ordinary words. */
const SHORTEST = 4;
/** The same for a variable that need not hold a secret. */
const SHORTEST_PLAIN = 8;
/** What shells call the working directory and the one before it: no passwords, in spite of their names. */
const FOLDERS = ['PWD', 'OLDPWD'];
/** Numbers, addresses and words that say nothing about anybody and that messages need. */
const ORDINARY = /^([\d.:]+|localhost|production|staging|development)$/i;

/**
 * Masks what variables hold in all that is printed, until the handle is disposed: those with sensitive names, also before
 * anybody validated them, and others that are named, unless their values are ordinary words.
 * @internal
 */
export function maskEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  alsoNamed: readonly string[] = [],
): Disposable {
  const handles: Disposable[] = [];
  const mask = (value: string): void => {
    // What is read from a file often ends in a line break that its user takes away.
    const trimmed = value.trim();
    if (trimmed !== value && trimmed.length >= SHORTEST) mask(trimmed);
    try {
      handles.push(registerSecret(value));
    } catch {
      // So many are registered that there is no room.
    }
  };
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined || FOLDERS.includes(name)) continue;
    if (isSensitiveKey(name) && value.length >= SHORTEST) mask(value);
    else if (alsoNamed.includes(name) && value.length >= SHORTEST_PLAIN && !ORDINARY.test(value)) mask(value);
  }
  return {
    [Symbol.dispose]() {
      for (const handle of handles) handle[Symbol.dispose]();
    },
  };
}
