import { count, describe, finite, flag, type OptionKind, type OptionSchema, text } from '../core/options.js';
import type { ListItem } from './fields/text-fields.js';

/** When a key is needed: `true` for these values, or each of these keys has this value. */
export type RequiredWhen = ((values: Readonly<Record<string, unknown>>) => boolean) | Readonly<Record<string, unknown>>;

/** What a key may say besides its type. */
export interface RegisterOptions {
  /** Whether the configuration is invalid without it. @defaultValue `false` */
  readonly required?: boolean;
  /** Its value when it is not set. Has to keep the rules of its type. @defaultValue none */
  readonly default?: unknown;
  /** Its value when it is not set, by the name of the environment, such as `development`; goes before `default`. */
  readonly defaultIn?: Readonly<Record<string, unknown>>;
  /**
   * Whether its value is a `Secret`, which no output shows. A suspicious name, such as one that ends in `TOKEN`, is shown
   * nowhere either unless this is `false`, and keeps its type.
   */
  readonly secret?: boolean;
  /** Whether `KEY_FILE` may name a file that holds it. @defaultValue `true` for secrets and suspicious names */
  readonly fromFile?: boolean;
  /** Whether an empty value counts as one, instead of as unset; of texts and lists. @defaultValue `false` */
  readonly allowEmpty?: boolean;
  /** When it is required besides: a function of the values, or the values of other keys. */
  readonly requiredWhen?: RequiredWhen;
  /** What it is for, in docs; at most 200 characters. */
  readonly describe?: string;
  /** The key that replaces it, or `true`: a warning when it is set. */
  readonly deprecated?: boolean | { readonly replacedBy: string };
  /** Least value, of numbers, durations (ms) and bytes. */
  readonly min?: number;
  /** Greatest value, of numbers, durations (ms) and bytes. */
  readonly max?: number;
  /** Fewest characters of a text, without blanks around it; fewest items of a list. */
  readonly minLength?: number;
  /** Most characters of a text; most items of a list. */
  readonly maxLength?: number;
  /** What a text has to match somewhere; write `^…$` for all of it. */
  readonly pattern?: RegExp;
  /** The words of an `enum`. */
  readonly choices?: readonly string[];
  /** The schemes of a `url`, in lower case and without `://`. */
  readonly schemes?: readonly string[];
  /** What a `list` holds. @defaultValue `'str'` */
  readonly items?: ListItem;
}

/** Whatever is given. */
function anything(): OptionKind<unknown> {
  return { parse: (value) => value };
}

function maybe(): OptionKind<boolean | undefined> {
  return {
    parse: (value, path, report) => (value === undefined ? undefined : flag(false).parse(value, path, report)),
  };
}

function fitting<T>(fits: (value: unknown) => boolean, expected: string): OptionKind<T | undefined> {
  return {
    parse(value, path, report) {
      if (value !== undefined && !fits(value)) report(path, `must be ${expected}, got ${describe(value)}`);
      return value as T | undefined;
    },
  };
}

/** Of an `enum`, which is none without them. */
function choices(): OptionKind<readonly string[]> {
  return {
    parse(value, path, report) {
      const fits =
        Array.isArray(value) &&
        value.length > 0 &&
        value.every((word) => typeof word === 'string' && word !== '' && word.trim() === word) &&
        new Set(value).size === value.length;
      if (fits) return Object.freeze([...(value as readonly string[])]);
      report(path, "must be a list of different texts without blanks around them, as its type is 'enum'");
      return [];
    },
  };
}

const isRecord = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);
const isWords = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((word) => typeof word === 'string' && /^[a-z][a-z0-9+.-]*$/.test(word));

const COMMON = {
  required: flag(false),
  default: anything(),
  defaultIn: fitting<Readonly<Record<string, unknown>>>(isRecord, 'an object of values by the name of the environment'),
  secret: maybe(),
  fromFile: maybe(),
  allowEmpty: flag(false),
  requiredWhen: fitting<RequiredWhen>(
    (value) => typeof value === 'function' || isRecord(value),
    'a function, or an object of values by key',
  ),
  describe: text(undefined),
  deprecated: fitting<boolean | { readonly replacedBy: string }>(
    (value) =>
      typeof value === 'boolean' ||
      (isRecord(value) && typeof (value as { readonly replacedBy?: unknown }).replacedBy === 'string'),
    'true or { replacedBy: key }',
  ),
} satisfies OptionSchema;

const LIMITS = { min: finite({ default: undefined }), max: finite({ default: undefined }) };
const LENGTHS = {
  minLength: count({ min: 0, default: undefined }),
  maxLength: count({ min: 0, default: undefined }),
};
const ITEMS: readonly unknown[] = ['str', 'int', 'bigint'];

/** The options of each type, besides those of all. @internal */
export const TYPE_OPTIONS = {
  int: { ...COMMON, ...LIMITS },
  float: { ...COMMON, ...LIMITS },
  duration: { ...COMMON, ...LIMITS },
  bytes: { ...COMMON, ...LIMITS },
  bool: COMMON,
  json: COMMON,
  str: {
    ...COMMON,
    ...LENGTHS,
    pattern: fitting<RegExp>((value) => value instanceof RegExp, 'a regular expression'),
  },
  url: { ...COMMON, schemes: fitting<readonly string[]>(isWords, 'a list of schemes in lower case, without ://') },
  list: {
    ...COMMON,
    ...LENGTHS,
    items: fitting<ListItem>((value) => ITEMS.includes(value), "'str', 'int' or 'bigint'"),
  },
  enum: { ...COMMON, choices: choices() },
  own: COMMON,
} satisfies Readonly<Record<string, OptionSchema>>;

/** Those of all types. @internal */
export type CommonOptions = { readonly [K in keyof typeof COMMON]: ReturnType<(typeof COMMON)[K]['parse']> };
