import { digest, FolderError } from '../disk.js';
import type { CustomMigrationTool } from '../custom-tool.js';
import { readFiles } from './files.js';
import { byText, type MigrationTool } from './tool.js';

/** Any tool with a table that has a row for each migration, and a folder that has a file for each. @internal */
export function customTool(tool: CustomMigrationTool): MigrationTool {
  const { table, schema, column, files, order = byText, strictOrder = false, orderBy, checksum } = tool;
  const identify = identifier(files);
  // Without a checksum nobody knows whether the file was edited.
  const filled = [column, ...(checksum === undefined ? [] : [checksum.column])];
  return {
    name: 'custom',
    place: { table, schema },
    columns: [...filled, ...(orderBy === undefined ? [] : [orderBy])],
    filled,
    order: [orderBy ?? column],
    rules: {
      late: strictOrder ? 'refuses' : 'runs',
      fileless: strictOrder ? 'refuses' : 'runs',
      compare: (a, b) => compared(order, a, b),
    },
    locks: [],
    disk: async (folder) => {
      const { migrations, problems } = await readFiles(folder, {
        idOf: identify,
        ...(checksum === undefined
          ? {}
          : { checksums: (content) => [digest(checksum.algorithm ?? 'sha256', content)] }),
      });
      // What else is in the folder was left out on purpose, as what undoes migrations often is.
      return { migrations: [...migrations].sort((a, b) => compared(order, a.id, b.id)), problems, ignored: [] };
    },
    rows: (rows) =>
      rows.map((row) => ({
        id: row[column] ?? '',
        state: 'applied',
        checksum: checksum === undefined ? undefined : (row[checksum.column] ?? undefined),
      })),
  };
}

/** Characters of a file name that are still held against an expression. */
const LONGEST_NAME = 120;

function identifier(files: CustomMigrationTool['files']): (file: string) => string | undefined {
  if (typeof files !== 'function') {
    // Without the flags that make an expression remember where it was.
    const pattern = new RegExp(files.source, files.flags.replace(/[gy]/g, ''));
    return (file) => {
      // An expression that goes back and forth takes the longer the longer the name is, and nothing can stop it.
      if (file.length > LONGEST_NAME)
        throw new FolderError(`a file has a name of more than ${String(LONGEST_NAME)} characters`);
      const found = pattern.exec(file);
      return found === null ? undefined : (found[1] ?? file);
    };
  }
  return (file) => {
    const id: unknown = files(file);
    if (id === undefined || typeof id === 'string') return id;
    throw new FolderError('tool.files must answer a text or nothing');
  };
}

function compared(order: (a: string, b: string) => number, a: string, b: string): number {
  const answer: unknown = order(a, b);
  if (typeof answer === 'number' && !Number.isNaN(answer)) return answer;
  throw new FolderError('tool.order must answer a number');
}
