import type { RepeatedKey } from './repeated-keys.js';

/** What is wrong, and where. @internal */
export interface Fault {
  readonly fault: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

/** What a file says, or why that cannot be told; never in words of a parser, which quote what they read. @internal */
export type Parsed =
  /** A file of YAML may hold several documents. */
  | { readonly values: readonly unknown[]; readonly repeated?: readonly RepeatedKey[] }
  | Fault
  /** It could not be read: the parser is not there, or is none. */
  | { readonly absent: string; readonly hint: string };

/** What to say of a package that could not be loaded. @internal */
export function notLoaded(name: string, format: string, error: unknown): Parsed {
  const code = (error as { readonly code?: unknown } | null)?.code;
  const missing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
  return {
    absent: `${format} cannot be read, since the package ${name} ${missing ? 'is not installed' : 'does not load'}`,
    hint: `install it (npm install ${name}), or give the file a parse function`,
  };
}

/** A number of a line or a column, if it is one. @internal */
export function position(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) > 0 ? (value as number) : undefined;
}
