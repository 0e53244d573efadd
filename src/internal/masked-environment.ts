import { MASK } from '../core/mask-fields.js';
import { change, type MaskedEnvironment, registry, secretMatcher } from '../core/secret-values.js';
import { maskTokens } from './known-tokens.js';
import { maskBytes } from './masked-bytes.js';
import { partsOf, writtenOtherwise } from './secret-parts.js';
import { isSecretVariable, NO_SECRETS, ORDINARY, SWITCH } from './secret-variables.js';

/** Shorter values stand in every line, and would leave nothing of it. */
const SHORTEST = 3;
/** Words of which ids and sentences are made: to mask those would break them, and tell what stands in the variable. */
const OWN_WORDS = /^(?:passwords?|secrets?|tokens?|keys?|default|database|security|environment|health|migrations)$/i;
/** Shorter values are masked where they are words of their own. */
const SHORTEST_ANYWHERE = 4;
/** What a word goes on with. */
const LETTER = '[\\p{L}\\p{N}_]';
/** The same for a variable that need not hold a secret. */
const SHORTEST_PLAIN = 8;
/**
 * Masks what variables hold in all that is printed, until the handle is disposed: those with sensitive names, also before
 * anybody validated them, and others that are named, unless their values are ordinary words; of all others, the passwords
 * in URLs and the like. What is set in the meantime is masked as well, and what is a secret by its form.
 * @internal
 */
export function maskEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  alsoNamed: readonly string[] = [],
): Disposable {
  const all = registry();
  const known = new Map<string, string>();
  const hidden: string[] = [];
  const words = new Set<string>();
  let pattern: RegExp | undefined;
  // However many there are: they have an end, as an environment has.
  const hide = (value: string): void => {
    if (value.length < SHORTEST_ANYWHERE) return;
    change(all, value, 1);
    hidden.push(value);
  };
  const mask = (value: string): void => {
    if (value.trim().length < SHORTEST || SWITCH.test(value) || OWN_WORDS.test(value)) return;
    if (value.length < SHORTEST_ANYWHERE) {
      words.add(value);
      pattern = undefined;
    }
    for (const written of [value, ...writtenOtherwise(value)]) hide(written);
  };
  const read = (): void => {
    for (const [name, value] of Object.entries(environment)) {
      if (value === undefined || NO_SECRETS.includes(name) || known.get(name) === value) continue;
      known.set(name, value);
      const isHidden = isSecretVariable(name, value) || (alsoNamed.includes(name) && isTelling(value));
      for (const one of partsOf(value, isHidden)) mask(one);
    }
  };
  const maskWords = (text: string): string =>
    words.size === 0 ? text : text.replace((pattern ??= patternOf(words)), MASK);
  read();
  const stop = join({ read: oncePerTurn(read), maskWords });
  return {
    [Symbol.dispose]() {
      stop();
      for (const value of hidden.splice(0)) change(all, value, -1);
    },
  };
}

/** Has it looked at whenever something is masked; the function ends that. */
function join(one: MaskedEnvironment): () => void {
  const all = registry();
  const environments = (all.environments ??= new Set());
  environments.add(one);
  all.more ??= (text) => {
    for (const { read } of environments) read();
    const matcher = secretMatcher();
    let shown = matcher === undefined ? text : matcher.mask(text, MASK);
    if (matcher !== undefined) shown = maskBytes(shown, matcher, MASK);
    shown = maskTokens(shown);
    // Afterwards: a word may be a piece of what is longer.
    for (const { maskWords } of environments) shown = maskWords(shown);
    return shown;
  };
  return () => {
    environments.delete(one);
    if (environments.size === 0) all.more = undefined;
  };
}

function patternOf(words: Iterable<string>): RegExp {
  const any = [...words].map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('|');
  return new RegExp(`(?<!${LETTER})(?:${any})(?!${LETTER})`, 'gu');
}

function isTelling(value: string): boolean {
  return value.length >= SHORTEST_PLAIN && !ORDINARY.test(value);
}

/** Many texts are masked one after the other, and nobody else runs in between. */
function oncePerTurn(read: () => void): () => void {
  let isFresh = false;
  return () => {
    if (isFresh) return;
    isFresh = true;
    queueMicrotask(() => {
      isFresh = false;
    });
    read();
  };
}
