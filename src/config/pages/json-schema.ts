import { redactValue } from '../../core/redaction.js';
import type { Registration } from '../registration.js';

/** The values of a configuration as JSON Schema, draft 2020-12. What is secret has its type and nothing else. @internal */
export function jsonSchema(registrations: readonly Registration[]): Record<string, unknown> {
  const properties = Object.fromEntries(registrations.map((one) => [one.key, propertyOf(one)]));
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties,
    required: registrations.filter(({ required }) => required).map(({ key }) => key),
    additionalProperties: false,
  };
}

function propertyOf({ field, describe, defaults, deprecated, hidden }: Registration): Record<string, unknown> {
  const shape = hidden ? onlyType(field.json) : field.json;
  return {
    ...shape,
    ...(describe === undefined ? {} : { description: describe }),
    ...(hidden || defaults.value === undefined ? {} : { default: redactValue(defaults.value) }),
    ...(deprecated === false ? {} : { deprecated: true }),
    ...(hidden ? { writeOnly: true } : {}),
  };
}

/** What is allowed of a secret says something of it. */
function onlyType({ type }: { readonly type?: unknown }): Record<string, unknown> {
  return type === undefined ? {} : { type };
}
