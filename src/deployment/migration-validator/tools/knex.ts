import { extensionOf, readFiles } from './files.js';
import { type MigrationTool, namedRows, type ToldPlace } from './tool.js';

/** Source: knex's `DEFAULT_LOAD_EXTENSIONS`. */
const EXTENSIONS = ['.co', '.coffee', '.eg', '.iced', '.js', '.cjs', '.litcoffee', '.ls', '.ts'];

/** knex 3: a file name with its ending, and a table beside that says whether somebody migrates. @internal */
export function knexTool({ table = 'knex_migrations', schema, loadExtensions = EXTENSIONS }: ToldPlace): MigrationTool {
  return {
    name: 'knex',
    place: { table, schema },
    columns: ['id', 'name', 'batch'],
    filled: ['name'],
    order: ['id'],
    // It takes the folder for corrupt, unless `disableMigrationsListValidation` says otherwise.
    rules: { late: 'runs', fileless: 'refuses' },
    locks: [{ kind: 'table', table: (main) => `${main}_lock`, heeded: true }],
    disk: (folder) =>
      readFiles(folder, { idOf: (file) => (loadExtensions.includes(extensionOf(file)) ? file : undefined) }),
    rows: namedRows('name'),
  };
}
