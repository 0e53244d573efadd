import { diffSchemas, parseExpectedSchema, recordSchema } from 'breakwater/deployment';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { tryMigrationTools } from './migration-tools/install.js';
import { tryPostgres } from './postgres.js';

// Made by drizzle-kit 0.31: `generate` wrote the SQL and the snapshot of one model.
const read = (file: string): string => readFileSync(join(import.meta.dirname, 'drizzle-models', file), 'utf8');
const shown = (differences: ReturnType<typeof diffSchemas>): string[] =>
  differences.map(({ status, id, place }) => `${status} ${id} ${place}`);

const postgres = await tryPostgres();
afterAll(() => postgres?.remove());

describe.skipIf(postgres === undefined)('a model of drizzle on PostgreSQL', () => {
  it('is what its migration makes, and misses what is taken away', async () => {
    const pool = new pg.Pool({ ...(postgres?.address ?? {}), max: 1 });
    try {
      await pool.query(read('postgres.sql'));
      const record = () => recordSchema({ query: (sql) => pool.query(sql), dialect: 'postgresql' });
      const expected = parseExpectedSchema(JSON.parse(read('postgres.json')), 'postgresql');
      expect(shown(diffSchemas(expected, await record()))).toEqual([]);
      await pool.query(`
        alter table users drop constraint users_email_unique, alter email drop not null;
        drop index low;
        alter table users alter price type numeric(4, 2);
        drop view cheap;
        alter table links drop constraint links_x_y_accounts_a_b_fk;
        alter table billing.accounts drop column "on"`);
      expect(shown(diffSchemas(expected, await record()))).toEqual([
        'FAIL schema.missing-unique billing.accounts',
        'FAIL schema.missing-column billing.accounts.on',
        'FAIL schema.missing-table public.cheap',
        'FAIL schema.missing-foreign-key public.links',
        'FAIL schema.missing-index public.users',
        'FAIL schema.missing-unique public.users',
        'FAIL schema.nullability public.users.email',
        'FAIL schema.type public.users.price',
      ]);
    } finally {
      await pool.end();
    }
  });
});

const tools = await tryMigrationTools();

describe.skipIf(tools === undefined)('a model of drizzle on SQLite', () => {
  it('is what its migration makes, and misses what is taken away', async () => {
    const database = (tools as NonNullable<typeof tools>).memory();
    try {
      database.exec(read('sqlite.sql'));
      const record = () => recordSchema({ query: (sql) => database.exec(sql), dialect: 'sqlite' });
      const expected = parseExpectedSchema(JSON.parse(read('sqlite.json')), 'sqlite');
      expect(shown(diffSchemas(expected, await record()))).toEqual([]);
      database.exec(
        'drop index few; drop index users_email_unique; drop table pairs; alter table users drop column raw',
      );
      expect(shown(diffSchemas(expected, await record()))).toEqual([
        'FAIL schema.missing-table pairs',
        'FAIL schema.missing-index users',
        'FAIL schema.missing-index users',
        'FAIL schema.missing-column users.raw',
      ]);
    } finally {
      database.close();
    }
  });
});
