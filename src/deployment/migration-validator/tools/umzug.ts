import { readFiles } from './files.js';
import { type MigrationTool, namedRows, type TablePlace } from './tool.js';

/** umzug with its storage for sequelize, and sequelize-cli: a file name with its ending. @internal */
export function umzugTool({ table = 'SequelizeMeta', schema }: Partial<TablePlace>): MigrationTool {
  return {
    name: 'umzug',
    place: { table, schema },
    columns: ['name'],
    filled: ['name'],
    order: ['name'],
    rules: { late: 'runs', fileless: 'runs' },
    locks: [],
    disk: (folder) =>
      readFiles(folder, {
        idOf: (file) => (/\.(?:[cm]?[jt]s|sql)$/.test(file) && !/\.d\.[cm]?ts$/.test(file) ? file : undefined),
      }),
    rows: namedRows('name'),
  };
}
