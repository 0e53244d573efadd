import { readFiles } from './files.js';
import { type MigrationTool, namedRows, type TablePlace } from './tool.js';

/** What umzug is told to run is up to its `glob`: what it can run by itself. Of sequelize-cli, source: the `pattern` of its `getMigrator`. */
const FILES = {
  umzug: /^(?!.*\.d\.[cm]?ts$).*\.(?:[cm]?[jt]s|sql)$/,
  sequelize: /^(?!.*\.d\.ts$).*\.(?:cjs|js|cts|ts)$/,
};

/** umzug with its storage for sequelize, and sequelize-cli: a file name with its ending. @internal */
export function umzugTool(
  name: 'umzug' | 'sequelize',
  { table = 'SequelizeMeta', schema }: Partial<TablePlace>,
): MigrationTool {
  return {
    name,
    place: { table, schema },
    columns: ['name'],
    filled: ['name'],
    order: ['name'],
    rules: { late: 'runs', fileless: 'runs' },
    locks: [],
    disk: (folder) =>
      readFiles(folder, {
        idOf: (file) => (FILES[name].test(file) ? file : undefined),
      }),
    rows: namedRows('name'),
  };
}
