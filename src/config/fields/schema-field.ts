import { isThenable, quiet } from '../../core/thenable.js';
import { fault, type Field, jsonOf, type Read } from './field.js';

/** A type of one's own: what a text is, and how a value is written again. */
export interface FieldType<T> {
  /** Name of the type, for docs. */
  readonly type: string;
  /** The value of a text. What it throws is never shown: it may hold the text. */
  parse(text: string): T;
  /** A value as text, for examples and docs. @defaultValue `String` */
  format?(value: T): string;
}

/**
 * A schema of any library that follows Standard Schema, such as zod, valibot or arktype; it gets the text.
 * Source: https://standardschema.dev, version 1.
 */
export interface StandardSchema<T = unknown> {
  /** What the standard asks for. */
  readonly '~standard': {
    /** Of the standard. */
    readonly version: 1;
    /** The library. */
    readonly vendor: string;
    /** The value, or what is wrong; at once. */
    readonly validate: (value: unknown) => StandardResult<T> | PromiseLike<StandardResult<T>>;
    /** For the compiler alone. */
    readonly types?: { readonly input: unknown; readonly output: T } | undefined;
  };
}

/** What a Standard Schema answers. */
export type StandardResult<T> =
  | { readonly value: T; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string; readonly path?: readonly unknown[] | undefined }[] };

/** @internal */
export function isStandardSchema(type: unknown): type is StandardSchema {
  // Some are functions.
  if ((typeof type !== 'object' && typeof type !== 'function') || type === null) return false;
  const standard = (type as Partial<StandardSchema>)['~standard'];
  return typeof standard === 'object' && typeof standard.validate === 'function';
}

/** @internal */
export function ownField<T>(own: FieldType<T>): Field<T> {
  const { type } = own;
  return {
    type,
    expects: `a value of type ${type}`,
    json: {},
    read(text): Read<T> {
      const wrong = { fault: fault('invalid', `is no ${type}`) };
      try {
        const value: unknown = own.parse(text);
        if (!isThenable(value)) return { value: value as T };
        quiet(value);
        return wrong;
      } catch {
        // What was thrown may quote the text, in its stack and its cause as well.
        return wrong;
      }
    },
    check: () => undefined,
    // Only how it is written can be read.
    checkDefault(value) {
      const read =
        typeof value === 'string' || own.format !== undefined ? this.read(this.write(value as T)) : undefined;
      return read !== undefined && 'fault' in read ? read.fault : undefined;
    },
    write(value) {
      try {
        return own.format?.(value) ?? String(value);
      } catch {
        // As above.
        return '';
      }
    },
  };
}

/** @internal */
export function schemaField(schema: StandardSchema): Field {
  const { vendor } = schema['~standard'];
  return {
    type: 'schema',
    expects: `a value that its ${vendor} schema accepts`,
    json: {},
    read: (text) => validated(schema, text),
    check: () => undefined,
    // A text may be what the schema accepts; what it makes of texts is nothing that it accepts itself.
    checkDefault(value) {
      const read = typeof value === 'string' ? validated(schema, value) : undefined;
      return read !== undefined && 'fault' in read ? read.fault : undefined;
    },
    write: (value) => (typeof value === 'string' ? value : (jsonOf(value) ?? '')),
  };
}

/** Its own reasons are not looked at: they may quote the text. */
function validated(schema: StandardSchema, text: string): Read<unknown> {
  try {
    const result: unknown = schema['~standard'].validate(text);
    if (isThenable(result)) {
      quiet(result);
      return {
        fault: fault(
          'invalid',
          'is not what its schema accepts, or its schema answers later, while configuration is read at once',
        ),
      };
    }
    const { issues, value } = result as { readonly issues?: unknown; readonly value?: unknown };
    if (issues === undefined && !isThenable(value)) return { value };
    quiet(value);
  } catch {
    // As above.
  }
  return { fault: fault('invalid', 'is not what its schema accepts') };
}
