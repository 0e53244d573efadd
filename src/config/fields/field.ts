import type { Fault } from '../issues.js';

/** What became of a text. @internal */
export type Read<T> = { readonly value: T } | { readonly fault: Fault };

/**
 * The type of a key: how its text is read, which values are right, and how they are written again.
 * @internal
 */
export interface Field<T = unknown> {
  /** Name of the type, for docs and errors. */
  readonly type: string;
  /** The values it has, as they are written in docs: `a whole number from 1 to 65535`. */
  readonly expects: string;
  /** The same without the rules of a key, where what is said of a text would tell them. */
  readonly form?: string;
  /** The value of a text that is neither empty nor blank; only its form is looked at. */
  read(text: string): Read<T>;
  /** What is wrong with a value, one that was read as well as a default. */
  check(value: unknown): Fault | undefined;
  /** What is wrong with a default, where that takes more than a look at a value that was read. */
  checkDefault?(value: unknown): Fault | undefined;
  /** A value as text that would be read as it. */
  write(value: T): string;
  /** What an empty text is, where it is a value of its own. */
  readonly empty?: T;
  /** Its values as JSON Schema; empty where nothing is known of them. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** A fault. @internal */
export function fault(code: Fault['code'], message: string): Fault {
  return { code, message };
}

/** A value as JSON, if it can be written so. @internal */
export function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
