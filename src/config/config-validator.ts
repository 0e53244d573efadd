import { InvalidArgumentError } from '../core/errors.js';
import { flag, type OptionKind, parseOptions, text } from '../core/options.js';
import { registerSecret } from '../core/secret-values.js';
import type { ConfigValue } from './config-value.js';
import { type Evaluation, evaluate } from './engine.js';
import { processEnvironment } from './environment.js';
import { ConfigInvalidError } from './errors.js';
import { readValueFile } from './file-source.js';
import type { ConfigIssue, ConfigWarning } from './issues.js';
import type { RegisterOptions } from './options.js';
import { envExample } from './pages/env-example.js';
import { jsonSchema } from './pages/json-schema.js';
import { markdown } from './pages/markdown.js';
import { summaryText } from './pages/summary.js';
import { type BuiltInType, isSame, type Registration, registration } from './registration.js';
import type { FieldType, StandardSchema } from './fields/schema-field.js';
import type { OwnTypeOptions, Registered, TypeOptions } from './types.js';

/** What configuration is read from. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Options of a {@link ConfigValidator}. */
export interface ConfigValidatorOptions {
  /** What it is called in errors, such as that of keys registered twice. @defaultValue `'ConfigValidator'` */
  readonly name?: string;
  /** Where keys are looked up; only read. @defaultValue `process.env`, at each validation */
  readonly env?: Environment;
  /** Whether an empty or blank value counts as not set. @defaultValue `true` */
  readonly emptyAsUnset?: boolean;
  /** What a key ends in that names a file with the value. @defaultValue `'_FILE'` */
  readonly fileSuffix?: string;
  /** Beginning of the application's own keys: one that is set and not registered is an error. @defaultValue none */
  readonly prefix?: string;
  /** Name of the environment, for `defaultIn`. @defaultValue the value of `NODE_ENV` */
  readonly environment?: string;
  /** Whether keys that are missing are no fault, as while an image is built; all else holds. @defaultValue `false` */
  readonly allowMissing?: boolean;
}

/** What {@link ConfigValidator.validate} found. */
export interface ConfigResult<C extends object> {
  /** Whether nothing is wrong. */
  readonly ok: boolean;
  /** The values that are right; all of them when `ok`. Frozen, with the objects and lists that they hold. */
  readonly values: Readonly<Partial<C>>;
  /** Each key, in the order of registration, and what became of it. */
  readonly items: readonly ConfigValue[];
  /** Everything that is wrong. */
  readonly errors: readonly ConfigIssue[];
  /** What deserves attention and stops nothing. */
  readonly warnings: readonly ConfigWarning[];
}

function envOption(): OptionKind<Environment | undefined> {
  return {
    parse(value, path, report) {
      if (value !== undefined && (typeof value !== 'object' || value === null || Array.isArray(value)))
        report(path, 'must be an object of texts, such as process.env');
      return value as Environment | undefined;
    },
  };
}

const OPTIONS = {
  name: text('ConfigValidator'),
  env: envOption(),
  emptyAsUnset: flag(true),
  fileSuffix: text('_FILE'),
  prefix: text(undefined),
  environment: text(undefined),
  allowMissing: flag(false),
};

/**
 * Reads a configuration from environment variables: strictly converted, typed, frozen, with everything that is wrong in one
 * report that shows no character of a secret.
 *
 * @typeParam C - the values; grows with each registration.
 *
 * @example
 * const config = new ConfigValidator()
 *   .register('PORT', 'int', { min: 0, max: 65_535, default: 8_000 })
 *   .register('SESSION_KEY', 'str', { required: true, secret: true, minLength: 32 })
 *   .validateOrThrow();
 * listen(config.PORT);
 */
export class ConfigValidator<C extends object = object> implements Disposable {
  /** What it is called in errors. */
  readonly name: string;
  readonly #options: ReturnType<typeof parse>;
  readonly #registrations = new Map<string, Registration>();
  /** Secrets of the last validation and the one before it, which calls under way may still use. */
  #masked: Disposable[][] = [];

  /** @throws {@link InvalidOptionsError} naming every option that is unknown or impossible. */
  constructor(options: ConfigValidatorOptions = {}) {
    this.#options = parse(options);
    this.name = this.#options.name;
  }

  /**
   * Adds a key.
   *
   * @param key - the environment variable: letters, digits and underscores.
   * @param type - a word, `{ type, parse }`, or a Standard Schema.
   * @returns this validator, with the wider type.
   * @throws {@link InvalidOptionsError} when an option cannot work, or a default breaks the rules of its own key.
   * @throws {@link InvalidArgumentError} for a key or type that is none, and for a key that is registered otherwise.
   */
  register<K extends string, const O extends TypeOptions<'enum'>>(
    key: K,
    type: 'enum',
    options: O,
  ): ConfigValidator<C & Registered<K, 'enum', O>>;
  register<K extends string, T extends Exclude<BuiltInType, 'enum'>>(
    key: K,
    type: T,
  ): ConfigValidator<C & Registered<K, T, object>>;
  register<K extends string, T extends Exclude<BuiltInType, 'enum'>, const O extends TypeOptions<T>>(
    key: K,
    type: T,
    options: O,
  ): ConfigValidator<C & Registered<K, T, O>>;
  register<K extends string, V, const O extends OwnTypeOptions<V> = object>(
    key: K,
    type: FieldType<V> | StandardSchema<V>,
    options?: O,
  ): ConfigValidator<C & Registered<K, FieldType<V>, O>>;
  register(key: string, type: unknown, options?: RegisterOptions): this {
    const made = registration(this.name, key, type, options);
    const known = this.#registrations.get(made.key);
    if (known !== undefined && !isSame(known, made))
      throw new InvalidArgumentError(
        `${this.name}.register: '${made.key}' is registered already, with another type or options`,
      );
    if (known === undefined) this.#registrations.set(made.key, made);
    return this;
  }

  /** Reads everything, and never throws for what is set. Each call reads anew; results of earlier calls stay as they are. */
  validate(): ConfigResult<C> {
    const { values, items, issues, warnings } = this.#read();
    return Object.freeze({
      ok: issues.length === 0,
      values: values as Readonly<Partial<C>>,
      items: Object.freeze(items),
      errors: Object.freeze(issues),
      warnings: Object.freeze(warnings),
    });
  }

  /**
   * The values, all of them right.
   *
   * @throws {@link ConfigInvalidError} with everything that is wrong.
   */
  validateOrThrow(): Readonly<C> {
    const { values, errors } = this.validate();
    if (errors.length > 0) throw new ConfigInvalidError(this.name, errors);
    return values as Readonly<C>;
  }

  /**
   * What became of each key, from reading everything anew.
   *
   * @param format - a table for people, or JSON with `ok`, `items`, `errors` and `warnings`.
   * @throws {@link InvalidArgumentError} when there is no such format.
   */
  summary(format: 'text' | 'json' = 'text'): string {
    if (!['text', 'json'].includes(format))
      throw new InvalidArgumentError(`${this.name}.summary: the format must be 'text' or 'json'`);
    const { ok, items, errors, warnings } = this.validate();
    return format === 'text'
      ? summaryText(this.name, { items, errors, warnings })
      : JSON.stringify({ name: this.name, ok, items, errors, warnings });
  }

  /** An example of an environment file: every key with what it is for, its rules and its default. No default of a secret. */
  toEnvExample(): string {
    return envExample([...this.#registrations.values()]);
  }

  /** The values as JSON Schema, draft 2020-12. Of a secret only its type. */
  toJSONSchema(): Record<string, unknown> {
    return jsonSchema([...this.#registrations.values()]);
  }

  /** A table of all keys in Markdown. No default of a secret. */
  toMarkdown(): string {
    return markdown([...this.#registrations.values()]);
  }

  /** From here on its secrets are no longer masked in what other parts show. For tests; a service keeps its configuration. */
  [Symbol.dispose](): void {
    this.#unmask(0);
  }

  #read(): Evaluation {
    const { env, environment, ...how } = this.#options;
    const snapshot = textsOf(env ?? processEnvironment());
    const found = evaluate([...this.#registrations.values()], {
      ...how,
      env: snapshot,
      environment: environment ?? snapshot['NODE_ENV'],
      readFile: readValueFile,
    });
    this.#mask(found.secrets);
    return found;
  }

  /** From here on no part of Breakwater shows them. */
  #mask(secrets: readonly string[]): void {
    const handles: Disposable[] = [];
    for (const secret of secrets) {
      try {
        handles.push(registerSecret(secret));
      } catch {
        // So many are registered that there is no room; it is hidden by its name all the same.
      }
    }
    this.#masked.push(handles);
    this.#unmask(2);
  }

  #unmask(kept: number): void {
    while (this.#masked.length > kept) for (const handle of this.#masked.shift() ?? []) handle[Symbol.dispose]();
  }
}

function parse(options: ConfigValidatorOptions) {
  return parseOptions('ConfigValidator', OPTIONS, options);
}

/** A copy, so that what is read is of one moment; what is no text is left out. */
function textsOf(env: Environment): Record<string, string> {
  const texts: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const name of Object.keys(env)) {
    const value: unknown = env[name];
    if (typeof value === 'string') texts[name] = value;
  }
  return texts;
}
