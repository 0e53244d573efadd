import type { ConfigIssueCode } from './issues.js';

/** What became of a key. `MISSING` is wrong only for a key that is required. */
export const ConfigStatus = /* @__PURE__ */ Object.freeze({
  VALID: 'VALID',
  DEFAULTED: 'DEFAULTED',
  MISSING: 'MISSING',
  INVALID: 'INVALID',
});
export type ConfigStatus = (typeof ConfigStatus)[keyof typeof ConfigStatus];

/** Where a value comes from. */
export interface ConfigOrigin {
  /** The environment, a file that it names, or the default. */
  readonly source: 'env' | 'file' | 'default';
  /** The environment variable; of a default the name of the environment that it is for, if it is for one. */
  readonly name?: string | undefined;
  /** The file. */
  readonly path?: string;
}

/** A key, and what became of it. */
export interface ConfigValue {
  /** The environment variable. */
  readonly key: string;
  /** The section of an `ApplicationConfig` that it belongs to, the first if several share it. */
  readonly section?: string;
  /** Its value; absent when there is none, and for secrets and suspicious names. */
  readonly value?: unknown;
  /** Name of its type. */
  readonly type: string;
  /** Whether it always has to be set. */
  readonly required: boolean;
  /** Its default; absent as `value` is. */
  readonly default?: unknown;
  /** What became of it. */
  readonly status: ConfigStatus;
  /** What is wrong with it. */
  readonly errors: readonly { readonly code: ConfigIssueCode; readonly message: string }[];
  /** Where its value comes from. */
  readonly origin?: ConfigOrigin;
}
