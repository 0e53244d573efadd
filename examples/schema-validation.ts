import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
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
    { kind: 'constraint', data: { table: '1', type: 'p', name: 'users_pkey', columns: ['id'] } },
  ].map(({ kind, data }) => [kind, JSON.stringify(data)]),
);
const pool = { query: (_sql: string) => Promise.resolve({ rows: [{ breakwater: `breakwater:${answer}` }] }) };
const signal = new AbortController().signal;
const file = path.join(await mkdtemp(path.join(tmpdir(), 'breakwater-example-')), 'schema.json');

// #region basic
import { schemaCheck, type TableMap } from 'breakwater/deployment';

const expected: TableMap = {
  users: {
    columns: { id: 'bigint', email: { type: 'text', nullable: false } },
    primaryKey: ['id'],
    unique: [['email']],
  },
};

const check = schemaCheck({ query: (sql) => pool.query(sql), dialect: 'postgresql', expected });

console.log(await check.run({ signal, profile: 'production' }));
// #endregion basic

// #region snapshot
import { diffSchemas, parseExpectedSchema, recordSchema } from 'breakwater/deployment';

// Where all migrations have just run, such as on a scratch database in CI:
const snapshot = await recordSchema({ query: (sql) => pool.query(sql), dialect: 'postgresql', schemas: ['public'] });
await writeFile(file, JSON.stringify(snapshot, null, 2));

// Later, on another database:
const recorded = parseExpectedSchema(JSON.parse(await readFile(file, 'utf8')), 'postgresql');
const actual = await recordSchema({ query: (sql) => pool.query(sql), dialect: 'postgresql', schemas: ['public'] });
for (const { status, place, message } of diffSchemas(recorded, actual)) console.log(status, place, message);
// #endregion snapshot

await rm(path.dirname(file), { recursive: true });
