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
    return answer(['id', 'name', 'batch'].map((column) => ['public', 'knex_migrations', column, '1']));
  },
};

// #region basic
import { MigrationValidator } from 'breakwater/deployment';

const migrations = new MigrationValidator({
  tool: 'knex',
  dir,
  dialect: 'postgresql',
  query: (sql) => pool.query(sql),
});

const report = await migrations.validate();
console.log(report.status, report.message);
for (const { id, message, hint } of report.findings) console.log(id, message, hint);
// #endregion basic

// #region custom
const others = new MigrationValidator({
  tool: { table: 'schema_migrations', column: 'version', files: /^(\d+)_.*\.sql$/ },
  dir,
  dialect: 'postgresql',
  query: (sql) => pool.query(sql),
});
// #endregion custom

console.log((await others.validate()).status);
await rm(dir, { recursive: true });
