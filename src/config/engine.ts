import { MASK } from '../core/mask-fields.js';
import { shownValue } from './fields/shown-value.js';
import type { ConfigIssue, ConfigIssueCode, ConfigWarning, Fault } from './issues.js';
import type { ConfigOrigin, ConfigValue } from './config-value.js';
import type { Registration } from './registration.js';
import { frozen, handedOut, put } from './frozen.js';
import { needed, withSoundRule } from './missing.js';
import type { Outcome, Reading } from './reading.js';
import { Secret } from './secret.js';
import { registrationsOf, type Section } from './sections.js';
import { secretTexts } from './secret-texts.js';
import { Lexicon, misspelt, shownName, strayNames, unknownKeys } from './stray-keys.js';

/** What came of reading. @internal */
export interface Evaluation {
  readonly values: Readonly<Record<string, unknown>>;
  readonly items: readonly ConfigValue[];
  readonly issues: readonly ConfigIssue[];
  readonly warnings: readonly ConfigWarning[];
  /** Texts that no output may show. */
  readonly secrets: readonly string[];
  /** What each value was read from, by which two readings are told apart. */
  readonly texts: ReadonlyMap<string, string>;
}

/** A text, where it comes from, or what is wrong before it is read. */
type Found =
  | { readonly text: string; readonly origin: ConfigOrigin }
  | { readonly fault: Fault; readonly origin: ConfigOrigin | undefined }
  | undefined;

/** Reads all keys at once, each of which is in one section. Pure, but for what it is given. @internal */
export function evaluate(sections: readonly Section[], reading: Reading): Evaluation {
  const registrations = registrationsOf(sections);
  const known = new Map(registrations.map((one) => [one.key, one]));
  const read = registrations.map((one) => ({
    one,
    outcome: withSoundRule(one, outcomeOf(one, known, reading), known),
  }));
  const values: Record<string, unknown> = {};
  const secrets = new Set<string>();
  for (const { one, outcome } of read) {
    for (const text of secretTexts(one, outcome)) secrets.add(text);
    if (outcome.value !== undefined)
      put(values, one.key, one.secret ? new Secret(handedOut(outcome.value)) : handedOut(outcome.value));
  }
  Object.freeze(values);
  reading.conceal([...secrets]);
  const strays = strayNames(Object.keys(reading.env), registrations, reading.fileSuffix);
  const unset = read.filter(({ one, outcome }) => isUnset(one, outcome)).map(({ one }) => one);
  const sectionOf = new Map(sections.flatMap(({ name, registrations: own }) => own.map(({ key }) => [key, name])));
  let lexicon: Lexicon | undefined;
  const around = {
    values,
    reading,
    strays: new Set(strays),
    registrations: known,
    lexicon: () => (lexicon ??= new Lexicon(strays, registrations.length)),
  };
  const judged = read.map(({ one, outcome }) => ({ one, outcome: needed(one, outcome, around) }));
  const items = judged.map(({ one, outcome }) => item(one, outcome, sectionOf.get(one.key)));
  const issues = items.flatMap(({ key, errors }) => errors.map(({ code, message }) => ({ key, code, message })));
  const told = new Set(judged.map(({ outcome }) => outcome.stray));
  const untold = strays.filter((name) => !told.has(name));
  return {
    values,
    items,
    issues: [...issues, ...unknownKeys(untold, registrations, reading)],
    warnings: [...deprecations(read), ...misspelt(untold, unset, reading)],
    secrets: [...secrets],
    texts: new Map(
      read.flatMap(({ one, outcome: { value, text } }) =>
        value === undefined || text === undefined ? [] : [[one.key, text]],
      ),
    ),
  };
}

function outcomeOf(one: Registration, known: ReadonlyMap<string, Registration>, reading: Reading): Outcome {
  const { field } = one;
  const found = find(one, known, reading);
  if (found === undefined) return defaulted(one, reading);
  const { origin } = found;
  if ('fault' in found) return { status: 'INVALID', origin, faults: [found.fault] };
  const { text } = found;
  if (text.trim() === '' && field.empty === undefined)
    return { status: 'INVALID', origin, faults: [{ code: 'empty', message: 'is empty' }] };
  const result = text.trim() === '' ? { value: field.type === 'str' ? text : field.empty } : field.read(text);
  const wrong = 'fault' in result ? result.fault : field.check(result.value);
  if (wrong !== undefined) return { status: 'INVALID', origin, faults: [shownFault(wrong, one)], text };
  return { status: 'VALID', value: 'value' in result ? result.value : undefined, origin, faults: [], text };
}

function find(one: Registration, known: ReadonlyMap<string, Registration>, reading: Reading): Found {
  const { key, fromFile, allowEmpty, field, required } = one;
  const { env, emptyAsUnset, fileSuffix } = reading;
  const text = env[key];
  const fileKey = key + fileSuffix;
  const path = fromFile && !known.has(fileKey) ? env[fileKey] : undefined;
  const isSet = text !== undefined && !(emptyAsUnset && !allowEmpty && text.trim() === '');
  if (path === undefined || path.trim() === '') {
    if (isSet) return { text, origin: { source: 'env', name: key } };
    // Nothing between commas is a list without items, when nothing else is said.
    const isEmptyList =
      text !== undefined && field.type === 'list' && !required && defaultOf(one, reading) === undefined;
    return isEmptyList ? { text: '', origin: { source: 'env', name: key } } : undefined;
  }
  if (isSet) {
    const message = `is set, and so is ${fileKey}: unset one of them`;
    return { fault: { code: 'conflict', message }, origin: undefined };
  }
  // Of a secret only what reads like a path: it may be the value itself, by mistake.
  const shown = one.hidden && !/^(?:\.{0,2}[/\\]|[a-z]:)/i.test(path) ? MASK : path;
  const origin: ConfigOrigin = { source: 'file', name: fileKey, path: shown };
  const file = reading.readFile(path);
  if ('problem' in file)
    return {
      fault: { code: 'file_unreadable', message: `cannot be read: ${fileKey} names ${shown}, which ${file.problem}` },
      origin,
    };
  if (emptyAsUnset && !allowEmpty && file.text.trim() === '')
    return { fault: { code: 'empty', message: `is empty: ${shown} holds nothing` }, origin };
  return { text: file.text, origin };
}

/** The environment that a default is for, if there is one for this environment. */
function environmentOf({ defaults }: Registration, { environment }: Reading): string | undefined {
  return environment !== undefined && Object.hasOwn(defaults.in, environment) ? environment : undefined;
}

function defaultOf(one: Registration, reading: Reading): unknown {
  const environment = environmentOf(one, reading);
  return environment === undefined ? one.defaults.value : one.defaults.in[environment];
}

function defaulted(one: Registration, reading: Reading): Outcome {
  const value = defaultOf(one, reading);
  if (value === undefined) return { status: 'MISSING', faults: [] };
  const name = environmentOf(one, reading);
  const origin: ConfigOrigin = name === undefined ? { source: 'default' } : { source: 'default', name };
  return { status: 'DEFAULTED', value, origin, faults: [], text: one.field.write(value) };
}

/** What is allowed says something of a secret as well. */
function shownFault(fault: Fault, { field, hidden }: Registration): Fault {
  if (!hidden) return fault;
  const { code } = fault;
  if ((['not_in_set', 'bad_pattern', 'out_of_range'] as ConfigIssueCode[]).includes(code))
    return { code, message: 'is none of the values that are allowed' };
  return field.form === undefined ? fault : { code, message: `must be ${field.form}` };
}

/** Whether nothing is set for it, and nothing need be. */
function isUnset({ required }: Registration, { status }: Outcome): boolean {
  return status === 'DEFAULTED' || (status === 'MISSING' && !required);
}

function item(one: Registration, { status, value, origin, faults }: Outcome, section: string | undefined): ConfigValue {
  const { key, field, required, defaults, hidden } = one;
  return Object.freeze({
    key,
    ...(section === undefined ? {} : { section }),
    type: field.type,
    required,
    status,
    errors: Object.freeze(
      faults.map(({ code, message }) => Object.freeze({ code, message: shownName(message, 1_000) })),
    ),
    ...(hidden || value === undefined ? {} : { value: frozen(shownValue(field, value)) }),
    ...(hidden || defaults.value === undefined ? {} : { default: frozen(shownValue(field, defaults.value)) }),
    ...(origin === undefined ? {} : { origin: Object.freeze(shownOrigin(origin)) }),
  });
}

/** Only now all secrets are known that a path may hold. */
function shownOrigin(origin: ConfigOrigin): ConfigOrigin {
  return origin.path === undefined ? origin : { ...origin, path: shownName(origin.path, 500) };
}

interface ReadKey {
  readonly one: Registration;
  readonly outcome: Outcome;
}

function deprecations(read: readonly ReadKey[]): ConfigWarning[] {
  return read
    .filter(
      ({ one, outcome }) => one.deprecated !== false && (outcome.status === 'VALID' || outcome.status === 'INVALID'),
    )
    .map(({ one: { key, deprecated } }) => ({
      key,
      code: 'deprecated' as const,
      message:
        typeof deprecated === 'object' ? `is deprecated; set ${deprecated.replacedBy} in its place` : 'is deprecated',
    }));
}
