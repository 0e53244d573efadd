import { redactText } from '../core/redaction.js';
import { isSensitiveKey } from '../core/sensitive-names.js';
import { isThenable, quiet } from '../core/thenable.js';
import { jsonOf } from './fields/field.js';
import { shownValue } from './fields/shown-value.js';
import { credentialsIn } from './fields/url-field.js';
import type { FileText } from './file-source.js';
import type { ConfigIssue, ConfigIssueCode, ConfigWarning, Fault } from './issues.js';
import type { ConfigOrigin, ConfigStatus, ConfigValue } from './config-value.js';
import type { Registration } from './registration.js';
import { Secret } from './secret.js';
import type { Section } from './sections.js';
import { misspelt, strayFor, strayNames, unknownKeys } from './stray-keys.js';

/** What a configuration is read from, and how. @internal */
export interface Reading {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readFile: (path: string) => FileText;
  /** From here on these are masked: other values, which are shown, may hold them. */
  readonly conceal: (secrets: readonly string[]) => void;
  readonly emptyAsUnset: boolean;
  readonly fileSuffix: string;
  /** Keys that begin with it are the application's: one that nobody registered is an error. */
  readonly prefix: string | undefined;
  /** Name of the environment, by which `defaultIn` is chosen. */
  readonly environment: string | undefined;
  /** Whether what is missing is none of the faults, as while an image is built. */
  readonly allowMissing: boolean;
}

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

interface Outcome {
  readonly status: ConfigStatus;
  readonly value?: unknown;
  readonly origin?: ConfigOrigin | undefined;
  readonly faults: readonly Fault[];
  /** The text that it was read from, or would be. */
  readonly text?: string | undefined;
}

const SHORTEST_SECRET = 4;
/** What a flag says is a word of any text. */
const WORD = /^(?:true|false|null)$/i;

/** Reads all keys at once, each of which is in one section. Pure, but for what it is given. @internal */
export function evaluate(sections: readonly Section[], reading: Reading): Evaluation {
  const registrations = sections.flatMap((section) => section.registrations);
  const known = new Set(registrations.map(({ key }) => key));
  const read = registrations.map((one) => ({ one, outcome: outcomeOf(one, known, reading) }));
  const values: Record<string, unknown> = {};
  const secrets = new Set<string>();
  for (const { one, outcome } of read) {
    for (const text of [...(one.hidden ? textsOf(outcome) : []), ...credentialsOf(one, outcome)])
      if (text.length >= SHORTEST_SECRET && !WORD.test(text)) secrets.add(text);
    if (outcome.value !== undefined)
      Object.defineProperty(values, one.key, {
        value: one.secret ? new Secret(handedOut(outcome.value)) : handedOut(outcome.value),
        enumerable: true,
      });
  }
  Object.freeze(values);
  reading.conceal([...secrets]);
  const strays = strayNames(Object.keys(reading.env), registrations, reading.fileSuffix);
  const unset = read.filter(({ one, outcome }) => isUnset(one, outcome)).map(({ one }) => one.key);
  const sectionOf = new Map(sections.flatMap(({ name, registrations: own }) => own.map(({ key }) => [key, name])));
  const items = read.map(({ one, outcome }) =>
    item(one, needed(one, outcome, values, reading, strays), sectionOf.get(one.key)),
  );
  const issues = items.flatMap(({ key, errors }) => errors.map(({ code, message }) => ({ key, code, message })));
  return {
    values,
    items,
    issues: [...issues, ...unknownKeys(strays, registrations, reading.prefix)],
    warnings: [...deprecations(read), ...misspelt(strays, unset, reading.prefix)],
    secrets: [...secrets],
    texts: new Map(
      read.flatMap(({ one, outcome: { value, text } }) =>
        value === undefined || text === undefined ? [] : [[one.key, text]],
      ),
    ),
  };
}

function outcomeOf(one: Registration, known: ReadonlySet<string>, reading: Reading): Outcome {
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

function find(one: Registration, known: ReadonlySet<string>, reading: Reading): Found {
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
  const shown = redactText(path, 500);
  const origin: ConfigOrigin = { source: 'file', name: fileKey, path: shown };
  const file = reading.readFile(path);
  if ('problem' in file)
    return { fault: { code: 'file_unreadable', message: `cannot be read: ${shown} ${file.problem}` }, origin };
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

/** The password of a URL, as it is written there and as it is. */
function credentialsOf({ field }: Registration, { text = '' }: Outcome): string[] {
  if (field.type !== 'url') return [];
  return credentialsIn(text).flatMap((credentials) => {
    const written = credentials.slice(credentials.indexOf(':') + 1);
    if (written === credentials) return [];
    try {
      return [written, decodeURIComponent(written)];
    } catch {
      // It is written as it is.
      return [written];
    }
  });
}

/** All that its value is written as, in the environment and by whoever quotes it later. */
function textsOf({ text, value }: Outcome): string[] {
  if (text === undefined) return [];
  try {
    return [text, text.trim(), ...(isPlain(value) ? [jsonOf(value) ?? ''] : []), ...partsOf(value)];
  } catch {
    // What a parser made may be unreadable.
    return [text, text.trim()];
  }
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}

/** A value as text, with its items; of an object, which may hold ordinary words, the fields whose names say so. */
function partsOf(value: unknown, isSecret = true, seen = new Set<unknown>()): string[] {
  if (!isPlain(value)) return isSecret && isTextual(value) ? [String(value)] : [];
  if (seen.has(value)) return [];
  seen.add(value);
  if (!Array.isArray(value))
    return Object.entries(value).flatMap(([name, field]) => partsOf(field, isSensitiveKey(name), seen));
  const whole = isSecret && value.every(isTextual) ? [String(value)] : [];
  return [...whole, ...value.flatMap((item) => partsOf(item, isSecret, seen))];
}

function isTextual(value: unknown): value is string | number | bigint {
  return ['string', 'number', 'bigint'].includes(typeof value);
}

/** The outcome with what is missing told. */
function needed(
  one: Registration,
  outcome: Outcome,
  values: Readonly<Record<string, unknown>>,
  { allowMissing, env }: Reading,
  strays: readonly string[],
): Outcome {
  if (outcome.status !== 'MISSING' || allowMissing) return outcome;
  const rule = one.required ? true : ruleOf(one, values);
  if (rule === false) return outcome;
  if (rule === 'failed')
    return { ...outcome, faults: [{ code: 'rule_failed', message: 'has a rule requiredWhen that fails' }] };
  const isEmpty = env[one.key] !== undefined;
  const meant = strayFor(one.key, strays);
  const hint = meant === undefined ? '' : `; ${meant} is set: did you mean ${one.key}?`;
  const message = `is required${one.required ? '' : ' here'}, and is ${isEmpty ? 'empty' : 'not set'}${hint}`;
  return { ...outcome, faults: [{ code: isEmpty ? 'empty' : 'missing', message }] };
}

function ruleOf({ requiredWhen: rule }: Registration, values: Readonly<Record<string, unknown>>): boolean | 'failed' {
  if (rule === undefined) return false;
  if (typeof rule !== 'function') return Object.entries(rule).every(([key, value]) => Object.is(values[key], value));
  try {
    const answer: unknown = rule(values);
    if (!isThenable(answer)) return answer !== false;
    quiet(answer);
    return 'failed';
  } catch {
    // What it throws may hold a value.
    return 'failed';
  }
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
    errors: Object.freeze(faults.map(({ code, message }) => Object.freeze({ code, message }))),
    ...(hidden || value === undefined ? {} : { value: frozen(shownValue(field, value)) }),
    ...(hidden || defaults.value === undefined ? {} : { default: frozen(shownValue(field, defaults.value)) }),
    ...(origin === undefined ? {} : { origin: Object.freeze(origin) }),
  });
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

/** What a parser made may be unreadable; then it is handed out as it is. */
function handedOut(value: unknown): unknown {
  try {
    return frozen(value);
  } catch {
    return value;
  }
}

/** The value with all the objects and lists that it holds, unchangeable; what a class made stays as it is. */
function frozen(value: unknown, copies = new Map<object, object>()): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) return value;
  const known = copies.get(value);
  if (known !== undefined) return known;
  const copy: object = Array.isArray(value) ? [] : {};
  copies.set(value, copy);
  for (const name of Object.keys(value)) {
    const field = frozen((value as Readonly<Record<string, unknown>>)[name], copies);
    Object.defineProperty(copy, name, { value: field, enumerable: true });
  }
  return Object.freeze(copy);
}
