import { type Clock, systemClock } from './clock.js';
import { InvalidArgumentError, InvalidOptionsError, type OptionIssue } from './errors.js';
import { type Random, systemRandom } from './random.js';
import { redactName } from './redaction.js';
import { nearest } from './spelling.js';
import { isShortText, SHORT_TEXT } from './text-rules.js';

/**
 * Notes one problem; parsing goes on, so that all are found at once. A harmless one leaves the other options usable.
 * @internal
 */
export type ReportIssue = (path: string, message: string, harmless?: boolean) => void;

/** How one option is read: checks the value, supplies the default for `undefined`. @internal */
export interface OptionKind<T> {
  parse(value: unknown, path: string, report: ReportIssue): T;
}

/** The options that a part knows, by name. @internal */
export type OptionSchema = Readonly<Record<string, OptionKind<unknown>>>;

/** What {@link parseOptions} returns for a schema. @internal */
export type ParsedOptions<S extends OptionSchema> = {
  readonly [K in keyof S]: S[K] extends OptionKind<infer T> ? T : never;
};

/**
 * Reads an options object once, completely: every unknown, missing or impossible option ends up in one error. The
 * caller's object is only read; a key whose value is `undefined` counts as left out.
 *
 * @param owner - the part's name, for the error.
 * @param refine - rules that involve several options; runs only when each option that is known is right by itself.
 * @throws {@link InvalidOptionsError}
 * @internal
 */
export function parseOptions<S extends OptionSchema>(
  owner: string,
  schema: S,
  options: unknown,
  refine?: (parsed: ParsedOptions<S>, report: ReportIssue) => void,
): ParsedOptions<S> {
  const { parsed, issues } = readOptions(schema, options, refine);
  if (issues.length > 0) throw new InvalidOptionsError(owner, issues);
  return parsed;
}

/** What {@link readOptions} found. @internal */
export interface ReadOptions<S extends OptionSchema> {
  readonly parsed: ParsedOptions<S>;
  readonly issues: OptionIssue[];
  /** Whether what was parsed can be used: nothing is wrong but names that are not known. */
  readonly sound: boolean;
}

/** Like {@link parseOptions}, for those who have more to find out before they complain. @internal */
export function readOptions<S extends OptionSchema>(
  schema: S,
  options: unknown,
  refine?: (parsed: ParsedOptions<S>, report: ReportIssue) => void,
): ReadOptions<S> {
  const issues: OptionIssue[] = [];
  const faults: string[] = [];
  const report: ReportIssue = (path, message, harmless = false) => {
    issues.push({ path, message });
    if (!harmless) faults.push(path);
  };
  const parsed = parseGroup(schema, options === undefined ? {} : options, '', report);
  const sound = faults.length === 0;
  if (sound) refine?.(parsed, report);
  return { parsed, issues, sound };
}

function parseGroup<S extends OptionSchema>(
  schema: S,
  value: unknown,
  path: string,
  report: ReportIssue,
): ParsedOptions<S> {
  const given = isRecord(value) ? value : {};
  if (given !== value) report(path, `must be an options object, got ${describe(value)}`);
  const prefix = path === '' ? '' : `${path}.`;
  const names = Object.keys(schema);
  for (const key of Object.keys(given)) {
    if (Object.hasOwn(schema, key) || given[key] === undefined) continue;
    const meant = nearest(key, names);
    report(
      prefix + redactName(key, 64),
      `is not an option${meant === undefined ? '' : `; did you mean ${prefix}${meant}?`}`,
      true,
    );
  }
  const parsed: Record<string, unknown> = {};
  for (const name of names) parsed[name] = schema[name]?.parse(given[name], prefix + name, report);
  return parsed as ParsedOptions<S>;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Names a value without printing text, which might be a secret. @internal */
export function describe(value: unknown): string {
  switch (typeof value) {
    case 'number':
    case 'boolean':
    case 'undefined':
      return String(value);
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? 'an array' : 'an object';
    default:
      return `a ${typeof value}`;
  }
}

interface Range {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}
interface Required {
  readonly required: true;
}
interface Default<T> {
  readonly default: T;
}

/** ` from 1 to 9`, ` of at least 1`, ` of at most 9`, or nothing. @internal */
export function rangeText({ min, max }: Range): string {
  if (min === undefined) return max === undefined ? '' : ` of at most ${String(max)}`;
  return max === undefined ? ` of at least ${String(min)}` : ` from ${String(min)} to ${String(max)}`;
}

function numberKind<T>(
  what: string,
  fits: (value: number) => boolean,
  o: Range & (Required | Default<T>),
): OptionKind<T> {
  const expected = `must be ${what}${rangeText(o)}`;
  return {
    parse(value, path, report) {
      if (value === undefined && 'default' in o) return o.default;
      if (value === undefined) report(path, `is required: it ${expected}`);
      else if (
        typeof value !== 'number' ||
        !fits(value) ||
        value < (o.min ?? -Infinity) ||
        value > (o.max ?? Infinity)
      ) {
        report(path, `${expected}, got ${describe(value)}`);
      }
      return value as T;
    },
  };
}

/** A whole number within the safe range. @internal */
export function count(options: Range & Required): OptionKind<number>;
export function count<T extends number | undefined>(options: Range & Default<T>): OptionKind<number | T>;
export function count(options: Range & (Required | Default<number | undefined>)): OptionKind<number | undefined> {
  return numberKind('an integer', Number.isSafeInteger, options);
}

/** A finite number. @internal */
export function finite(options: Range & Required): OptionKind<number>;
export function finite<T extends number | undefined>(options: Range & Default<T>): OptionKind<number | T>;
export function finite(options: Range & (Required | Default<number | undefined>)): OptionKind<number | undefined> {
  return numberKind('a finite number', Number.isFinite, options);
}

/** A finite span of milliseconds, at least 0 unless said otherwise. @internal */
export function durationMs<T extends number | undefined>(fallback: T, range: Range = {}): OptionKind<number | T> {
  return numberKind<number | T>('a finite number of milliseconds', Number.isFinite, {
    min: 0,
    ...range,
    default: fallback,
  });
}

/** A share from 0 to 1. @internal */
export function ratio<T extends number | undefined>(fallback: T): OptionKind<number | T> {
  return numberKind<number | T>('a ratio', Number.isFinite, { min: 0, max: 1, default: fallback });
}

/** A name that is shown everywhere, and so without the secrets in it. @internal */
export function text<T extends string | undefined>(fallback: T): OptionKind<string | T> {
  return {
    parse(value, path, report) {
      if (value === undefined) return fallback;
      if (typeof value !== 'string') report(path, `must be a string, got ${describe(value)}`);
      else if (!isShortText(value)) report(path, `must be ${SHORT_TEXT}`);
      else return redactName(value);
      return value as string;
    },
  };
}

/** `true` or `false`. @internal */
export function flag(fallback: boolean): OptionKind<boolean> {
  return {
    parse(value, path, report) {
      if (value !== undefined && typeof value !== 'boolean')
        report(path, `must be true or false, got ${describe(value)}`);
      return (value as boolean | undefined) ?? fallback;
    },
  };
}

/** One word of a list. @internal */
export function oneOf<const W extends string>(words: readonly W[], fallback: W): OptionKind<W> {
  return {
    parse(value, path, report) {
      if (value === undefined) return fallback;
      if (!words.includes(value as W)) {
        const meant = typeof value === 'string' ? nearest(value, words) : undefined;
        const hint = meant === undefined ? `, got ${describe(value)}` : `; did you mean '${meant}'?`;
        report(path, `must be ${words.map((word) => `'${word}'`).join(' or ')}${hint}`);
      }
      return value as W;
    },
  };
}

/** A function, or nothing. @internal */
export function optionalFunction<F extends (...args: never[]) => unknown>(): OptionKind<F | undefined> {
  return {
    parse(value, path, report) {
      if (value !== undefined && typeof value !== 'function')
        report(path, `must be a function, got ${describe(value)}`);
      return value as F | undefined;
    },
  };
}

/** Options inside an option; left out, each of them has its default. @internal */
export function group<S extends OptionSchema>(schema: S): OptionKind<ParsedOptions<S>> {
  return { parse: (value, path, report) => parseGroup(schema, value === undefined ? {} : value, path, report) };
}

/** An object that has the given methods, such as a clock. @internal */
export function withMethods<T extends object>(methods: readonly (keyof T & string)[], fallback: T): OptionKind<T> {
  return {
    parse(value, path, report) {
      if (value === undefined) return fallback;
      const missing = methods.filter((name) => !hasMethod(value, name));
      if (missing.length > 0) report(path, `must have the method ${missing.map((name) => `${name}()`).join(', ')}`);
      return value as T;
    },
  };
}

/** Whether a value has such a method; reading a foreign object may throw. @internal */
export function hasMethod<K extends string>(value: unknown, name: K): value is Record<K, () => unknown> {
  try {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
    return typeof (value as Readonly<Record<string, unknown>>)[name] === 'function';
  } catch {
    return false;
  }
}

/** An object with a method, or nothing. @internal */
export function optionalWithMethod<T extends object>(method: keyof T & string): OptionKind<T | undefined> {
  return {
    parse(value, path, report) {
      if (value === undefined) return undefined;
      if (!hasMethod(value, method)) report(path, `must be an object with ${method}(), got ${describe(value)}`);
      return value as T;
    },
  };
}

/** The `clock` option. @internal */
export function clockOption(): OptionKind<Clock> {
  return withMethods<Clock>(['now', 'wallNow', 'schedule'], systemClock);
}

/** The `random` option. @internal */
export function randomOption(): OptionKind<Random> {
  return withMethods<Random>(['next'], systemRandom);
}

/**
 * The options of a single call: an object or nothing. Anything else would be a mistake that nobody notices.
 *
 * @throws {@link InvalidArgumentError}
 * @internal
 */
export function checkCallOptions(owner: string, options: unknown): asserts options is object | undefined {
  if (options === undefined || isRecord(options)) return;
  throw new InvalidArgumentError(`${owner}: the options must be an object, got ${describe(options)}`);
}
