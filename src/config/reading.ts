import type { ConfigOrigin, ConfigStatus } from './config-value.js';
import type { FileText } from './file-source.js';
import type { Fault } from './issues.js';

/** What a configuration is read from, and how. @internal */
export interface Reading {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readFile: (path: string) => FileText;
  /** From here on these are masked: other values, which are shown, may hold them. */
  readonly conceal: (secrets: readonly string[]) => void;
  readonly emptyAsUnset: boolean;
  readonly fileSuffix: string;
  /** Keys that begin with it are the application's: one that nobody registered is an error. */
  readonly prefix: string | undefined;
  /** Name of the environment, by which `defaultIn` is chosen. */
  readonly environment: string | undefined;
  /** Whether what is missing is none of the faults, as while an image is built. */
  readonly allowMissing: boolean;
}

/** What became of a key. @internal */
export interface Outcome {
  readonly status: ConfigStatus;
  readonly value?: unknown;
  readonly origin?: ConfigOrigin | undefined;
  readonly faults: readonly Fault[];
  /** The name that is set in its place, as its faults tell. */
  readonly stray?: string | undefined;
  /** The text that it was read from, or would be. */
  readonly text?: string | undefined;
}
