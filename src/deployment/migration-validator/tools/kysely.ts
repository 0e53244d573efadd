import { readFiles, withoutExtension } from './files.js';
import { byText, type MigrationTool, namedRows, type TablePlace } from './tool.js';

/** kysely: a file name without its ending. @internal */
export function kyselyTool({ table = 'kysely_migration', schema }: Partial<TablePlace>): MigrationTool {
  return {
    name: 'kysely',
    place: { table, schema },
    columns: ['name', 'timestamp'],
    filled: ['name'],
    order: ['timestamp', 'name'],
    // What is late unless `allowUnorderedMigrations` says otherwise, what has no file in any case.
    rules: { late: 'refuses', fileless: 'refuses' },
    locks: [
      // Its own dialects for PostgreSQL and SQLite make the row and never look at it.
      { kind: 'table', table: (main) => `${main}_lock`, heeded: false },
      // Source: `LOCK_ID` of its PostgreSQL adapter.
      { kind: 'advisory', key: '3853314791062309107' },
    ],
    disk: (folder) =>
      readFiles(folder, {
        idOf: (file) =>
          /\.[cm]?[jt]s$/.test(file) && !/\.d\.[cm]?ts$/.test(file) ? withoutExtension(file) : undefined,
        compare: (a, b) => byText(withoutExtension(a), withoutExtension(b)),
      }),
    rows: namedRows('name'),
  };
}
