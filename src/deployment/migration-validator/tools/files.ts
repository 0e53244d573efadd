import type { MigrationFolder } from '../disk.js';
import type { DiskProblem, DiskState } from '../entry.js';
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

/** What usually lies beside migrations and is none. */
const COMPANION = /^\.|^readme\b|\.d\.[cm]?ts$|\.map$|^(?:package\.json|meta\/|down\/)$/i;

/**
 * The entries of a folder that are neither known to the tool nor usual beside migrations; a folder has a slash behind its name.
 * @internal
 */
export async function ignoredIn(folder: MigrationFolder, isKnown: (entry: string) => boolean): Promise<string[]> {
  const files = await folder.files();
  const links = new Set(files);
  const folders = (await folder.folders()).filter((name) => !links.has(name)).map((name) => `${name}/`);
  return [...files, ...folders].filter((entry) => !isKnown(entry) && !COMPANION.test(entry));
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
  const known = new Set(migrations.map(({ file }) => file));
  return { migrations, problems: [], ignored: await ignoredIn(folder, (entry) => known.has(entry)) };
}

/** That a text has lines in which git leaves both sides of a conflict, if so. @internal */
export function conflictIn(text: string, file: string): DiskProblem | undefined {
  if (!/^(?:<{7}|>{7})(?: |\r?$)/m.test(text)) return undefined;
  const hint =
    'resolve it; where both sides have made migrations, generate those of one again, so that they come later';
  return { kind: 'journal', message: `'${file}' has the marks of a merge conflict`, hint, file };
}

/** That the migrations are for something else than the database. @internal */
export function forAnother(what: string, file: string): DiskProblem {
  const hint = "see that 'dir' is the folder for this database, and 'dialect' its kind";
  return { kind: 'journal', message: `the migrations are for '${what}', which this database is not`, hint, file };
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
