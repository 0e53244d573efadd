import { InvalidArgumentError } from '../../core/errors.js';
import { describe } from '../../core/options.js';
import { redactName } from '../../core/redaction.js';
import { nearest } from '../../core/spelling.js';

/** Complains when a value does not have it. @internal */
export type Shape = (value: unknown, path: string) => void;

/** Complains without printing what stands there. @internal */
export function wrong(path: string, expected: string, value: unknown): never {
  throw new InvalidArgumentError(`the expected schema: ${path} must be ${expected}, got ${describe(value)}`);
}

/** @internal */
export const isText: Shape = (value, path) => {
  if (typeof value !== 'string') wrong(path, 'a text', value);
};

/** @internal */
export const isFlag: Shape = (value, path) => {
  if (typeof value !== 'boolean') wrong(path, 'true or false', value);
};

/** @internal */
export function isOne(...words: readonly (string | number | boolean)[]): Shape {
  return (value, path) => {
    if (!words.includes(value as string)) wrong(path, words.map((word) => JSON.stringify(word)).join(' or '), value);
  };
}

/** @internal */
export function orNull(shape: Shape): Shape {
  return (value, path) => {
    if (value !== null) shape(value, path);
  };
}

/** @internal */
export function listOf(shape: Shape, atLeast = 0): Shape {
  return (value, path) => {
    if (!Array.isArray(value)) wrong(path, 'a list', value);
    if (value.length < atLeast) wrong(path, 'a list that is not empty', value);
    for (const [i, item] of value.entries()) shape(item, `${path}[${String(i)}]`);
  };
}

/** A plain object of JSON. @internal */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object by name, each of one shape. @internal */
export function recordOf(shape: Shape): Shape {
  return (value, path) => {
    if (!isObject(value)) wrong(path, 'an object', value);
    for (const [key, item] of Object.entries(value)) shape(item, `${path}${step(key)}`);
  };
}

/** An object with exactly these fields, of which the second may be left out. @internal */
export function fields(needed: Readonly<Record<string, Shape>>, optional: Readonly<Record<string, Shape>> = {}): Shape {
  const names = [...Object.keys(needed), ...Object.keys(optional)];
  return (value, path) => {
    if (!isObject(value)) wrong(path, 'an object', value);
    for (const key of Object.keys(value)) {
      if (names.includes(key) || value[key] === undefined) continue;
      const meant = nearest(key, names);
      const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
      throw new InvalidArgumentError(`the expected schema: ${path}${step(key)} is not known${hint}`);
    }
    for (const [name, shape] of Object.entries(needed)) shape(value[name], `${path}.${name}`);
    for (const [name, shape] of Object.entries(optional))
      if (value[name] !== undefined) shape(value[name], `${path}.${name}`);
  };
}

function step(key: string): string {
  return /^[\w$]+$/.test(key) ? `.${redactName(key, 64)}` : `[${JSON.stringify(redactName(key, 64))}]`;
}
