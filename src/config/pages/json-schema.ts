import { jsonOf } from '../fields/field.js';
import type { Registration } from '../registration.js';
import type { Section } from '../sections.js';
import { shownDefault } from './words.js';

/**
 * The values of a configuration as JSON Schema, draft 2020-12: an object, of one for each section where there are some. What
 * is secret has its type and nothing else.
 * @internal
 */
export function jsonSchema(sections: readonly Section[]): Record<string, unknown> {
  const $schema = 'https://json-schema.org/draft/2020-12/schema';
  const [first] = sections;
  if (first !== undefined && first.name === undefined) return { $schema, ...objectOf(first.registrations) };
  const parts = sections.map(({ name = '', registrations }) => [name, objectOf(registrations)] as const);
  return {
    $schema,
    ...closed(
      Object.fromEntries(parts),
      parts.map(([name]) => name),
    ),
  };
}

function objectOf(registrations: readonly Registration[]): Record<string, unknown> {
  return closed(
    Object.fromEntries(registrations.map((one) => [one.key, propertyOf(one)])),
    registrations.filter(({ required }) => required).map(({ key }) => key),
  );
}

function closed(properties: object, required: readonly string[]): Record<string, unknown> {
  return { type: 'object', properties, required, additionalProperties: false };
}

function propertyOf(one: Registration): Record<string, unknown> {
  const { field, describe, defaults, deprecated, hidden } = one;
  const shown = shownDefault(one);
  const shape = hidden ? onlyType(field.json) : field.json;
  return {
    ...shape,
    ...(describe === undefined ? {} : { description: describe }),
    ...(shown === undefined ? {} : { default: shown.isWhole ? jsonValue(defaults.value) : shown.text }),
    ...(deprecated === false ? {} : { deprecated: true }),
    ...(hidden ? { writeOnly: true } : {}),
  };
}

/** What is allowed of a secret says something of it. */
function onlyType({ type }: { readonly type?: unknown }): Record<string, unknown> {
  return type === undefined ? {} : { type };
}

/** What JSON can hold of a value: numbers of any size are texts in it. */
function jsonValue(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return value.map(jsonValue);
  const text = jsonOf(value);
  return text === undefined ? undefined : (JSON.parse(text) as unknown);
}
