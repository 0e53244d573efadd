import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** In the place of a service's own pool: a database with one table, in which the e-mail address may be null. */
const answer = JSON.stringify(
  [
    { kind: 'table', data: { id: '1', schema: 'public', name: 'users', kind: 'r', definition: null } },
    ...['id', 'email'].map((name, n) => ({
      kind: 'column',
      data: { table: '1', n, name, type: ['bigint', 'text'][n], nullable: n === 1, generated: '', identity: '' },
    })),
    { kind: 'schema', data: { name: 'public' } },
    { kind: 'constraint', data: { table: '1', type: 'p', name: 'users_pkey', columns: ['id'] } },
  ].map(({ kind, data }) => [kind, JSON.stringify(data)]),
);
const pool = { query: (_sql: string) => Promise.resolve({ rows: [{ breakwater: `breakwater:${answer}` }] }) };
const signal = new AbortController().signal;
const file = path.join(await mkdtemp(path.join(tmpdir(), 'breakwater-example-')), 'schema.json');

// #region basic
import { type DeploymentCheck, schemaCheck, type TableMap } from 'breakwater/deployment';

const expected: TableMap = {
  users: {
    columns: { id: 'bigint', email: { type: 'text', nullable: false } },
    primaryKey: ['id'],
    unique: [['email']],
  },
};

/** One of the `checks` of a `DeploymentChecker`. `pool` is your own, such as that of pg. */
function usersCheck(pool: { query(sql: string): Promise<unknown> }): DeploymentCheck {
  return schemaCheck({ query: (sql) => pool.query(sql), dialect: 'postgresql', expected });
}
// #endregion basic

console.log(await usersCheck(pool).run({ signal, profile: 'production' }));

// #region snapshot
import { type DatabaseQuery, diffSchemas, parseExpectedSchema, recordSchema } from 'breakwater/deployment';
import { readFile, writeFile } from 'node:fs/promises';

/** Where all migrations have just run, such as on a scratch database in CI. */
async function keep(query: DatabaseQuery, file: string): Promise<void> {
  const snapshot = await recordSchema({ query, dialect: 'postgresql', schemas: ['public'] });
  await writeFile(file, JSON.stringify(snapshot, null, 2));
}

/** Later, on another database. */
async function compare(query: DatabaseQuery, file: string): Promise<void> {
  const recorded = parseExpectedSchema(JSON.parse(await readFile(file, 'utf8')), 'postgresql');
  const actual = await recordSchema({ query, dialect: 'postgresql', schemas: ['public'] });
  for (const { status, place, message } of diffSchemas(recorded, actual)) console.log(status, place, message);
}
// #endregion snapshot

const query: DatabaseQuery = (sql) => pool.query(sql);
await keep(query, file);
await compare(query, file);
await rm(path.dirname(file), { recursive: true });
