import { systemClock } from '../core/clock.js';
import { InvalidArgumentError } from '../core/errors.js';
import { flag, type OptionKind, parseOptions, text } from '../core/options.js';
import { type ListenerErrorHandler, onListenerErrorOption, Reporter } from '../core/reporter.js';
import type { ConfigValue } from './config-value.js';
import { type DocsCheck, docsCheck, writeDocsTo } from './docs-files.js';
import { type Evaluation, evaluate } from './engine.js';
import { processEnvironment } from './environment.js';
import { ConfigInvalidError } from './errors.js';
import type { StandardResult } from './fields/schema-field.js';
import { readValueFile } from './file-source.js';
import { type ConfigIssue, type ConfigWarning, toldTogether } from './issues.js';
import { Masks } from './masks.js';
import { envExample } from './pages/env-example.js';
import { jsonSchema } from './pages/json-schema.js';
import { markdown } from './pages/markdown.js';
import { summaryText, type Terminal } from './pages/summary.js';
import { type Section, shaped, withoutRepeats } from './sections.js';

/** What configuration is read from. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** How a configuration is read. */
export interface ConfigOptions {
  /** What it is called in errors and summaries. @defaultValue what it is, such as `'ConfigValidator'` or `'APIConfig'` */
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
  /**
   * Told of what deserves attention when `validateOrThrow` finds it: one `BreakwaterWarning`, once.
   * @defaultValue a process warning
   */
  readonly onListenerError?: ListenerErrorHandler;
}

/** What {@link Configuration.validate} found. */
export type ConfigResult<C extends object, P extends object = Partial<C>> = {
  /** Each key, in the order of registration, and what became of it. */
  readonly items: readonly ConfigValue[];
  /** Everything that is wrong. */
  readonly errors: readonly ConfigIssue[];
  /** What deserves attention and stops nothing. */
  readonly warnings: readonly ConfigWarning[];
} & (
  | {
      /** Nothing is wrong. */
      readonly ok: true;
      /** The values. Frozen, with the objects and lists that they hold. */
      readonly values: Readonly<C>;
    }
  | {
      /** Something is wrong. */
      readonly ok: false;
      /** The values that are right. */
      readonly values: Readonly<P>;
    }
);

/** A configuration as a Standard Schema: what is read from is the input, the values are the output. */
export interface ConfigSchema<C extends object> {
  /** Of the standard. */
  readonly version: 1;
  /** `'breakwater'`. */
  readonly vendor: 'breakwater';
  /** The values of an environment, or what is wrong with it. */
  readonly validate: (value: unknown) => StandardResult<Readonly<C>>;
  /** For the compiler alone. */
  readonly types?: { readonly input: Environment; readonly output: Readonly<C> } | undefined;
}

function envOption(): OptionKind<Environment | undefined> {
  return {
    parse(value, path, report) {
      if (value !== undefined && !isRecord(value)) report(path, 'must be an object of texts, such as process.env');
      return value as Environment | undefined;
    },
  };
}

const OPTIONS = {
  name: text(undefined),
  env: envOption(),
  emptyAsUnset: flag(true),
  fileSuffix: text('_FILE'),
  prefix: text(undefined),
  environment: text(undefined),
  allowMissing: flag(false),
  onListenerError: onListenerErrorOption(),
};

/** What one reading found, with what no output shows. @internal */
export interface ConfigReading<C extends object, P extends object = Partial<C>> {
  readonly result: ConfigResult<C, P>;
  readonly found: Evaluation;
  /** The files that were read, or that could not be. */
  readonly files: readonly string[];
}

/** Its keys, for those who put configurations together. @internal */
export const SECTIONS = /* @__PURE__ */ Symbol('sections');
/** The options it was given besides its name, for those who would read it in another way. @internal */
export const GIVEN = /* @__PURE__ */ Symbol('given');
/** Reads it, for those who keep what was read. @internal */
export const READ = /* @__PURE__ */ Symbol('read');

/**
 * What {@link ConfigValidator} and {@link ApplicationConfig} have in common: keys that are read and shown.
 *
 * @typeParam C - the values.
 * @typeParam P - those of them that are right, when something is wrong.
 */
export abstract class Configuration<C extends object, P extends object = Partial<C>> implements Disposable {
  /** What it is called in errors and summaries. */
  readonly name: string;
  readonly #options: Omit<ReturnType<typeof parse>, 'name' | 'onListenerError'>;
  readonly #reporter: Reporter;
  readonly #masks = new Masks();
  /** @internal */
  readonly [GIVEN]: readonly string[];

  /** @internal */
  protected constructor(kind: string, options: ConfigOptions | undefined) {
    const { name = kind, onListenerError, ...how } = parse(kind, options);
    this.name = name;
    this.#reporter = new Reporter(name, systemClock, onListenerError);
    this.#options = how;
    this[GIVEN] = Object.entries(options ?? {}).flatMap(([key, value]) =>
      key === 'name' || value === undefined ? [] : [key],
    );
  }

  /** @internal */
  abstract [SECTIONS](): readonly Section[];

  /** Reads everything, and never throws for what is set. Each call reads anew; results of earlier calls stay as they are. */
  validate(): ConfigResult<C, P> {
    return this[READ]().result;
  }

  /**
   * The values, all of them right. What only deserves attention, such as a name that looks like a key, is a process warning.
   *
   * @throws {@link ConfigInvalidError} with everything that is wrong.
   */
  validateOrThrow(): Readonly<C> {
    const { ok, values, errors, warnings } = this.validate();
    if (warnings.length > 0) this.#reporter.warn('BREAKWATER_W_CONFIG', toldTogether(warnings));
    if (!ok) throw new ConfigInvalidError(this.name, errors);
    return values;
  }

  /**
   * What became of each key, from reading everything anew.
   *
   * @param format - a table for people, or JSON with `name`, `ok`, `items`, `errors` and `warnings`.
   * @param terminal - where the table will be printed, such as `process.stdout`: it has colours where that shows them.
   * @throws {@link InvalidArgumentError} when there is no such format.
   */
  summary(format: 'text' | 'json' = 'text', terminal?: Terminal): string {
    if (!['text', 'json'].includes(format))
      throw new InvalidArgumentError(`${this.name}.summary: the format must be 'text' or 'json'`);
    const result = this.validate();
    if (format === 'text') return summaryText(this.name, result, terminal);
    const { ok, items, errors, warnings } = result;
    return JSON.stringify({ name: this.name, ok, items, errors, warnings });
  }

  /** An example of an environment file: every key with what it is for, its rules and its default. No default of a secret. */
  toEnvExample(): string {
    return envExample(withoutRepeats(this[SECTIONS]()));
  }

  /** The values as JSON Schema, draft 2020-12. Of a secret only its type. */
  toJSONSchema(): Record<string, unknown> {
    return jsonSchema(this[SECTIONS]());
  }

  /** A table of all keys in Markdown. No default of a secret. */
  toMarkdown(): string {
    return markdown(withoutRepeats(this[SECTIONS]()));
  }

  /**
   * Writes `.env.example`, `config.schema.json` and `config.md` into a folder, which is made if it does not exist.
   *
   * @returns the paths.
   * @throws {@link InvalidArgumentError} when `dir` is no text; what the file system throws.
   */
  writeDocs(dir: string): readonly string[] {
    return writeDocsTo(this, dir);
  }

  /**
   * Whether the pages in a folder, as `writeDocs` made them, still say what is registered. How a formatter laid them out,
   * and how their lines end, makes no difference. For a test, or before a release.
   *
   * @throws {@link InvalidArgumentError} when `dir` is no text; what the file system throws, but for files that are missing.
   */
  checkDocs(dir: string): DocsCheck {
    return docsCheck(this, dir);
  }

  /** This configuration as a Standard Schema, for what takes one: an object such as `process.env` is its input. */
  get '~standard'(): ConfigSchema<C> {
    return {
      version: 1,
      vendor: 'breakwater',
      validate: (value) => {
        if (!isRecord(value)) return { issues: [{ message: 'must be an object of texts, such as process.env' }] };
        const { ok, values, errors } = this[READ](value as Environment).result;
        if (ok) return { value: values };
        return { issues: errors.map(({ key, message }) => ({ message: `${key} ${message}`, path: [key] })) };
      },
    };
  }

  /** From here on its secrets are no longer masked in what other parts show. For tests; a service keeps its configuration. */
  [Symbol.dispose](): void {
    this.#masks[Symbol.dispose]();
  }

  /** @internal */
  [READ](given?: Environment, masks = this.#masks): ConfigReading<C, P> {
    const { env, environment, ...how } = this.#options;
    const snapshot = textsOf(given ?? env ?? processEnvironment());
    const sections = this[SECTIONS]();
    const files = new Set<string>();
    const found = evaluate(withoutRepeats(sections), {
      ...how,
      env: snapshot,
      environment: environment ?? snapshot['NODE_ENV'],
      readFile(path) {
        files.add(path);
        return readValueFile(path);
      },
      conceal: (secrets) => {
        masks.add(secrets);
      },
    });
    const { values, items, issues, warnings } = found;
    const result = Object.freeze({
      ok: issues.length === 0,
      values: shaped(values, sections),
      items: Object.freeze(items),
      errors: Object.freeze(issues),
      warnings: Object.freeze(warnings),
    });
    return { result: result as ConfigResult<C, P>, found, files: [...files] };
  }
}

function parse(kind: string, options: ConfigOptions | undefined) {
  const name: unknown = options?.name;
  return parseOptions(typeof name === 'string' ? name : kind, OPTIONS, options);
}

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A copy, so that what is read is of one moment; what is no text is left out. */
function textsOf(env: Environment): Record<string, string> {
  const texts: Record<string, string> = Object.create(null) as Record<string, string>;
  try {
    for (const name of Object.keys(env)) {
      const value = readableText(env, name);
      if (value !== undefined) texts[name] = value;
    }
  } catch {
    // An object that does not tell its names has none.
  }
  return texts;
}

function readableText(env: Environment, name: string): string | undefined {
  try {
    const value: unknown = env[name];
    return typeof value === 'string' ? value : undefined;
  } catch {
    // What it throws may hold a value.
    return undefined;
  }
}
