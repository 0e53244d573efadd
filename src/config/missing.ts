import { redactName, redactText } from '../core/redaction.js';
import { nearest } from '../core/spelling.js';
import { isThenable, quiet } from '../core/thenable.js';
import type { Outcome, Reading } from './reading.js';
import type { Registration } from './registration.js';
import { MOST_EDITS, namesOf } from './stray-keys.js';

/** What stands around a key. */
interface Surroundings {
  readonly values: Readonly<Record<string, unknown>>;
  readonly reading: Reading;
  readonly strays: readonly string[];
  readonly registrations: readonly Registration[];
}

/** The outcome with what is missing told. @internal */
export function needed(one: Registration, outcome: Outcome, around: Surroundings): Outcome {
  if (outcome.status !== 'MISSING') return outcome;
  const { allowMissing, env } = around.reading;
  const unknown = unknownInRule(one, around.registrations);
  if (unknown !== undefined) return { ...outcome, faults: [{ code: 'rule_failed', message: unknown }] };
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
  { strays, registrations, reading: { env, fileSuffix } }: Surroundings,
): { readonly text: string; readonly stray?: string } {
  const { key } = one;
  const older = registrations.find(
    ({ key: other, deprecated }) =>
      typeof deprecated === 'object' && deprecated.replacedBy === key && env[other] !== undefined,
  );
  if (older !== undefined) return { text: `; ${older.key} is set, which it replaces` };
  const file = key + fileSuffix;
  if (strays.includes(file))
    return { text: `; ${file} is set, but ${key} is not read from files: see fromFile`, stray: file };
  for (const name of namesOf(one, fileSuffix)) {
    const stray = nearest(name, strays, MOST_EDITS);
    if (stray !== undefined) return { text: `; ${redactText(stray, 128)} is set: did you mean ${name}?`, stray };
  }
  return { text: '' };
}

/** A key that a rule names and nobody registered would make it a rule for nothing. */
function unknownInRule({ requiredWhen }: Registration, registrations: readonly Registration[]): string | undefined {
  if (requiredWhen === undefined || typeof requiredWhen === 'function') return undefined;
  const keys = registrations.map(({ key }) => key);
  const unknown = Object.keys(requiredWhen).find((name) => !keys.includes(name));
  if (unknown === undefined) return undefined;
  const meant = nearest(unknown, keys);
  return `has a rule requiredWhen that names ${redactName(unknown, 64)}, which is not registered${meant === undefined ? '' : `; did you mean ${meant}?`}`;
}

function ruleOf({ requiredWhen: rule }: Registration, values: Readonly<Record<string, unknown>>): boolean | 'failed' {
  if (rule === undefined) return false;
  if (typeof rule !== 'function') return Object.entries(rule).every(([key, value]) => Object.is(values[key], value));
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
