import { InvalidArgumentError, InvalidOptionsError, type OptionIssue } from '../core/errors.js';
import { describe, parseOptions } from '../core/options.js';
import { redactName } from '../core/redaction.js';
import { isSensitiveKey } from '../core/sensitive-names.js';
import { nearest } from '../core/spelling.js';
import type { Field } from './fields/field.js';
import { bytesField, durationField, floatField, intField } from './fields/number-fields.js';
import { type FieldType, isStandardSchema, ownField, schemaField } from './fields/schema-field.js';
import { hasAsyncFunction, isAsyncFunction, isMarkedSecret } from './fields/zod-schemas.js';
import { boolField, enumField, jsonField, listField, strField } from './fields/text-fields.js';
import { urlField } from './fields/url-field.js';
import { isSameValue } from './same-value.js';
import { type CommonOptions, TYPE_OPTIONS, type RequiredWhen } from './options.js';

/** Types that are known by a word. */
export type BuiltInType = 'int' | 'float' | 'bool' | 'str' | 'url' | 'list' | 'enum' | 'json' | 'duration' | 'bytes';

const BUILT_IN: readonly BuiltInType[] = [
  'int',
  'float',
  'bool',
  'str',
  'url',
  'list',
  'enum',
  'json',
  'duration',
  'bytes',
];

/** What a validator knows of a key. @internal */
export interface Registration {
  readonly key: string;
  readonly field: Field;
  readonly required: boolean;
  readonly defaults: { readonly value: unknown; readonly in: Readonly<Record<string, unknown>> };
  /** Whether its value is handed out as a `Secret`. */
  readonly secret: boolean;
  /** Whether no output shows its value. */
  readonly hidden: boolean;
  readonly fromFile: boolean;
  readonly allowEmpty: boolean;
  readonly requiredWhen: RequiredWhen | undefined;
  readonly describe: string | undefined;
  readonly deprecated: boolean | { readonly replacedBy: string };
  /** What was registered: two that are alike are one. */
  readonly given: { readonly type: unknown; readonly options: object };
}

const KEY = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;
/** What configuration names secrets besides, and nothing else does. */
const SUSPICIOUS = /private$/i;

/**
 * Checks what is registered, its defaults included.
 *
 * @throws {@link InvalidArgumentError} for a key or a type that is none.
 * @throws {@link InvalidOptionsError} naming every option that cannot work.
 * @internal
 */
export function registration(owner: string, key: unknown, type: unknown, options: unknown): Registration {
  if (typeof key !== 'string' || !KEY.test(key)) {
    const shown = typeof key === 'string' ? `'${redactName(key, 64)}'` : describe(key);
    throw new InvalidArgumentError(
      `${owner}.register: a key must be letters, digits and underscores, as in DATABASE_URL, got ${shown}`,
    );
  }
  const who = `${owner}.register '${key}'`;
  const { field, parsed } = fieldOf(who, type, options);
  const secret = parsed.secret === true;
  const hidden = secret || (parsed.secret === undefined && (isSuspicious(key) || isMarkedSecret(type)));
  const made: Registration = {
    key,
    field,
    required: parsed.required,
    defaults: { value: parsed.default, in: Object.freeze({ ...parsed.defaultIn }) },
    secret,
    hidden,
    fromFile: parsed.fromFile ?? hidden,
    allowEmpty: parsed.allowEmpty,
    requiredWhen: parsed.requiredWhen,
    describe: parsed.describe,
    deprecated: parsed.deprecated ?? false,
    given: { type, options: { ...(options as object | undefined) } },
  };
  const issues = problemsOf(made);
  if (issues.length > 0) throw new InvalidOptionsError(who, issues);
  return made;
}

function isSuspicious(key: string): boolean {
  return isSensitiveKey(key) || SUSPICIOUS.test(key);
}

function fieldOf(who: string, type: unknown, options: unknown): { field: Field; parsed: CommonOptions } {
  const limits = (o: { readonly min: number | undefined; readonly max: number | undefined }, report: Report) => {
    if (o.min !== undefined && o.max !== undefined && o.min > o.max) report('min', 'must not be more than max');
  };
  switch (type) {
    case 'int':
    case 'float':
    case 'duration':
    case 'bytes': {
      const parsed = parseOptions(who, TYPE_OPTIONS[type], options, limits);
      // Neither is ever less than nothing.
      const least = { min: parsed.min ?? 0, max: parsed.max };
      if (type === 'int') return { field: intField(parsed), parsed };
      if (type === 'float') return { field: floatField(parsed), parsed };
      return { field: type === 'duration' ? durationField(least) : bytesField(least), parsed };
    }
    case 'str': {
      const parsed = parseOptions(who, TYPE_OPTIONS.str, options, lengths);
      return { field: strField(parsed), parsed };
    }
    case 'list': {
      const parsed = parseOptions(who, TYPE_OPTIONS.list, options, lengths);
      return { field: listField(parsed.items ?? 'str', parsed), parsed };
    }
    case 'url': {
      const parsed = parseOptions(who, TYPE_OPTIONS.url, options);
      return { field: urlField(parsed.schemes), parsed };
    }
    case 'enum': {
      const parsed = parseOptions(who, TYPE_OPTIONS.enum, options);
      return { field: enumField(parsed.choices), parsed };
    }
    case 'bool':
      return { field: boolField(), parsed: parseOptions(who, TYPE_OPTIONS.bool, options) };
    case 'json':
      return { field: jsonField(), parsed: parseOptions(who, TYPE_OPTIONS.json, options) };
    default:
      return { field: fieldOfOwn(who, type), parsed: parseOptions(who, TYPE_OPTIONS.own, options) };
  }
}

type Report = (path: string, message: string) => void;

function lengths(
  {
    minLength = 0,
    maxLength = Infinity,
  }: { readonly minLength: number | undefined; readonly maxLength: number | undefined },
  report: Report,
): void {
  if (minLength > maxLength) report('minLength', 'must not be more than maxLength');
}

function fieldOfOwn(who: string, type: unknown): Field {
  const parse = isStandardSchema(type) ? undefined : (type as Partial<FieldType<unknown>> | null | undefined)?.parse;
  if (isAsyncFunction(parse) || hasAsyncFunction(type))
    throw new InvalidArgumentError(`${who}: the type has an asynchronous function, but configuration is read at once`);
  if (isStandardSchema(type)) return schemaField(type);
  const own = type as Partial<FieldType<unknown>> | null | undefined;
  if (typeof type === 'object' && typeof own?.type === 'string' && typeof own.parse === 'function')
    return ownField(own as FieldType<unknown>);
  const meant = typeof type === 'string' ? nearest(type, BUILT_IN) : undefined;
  throw new InvalidArgumentError(
    `${who}: the type must be ${BUILT_IN.map((word) => `'${word}'`).join(', ')}, { type, parse } or a Standard Schema` +
      (meant === undefined ? `, got ${describe(type)}` : `; did you mean '${meant}'?`),
  );
}

/** What cannot work although each option is right by itself. */
function problemsOf({ key, field, defaults, allowEmpty, hidden, deprecated }: Registration): OptionIssue[] {
  const issues: OptionIssue[] = [];
  const check = (path: string, value: unknown): void => {
    const wrong = field.checkDefault === undefined ? field.check(value) : field.checkDefault(value);
    if (wrong !== undefined) issues.push({ path, message: hidden ? 'breaks the rules of its own key' : wrong.message });
  };
  if (defaults.value !== undefined) check('default', defaults.value);
  for (const [name, value] of Object.entries(defaults.in)) check(`defaultIn.${redactName(name, 64)}`, value);
  if (allowEmpty && field.empty === undefined)
    issues.push({
      path: 'allowEmpty',
      message: `makes no sense for type '${field.type}': an empty text is no value of it`,
    });
  if (typeof deprecated === 'object' && deprecated.replacedBy === key)
    issues.push({ path: 'deprecated', message: 'cannot name the key itself as its replacement' });
  return issues;
}

/** Whether two registrations of a key say the same. @internal */
export function isSame(a: Registration, b: Registration): boolean {
  return isSameValue(a.given.type, b.given.type) && isSameValue(a.given.options, b.given.options);
}
