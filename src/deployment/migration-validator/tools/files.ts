import type { MigrationFolder } from '../disk.js';
import type { DiskState } from '../entry.js';
import { byText, prefixOf } from './tool.js';

/** How a folder in which each file is a migration is read. @internal */
export interface FileRules {
  /** What the tool knows the file by; nothing when it is no migration. */
  readonly idOf: (file: string) => string | undefined;
  /** The order in which the tool runs them. @defaultValue by code units of the file name */
  readonly compare?: (a: string, b: string) => number;
  /** What the table may say of the contents. */
  readonly checksums?: (content: Uint8Array) => readonly string[];
}

/** Reads a folder in which each file is a migration. @internal */
export async function readFiles(folder: MigrationFolder, rules: FileRules): Promise<DiskState> {
  const migrations = [];
  for (const file of (await folder.files()).sort(rules.compare ?? byText)) {
    const id = rules.idOf(file);
    if (id === undefined) continue;
    const prefix = prefixOf(file);
    const content = rules.checksums === undefined ? undefined : await folder.bytes(file);
    migrations.push({
      id,
      file,
      ...(prefix === undefined ? {} : { prefix }),
      ...(content === undefined ? {} : { checksums: rules.checksums?.(content) ?? [] }),
    });
  }
  return { migrations, problems: [] };
}

/** The ending of a file name with its dot, as `path.extname` has it. @internal */
export function extensionOf(file: string): string {
  const dot = file.lastIndexOf('.');
  return dot <= 0 ? '' : file.slice(dot);
}

/** A file name without its ending. @internal */
export function withoutExtension(file: string): string {
  return file.slice(0, file.length - extensionOf(file).length);
}
