/** A configuration, known by what it can do: the user's copy of the package may be another one than ours. */
export interface ReadableConfig {
  /** Reads everything. */
  validate(): { readonly ok: boolean };
  /** What became of each key; in colours only when `terminal` has them. */
  summary(format: 'text' | 'json', terminal?: { hasColors?(): boolean }): string;
  /** An example of an environment file. */
  toEnvExample(): string;
  /** A table of all keys. */
  toMarkdown(): string;
  /** The values as JSON Schema. */
  toJSONSchema(): object;
  /** Writes the pages into a folder and gives their paths. */
  writeDocs?(dir: string): readonly string[];
  /** Whether the pages in a folder are those that would be written. */
  checkDocs?(dir: string): {
    readonly ok: boolean;
    readonly files: readonly { readonly path: string; readonly status: 'CURRENT' | 'STALE' | 'MISSING' }[];
  };
}

const METHODS = ['validate', 'summary', 'toEnvExample', 'toMarkdown', 'toJSONSchema'];

/** Whether it is one. */
export function isReadableConfig(value: unknown): value is ReadableConfig {
  return METHODS.every((method) => typeof property(value, method) === 'function');
}

/** The property of whatever it is. */
export function property(value: unknown, name: string): unknown {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}
