import { diffSchemas, recordSchema, type SchemaSnapshot } from 'breakwater/deployment';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { tryPostgres } from './postgres.js';

const postgres = await tryPostgres();
const ids = (differences: ReturnType<typeof diffSchemas>): string[] =>
  differences.map(({ status, id }) => `${status} ${id}`);

describe.skipIf(postgres === undefined)('a schema of PostgreSQL that was restored', () => {
  const admin = new pg.Pool({ ...(postgres?.address ?? {}), max: 1 });
  const query = (sql: string): unknown => admin.query(sql);
  afterAll(async () => {
    await admin.end();
    await postgres?.remove();
  });

  it('takes what was restored from a dump for the same, spelled anew as it is', async () => {
    await admin.query(`create schema restored; set search_path = restored;
      create table t (status varchar(20) default 'new', n int,
        kind varchar(9) generated always as (case when status in ('a''s', 'b') then 'x' else 'y' end) stored,
        check (status in ('new', 'it''s, ) done', 'x')), check (status not in ('gone', 'lost')));
      create index part on t (n) where status in ('new', 'open');
      create view v as select n from t where status in ('a', 'b') and n in (1, 2); reset search_path`);
    try {
      const record = (): Promise<SchemaSnapshot> =>
        recordSchema({ query, dialect: 'postgresql', schemas: ['restored'] });
      const before = await record();
      const { rows } = await admin.query<{ ddl: string }>(`
        select format('alter table restored.t drop constraint %I, add constraint %I %s', conname, conname, pg_get_constraintdef(oid)) as ddl
          from pg_constraint where conrelid = 'restored.t'::regclass and contype = 'c'
        union all select 'drop index restored.part; ' || pg_get_indexdef('restored.part'::regclass)
        union all select 'create or replace view restored.v as ' || pg_get_viewdef('restored.v'::regclass)
        union all select 'alter table restored.t drop column kind, add column kind varchar(9) generated always as (' || pg_get_expr(adbin, adrelid) || ') stored'
          from pg_attrdef d join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum where adrelid = 'restored.t'::regclass and attname = 'kind'`);
      for (const { ddl } of rows) await admin.query(ddl);
      const after = await record();
      expect(after.tables[0]?.checks).not.toEqual(before.tables[0]?.checks);
      expect(ids(diffSchemas(before, after))).toEqual([]);
      expect(ids(diffSchemas(after, before))).toEqual([]);
      await admin.query(`alter table restored.t drop constraint t_status_check, add check (status in ('new', 'x'))`);
      expect(ids(diffSchemas(before, await record()))).toEqual([
        'FAIL schema.missing-check',
        'WARN schema.extra-constraint',
      ]);
    } finally {
      await admin.query('drop schema restored cascade');
    }
  });
});
