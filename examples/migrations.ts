import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** In the place of a service's own pool and folder. */
const dir = await mkdtemp(join(tmpdir(), 'breakwater-example-'));
await writeFile(join(dir, '20240101000000_users.js'), 'exports.up = (knex) => knex.schema.createTable("users");');
const pool = {
  query: (sql: string): Promise<unknown> => {
    const answer = (rows: unknown) => Promise.resolve({ rows: [{ breakwater: `breakwater:${JSON.stringify(rows)}` }] });
    if (!sql.includes('pg_class')) return answer([]);
    return answer(['id', 'name', 'batch'].map((column) => ['public', 'knex_migrations', column, '1', 'table']));
  },
};

// #region basic
import { MigrationValidator } from 'breakwater/deployment';

/** `pool` is your own, such as that of pg; `dir` the folder that the build ships. */
async function isMigrated(pool: { query(sql: string): Promise<unknown> }, dir: string): Promise<boolean> {
  const migrations = new MigrationValidator({
    tool: 'knex',
    dir,
    dialect: 'postgresql',
    query: (sql) => pool.query(sql),
  });
  const report = await migrations.validate();
  console.log(report.status, report.message);
  for (const { id, message, hint } of report.findings) console.log(id, message, hint);
  return report.status !== 'FAIL';
}
// #endregion basic

// #region custom
import type { CustomMigrationTool } from 'breakwater/deployment';

const tool: CustomMigrationTool = { table: 'schema_migrations', column: 'version', files: /^(\d+)_.*\.sql$/ };
// #endregion custom

console.log(await isMigrated(pool, dir));
const query = (sql: string): Promise<unknown> => pool.query(sql);
console.log((await new MigrationValidator({ tool, dir, dialect: 'postgresql', query }).validate()).status);
await rm(dir, { recursive: true });
