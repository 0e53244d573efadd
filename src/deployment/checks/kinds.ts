import type { StandardSchema } from '../../config/index.js';
import { describe, hasMethod, type OptionKind, type ReportIssue } from '../../core/options.js';
import { redactName } from '../../core/redaction.js';

/** A path: never shown where it is wrong. @internal */
export function pathOption(): OptionKind<string> {
  return {
    parse(value, path, report) {
      if (typeof value === 'string' && value !== '' && value.length <= 4_096 && !value.includes('\0')) return value;
      const text = typeof value === 'string' ? 'one that is empty, too long or has a zero byte' : describe(value);
      const got = isUrl(value) ? 'a URL: hand in what fileURLToPath() of node:url makes of it' : text;
      report(path, `must be the path of a file or folder, got ${got}`);
      return '';
    },
  };
}

/** Whether it is a URL of whatever realm. @internal */
export function isUrl(value: unknown): boolean {
  return Object.prototype.toString.call(value) === '[object URL]';
}

/** What may be left out. @internal */
export function optional<T>(kind: OptionKind<T>): OptionKind<T | undefined> {
  return { parse: (value, path, report) => (value === undefined ? undefined : kind.parse(value, path, report)) };
}

/** @internal */
export function schemaOption(): OptionKind<StandardSchema> {
  return {
    parse(value, path, report) {
      const standard = isObject(value) ? value['~standard'] : undefined;
      if (!isObject(standard) || typeof standard['validate'] !== 'function')
        report(path, `must be a Standard Schema, got ${describe(value)}`);
      return value as StandardSchema;
    },
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return (typeof value === 'object' || typeof value === 'function') && value !== null;
}

/** Items of a list, each with the path that it is complained of by. @internal */
export function listOption<T>(
  what: string,
  item: (value: unknown, path: string, report: ReportIssue) => T,
  atLeast = 1,
): OptionKind<readonly T[]> {
  return {
    parse(value, path, report) {
      if (value === undefined && atLeast === 0) return [];
      if (!Array.isArray(value) || value.length < atLeast) {
        const got = Array.isArray(value) ? 'none' : describe(value);
        report(path, `must be a list of ${atLeast === 0 ? '' : 'at least one of '}${what}, got ${got}`);
        return [];
      }
      return (value as unknown[]).map((one, i) => item(one, `${path}[${String(i)}]`, report));
    },
  };
}

/** A variable's name as everything takes it that sets one. */
const VARIABLE = /^[^\s=\p{C}]{1,200}$/u;

/** Names of variables, or a configuration that knows them. @internal */
export function variablesOption<T>(
  defaults: readonly string[],
  what = 'a list of names or a ConfigValidator',
): OptionKind<readonly string[] | T> {
  return {
    parse(value, path, report) {
      if (value === undefined) return defaults;
      if (!Array.isArray(value)) {
        if (!hasMethod(value, 'validate')) report(path, `must be ${what}, got ${describe(value)}`);
        return value as T;
      }
      const names = value as readonly unknown[];
      if (names.length === 0) report(path, 'must name at least one variable');
      for (const [i, name] of names.entries()) {
        const place = `${path}[${String(i)}]`;
        if (typeof name !== 'string' || !VARIABLE.test(name))
          report(place, `must be the name of a variable, got ${describe(name)}`);
        else if (names.indexOf(name) !== i) report(place, `names ${redactName(name, 64)} again`);
      }
      return names as readonly string[];
    },
  };
}

/** Where variables are looked up, or nothing. @internal */
export function environmentOption(): OptionKind<Readonly<Record<string, string | undefined>> | undefined> {
  return {
    parse(value, path, report) {
      if (value === undefined) return undefined;
      // A list or a Map has no names of its own, and would be taken for an environment in which nothing is set.
      const isObject = typeof value === 'object' && value !== null && !(Symbol.iterator in value);
      if (!isObject) report(path, `must be an object of names and texts, got ${describe(value)}`);
      else if (Object.values(value).some((one) => one !== undefined && typeof one !== 'string'))
        report(path, 'must hold nothing but texts');
      return value as Readonly<Record<string, string | undefined>>;
    },
  };
}
