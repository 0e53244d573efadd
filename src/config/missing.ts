import { redactName } from '../core/redaction.js';
import { nearest } from '../core/spelling.js';
import { isThenable, quiet } from '../core/thenable.js';
import type { Outcome, Reading } from './reading.js';
import type { Registration } from './registration.js';
import { isSameValue } from './same-value.js';
import { revealed } from './secret.js';
import { type Lexicon, namesOf, shownName } from './stray-keys.js';

/** What stands around a key. */
interface Surroundings {
  readonly values: Readonly<Record<string, unknown>>;
  readonly reading: Reading;
  /** Names that are set and belong to no key. */
  readonly strays: ReadonlySet<string>;
  readonly registrations: ReadonlyMap<string, Registration>;
  /** Made when something is missing. */
  readonly lexicon: () => Lexicon;
}

/** The outcome with what is missing told. @internal */
export function needed(one: Registration, outcome: Outcome, around: Surroundings): Outcome {
  if (outcome.status !== 'MISSING') return outcome;
  const { allowMissing, env } = around.reading;
  const rule = allowMissing ? false : one.required ? true : ruleOf(one, around.values);
  if (rule === false) return outcome;
  if (rule === 'failed')
    return { ...outcome, faults: [{ code: 'rule_failed', message: 'has a rule requiredWhen that fails' }] };
  const isEmpty = env[one.key] !== undefined;
  const { text, stray } = hint(one, around);
  const message = `is required${one.required ? '' : ' here'}, and is ${isEmpty ? 'empty' : 'not set'}${text}`;
  return { ...outcome, faults: [{ code: isEmpty ? 'empty' : 'missing', message }], stray };
}

/** What is set in its place, probably. */
function hint(
  one: Registration,
  { strays, registrations, lexicon, reading: { env, fileSuffix } }: Surroundings,
): { readonly text: string; readonly stray?: string } {
  const { key } = one;
  const older = [...registrations.values()].find(
    ({ key: other, deprecated }) =>
      typeof deprecated === 'object' && deprecated.replacedBy === key && env[other] !== undefined,
  );
  if (older !== undefined) return { text: `; ${older.key} is set, which it replaces` };
  const file = key + fileSuffix;
  if (strays.has(file))
    return { text: `; ${file} is set, but ${key} is not read from files: see fromFile`, stray: file };
  for (const name of namesOf(one, fileSuffix)) {
    const stray = lexicon().nearest(name);
    if (stray !== undefined) return { text: `; ${shownName(stray)} is set: did you mean ${name}?`, stray };
  }
  return { text: '' };
}

/**
 * The outcome, or that the key's rule names a key that nobody registered, or a value that it never has: it would be one for
 * nothing, and nobody would notice while the key is set.
 * @internal
 */
export function withSoundRule(
  one: Registration,
  outcome: Outcome,
  registrations: ReadonlyMap<string, Registration>,
): Outcome {
  const message = emptyRule(one, registrations);
  if (message === undefined) return outcome;
  const { text, origin } = outcome;
  return { status: 'INVALID', text, origin, faults: [...outcome.faults, { code: 'rule_failed', message }] };
}

function emptyRule(
  { requiredWhen }: Registration,
  registrations: ReadonlyMap<string, Registration>,
): string | undefined {
  if (requiredWhen === undefined || typeof requiredWhen === 'function') return undefined;
  for (const [name, expected] of Object.entries(requiredWhen)) {
    const other = registrations.get(name);
    if (other === undefined) {
      const meant = nearest(name, [...registrations.keys()]);
      return `has a rule requiredWhen that names ${redactName(name, 64)}, which is not registered${meant === undefined ? '' : `; did you mean ${meant}?`}`;
    }
    if (expected !== undefined && other.field.check(expected) !== undefined)
      return `has a rule requiredWhen that asks for a value that ${name} never has`;
  }
  return undefined;
}

function ruleOf({ requiredWhen: rule }: Registration, values: Readonly<Record<string, unknown>>): boolean | 'failed' {
  if (rule === undefined) return false;
  if (typeof rule !== 'function')
    return Object.entries(rule).every(([key, value]) => isSameValue(revealed(values[key]), value));
  try {
    const answer: unknown = rule(values);
    if (!isThenable(answer)) return Boolean(answer);
    quiet(answer);
    return 'failed';
  } catch {
    // What it throws may hold a value.
    return 'failed';
  }
}
