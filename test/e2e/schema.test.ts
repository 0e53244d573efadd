import {
  type DeploymentReport,
  diffSchemas,
  parseExpectedSchema,
  recordSchema,
  schemaCheck,
  type SchemaSnapshot,
} from 'breakwater/deployment';
import fc from 'fast-check';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runs } from '../runs.js';
import { tryMigrationTools } from './migration-tools/install.js';
import { tryPostgres } from './postgres.js';
import { ddlOf, mutationsOf, type World, worlds } from './schema-worlds.js';

const CONTEXT = { signal: new AbortController().signal, profile: 'production' };
const ids = (differences: readonly { readonly status: string; readonly id: string }[]): string[] =>
  differences.map(({ status, id }) => `${status} ${id}`);

/** Without the texts of views, which each version of PostgreSQL spells in its own way. */
function comparable({ tables, ...rest }: SchemaSnapshot): object {
  return {
    ...rest,
    tables: tables.map((table) => (table.kind.endsWith('view') ? { ...table, definition: '…' } : table)),
  };
}

function recordedIn(file: string): unknown {
  return JSON.parse(readFileSync(join(import.meta.dirname, file), 'utf8'));
}

/** Makes a schema and each single change of it for real, and looks at what the comparison says. */
async function comparedForReal(world: World, record: (ddl: string) => Promise<SchemaSnapshot>): Promise<void> {
  const before = await record(ddlOf(world));
  expect(diffSchemas(before, JSON.parse(JSON.stringify(before)) as SchemaSnapshot)).toEqual([]);
  for (const { world: after, found } of mutationsOf(world)) {
    const differences = diffSchemas(before, await record(ddlOf(after)));
    expect(ids(differences), `${found}\n${ddlOf(world)}\n--\n${ddlOf(after)}`).toEqual([found]);
  }
}

const postgres = await tryPostgres();
afterAll(() => postgres?.remove());

describe.skipIf(postgres === undefined)('the schema of PostgreSQL', () => {
  const server = postgres as NonNullable<typeof postgres>;
  const admin = new pg.Pool({ ...(postgres?.address ?? {}), max: 2 });
  const nobody = new pg.Pool({ ...(postgres?.address ?? {}), user: 'nobody', password: 'may nothing', max: 2 });
  const query = (sql: string): unknown => nobody.query(sql);

  beforeAll(async () => {
    await admin.query(`create role nobody login password 'may nothing'; revoke all on schema public from public`);
    await admin.query(readFileSync(join(import.meta.dirname, 'schema-postgres.sql'), 'utf8'));
  });
  afterAll(async () => {
    await nobody.end();
    await admin.end();
  });

  it('HLD-74: is read whole by a role without any right, where information_schema shows nothing', async () => {
    const { rows } = await nobody.query(
      "select * from information_schema.columns where table_schema not in ('pg_catalog', 'information_schema')",
    );
    expect(rows).toEqual([]);
    await expect(nobody.query('select * from shop.users')).rejects.toThrow('permission denied');
    const options = { dialect: 'postgresql', schemas: ['shop', 'billing'] } as const;
    const seen = await recordSchema({ ...options, query });
    expect(seen).toEqual(await recordSchema({ ...options, query: (sql) => admin.query(sql) }));
    expect(comparable(seen)).toEqual(recordedIn('schema-postgres.json'));
  });

  it('is the same whatever the connection is set to', async () => {
    const [one, other] = [new pg.Client(server.address), new pg.Client(server.address)];
    await Promise.all([one.connect(), other.connect()]);
    try {
      await other.query(
        `set search_path = shop, billing; set quote_all_identifiers = on; set datestyle = 'German'; set intervalstyle = 'sql_standard'`,
      );
      const options = { dialect: 'postgresql', schemas: ['shop', 'billing'] } as const;
      const seen = await recordSchema({ ...options, query: (sql) => other.query(sql) });
      expect(seen).toEqual(await recordSchema({ ...options, query: (sql) => one.query(sql) }));
      // And leaves the connection as it was.
      const { rows } = await other.query('show search_path');
      expect(rows).toEqual([{ search_path: 'shop, billing' }]);
    } finally {
      await Promise.all([one.end(), other.end()]);
    }
  });

  it('HLD-73: tells of an invalid index, a constraint that is not valid and what is switched off', async () => {
    const expected = await recordSchema({ query, dialect: 'postgresql', schemas: ['flawed'] });
    const run = async (): Promise<readonly object[]> => {
      const report = await schemaCheck({ query, dialect: 'postgresql', expected }).run(CONTEXT);
      return 'findings' in report ? report.findings : [];
    };
    // Also where it was so when it was recorded.
    expect(await run()).toMatchObject([
      { id: 'schema.invalid-index', status: 'FAIL', message: 'flawed.parted.parted_n: the index is invalid' },
      {
        id: 'schema.not-valid-constraint',
        status: 'WARN',
        message: 'flawed.child.late: the constraint is NOT VALID',
      },
      {
        id: 'schema.disabled-trigger',
        status: 'FAIL',
        message:
          'flawed.child.linked: it is switched off; flawed.parent.audit: it is switched off; flawed.parted_1.audit: it is switched off',
      },
    ]);
    await admin.query('insert into flawed.parent values (7), (7)').catch(() => undefined);
    await expect(admin.query('create unique index concurrently broken on flawed.parent (n)')).rejects.toThrow('unique');
    const map = { parent: { schema: 'flawed', columns: {}, indexes: [{ name: 'broken' }] } };
    const report = await schemaCheck({ query, dialect: 'postgresql', schemas: ['flawed'], expected: map }).run(CONTEXT);
    expect(report).toMatchObject({
      findings: expect.arrayContaining([
        expect.objectContaining({
          id: 'schema.invalid-index',
          message: expect.stringContaining('flawed.parent.broken') as string,
        }),
      ]) as object[],
    });
    await admin.query('drop index flawed.broken');
  });

  it('takes a map written by hand', async () => {
    const expected = {
      users: {
        columns: {
          id: 'serial',
          email: { type: 'text', nullable: false },
          mood: { values: ['ok', 'sad'] },
          joined: 'timestamptz(3)',
          loud: { generated: true },
          'We.ird': 'varchar(20)',
        },
        primaryKey: ['id'],
        unique: [['email']],
        foreignKeys: [{ columns: ['boss'], references: { table: 'users', columns: ['id'] }, onDelete: 'CASCADE' }],
        indexes: [['id', 'price'], { columns: ['boss'], partial: true, unique: true }, { name: 'lower_mail' }],
        triggers: ['audit'],
      },
      billed: { schema: 'billing', table: 'users', columns: { a: 'int' }, primaryKey: ['b', 'a'] },
      recent: { schema: 'shop', columns: { id: 'int' } },
    };
    const there = await recordSchema({ query, dialect: 'postgresql', schemas: ['shop', 'billing'] });
    const inShop = { ...expected, users: { ...expected.users, schema: 'shop' } };
    expect(ids(diffSchemas(inShop, there))).toEqual(['PASS schema.type-name']);
    expect(ids(diffSchemas(expected, { ...there, schemas: ['shop'] }))).toEqual(['PASS schema.type-name']);
  });

  it('records nothing of a schema that is not there, and names it', async () => {
    const record = (...schemas: string[]) => recordSchema({ query, dialect: 'postgresql', schemas });
    await expect(record('shop', 'shpo', 'x y')).rejects.toMatchObject({
      code: 'BREAKWATER_SCHEMA_UNREADABLE',
      message: "there is no schema 'shpo', 'x y' in the database",
    });
    await admin.query('create schema nothing_yet');
    expect(await record('nothing_yet')).toMatchObject({ schemas: ['nothing_yet'], tables: [] });
    await admin.query('drop schema nothing_yet');
  });

  it.each([
    ['alter table secured.t enable row level security', 'ENABLE ROW LEVEL SECURITY'],
    ['alter table secured.t force row level security', 'FORCE ROW LEVEL SECURITY'],
    ['alter table secured.t set unlogged', 'UNLOGGED'],
  ])('tells of %s, and of its being gone', async (change, definition) => {
    await admin.query('create schema secured; create table secured.t (n int)');
    try {
      const record = () => recordSchema({ query, dialect: 'postgresql', schemas: ['secured'] });
      const before = await record();
      await admin.query(change);
      const after = await record();
      expect(after.tables[0]?.definition).toBe(definition);
      for (const [one, other] of [
        [before, after],
        [after, before],
      ] as const)
        // prettier-ignore
        expect(ids(diffSchemas(one, other))).toEqual(['WARN schema.definition']);
      expect(ids(diffSchemas(after, await record()))).toEqual([]);
    } finally {
      await admin.query('drop schema secured cascade');
    }
  });

  it.each([
    ['unique (n)', 'unique (n) deferrable initially deferred'],
    ['unique (n) deferrable', 'unique (n) deferrable initially deferred'],
    ['primary key (n)', 'primary key (n) deferrable'],
    [
      'foreign key (n) references deferred.other',
      'foreign key (n) references deferred.other deferrable initially deferred',
    ],
    ['exclude using btree (n with =)', 'exclude using btree (n with =) deferrable'],
  ])('tells %s from %s', async (one, other) => {
    await admin.query('create schema deferred; create table deferred.other (n int primary key)');
    try {
      const record = async (constraint: string): Promise<SchemaSnapshot> => {
        await admin.query(
          `drop table if exists deferred.t; create table deferred.t (n int not null, constraint c ${constraint})`,
        );
        const seen = await recordSchema({ query, dialect: 'postgresql', schemas: ['deferred'] });
        return parseExpectedSchema(JSON.parse(JSON.stringify(seen))) as SchemaSnapshot;
      };
      const [before, after] = [await record(one), await record(other)];
      // An exclusion is compared by its whole text.
      const told = one.startsWith('exclude') ? ['FAIL schema.missing-check', 'WARN schema.extra-constraint'] : ['WARN schema.definition']; // prettier-ignore
      expect([ids(diffSchemas(before, after)), ids(diffSchemas(after, before)), diffSchemas(after, after)]).toEqual([told, told, []]); // prettier-ignore
    } finally {
      await admin.query('drop schema deferred cascade');
    }
  });

  it('takes columns for unique at once where one of two constraints is not put off', async () => {
    await admin.query('create schema twice; create table twice.t (n int, unique (n) deferrable)');
    try {
      const record = () => recordSchema({ query, dialect: 'postgresql', schemas: ['twice'] });
      const before = await record();
      await admin.query('create unique index at_once on twice.t (n)');
      expect(diffSchemas(before, await record()).map(({ message }) => message)).toEqual([
        'unique (n): it is not deferrable, expected deferrable initially immediate',
      ]);
    } finally {
      await admin.query('drop schema twice cascade');
    }
  });

  it('HLD-73: tells of a materialized view that was never filled, as every read of it fails', async () => {
    await admin.query('create schema filled; create materialized view filled.v as select 1 as n with no data');
    try {
      await expect(admin.query('select * from filled.v')).rejects.toThrow('has not been populated');
      const expected = await recordSchema({ query, dialect: 'postgresql', schemas: ['filled'] });
      const run = async () =>
        (await schemaCheck({ query, dialect: 'postgresql', expected }).run(CONTEXT)) as DeploymentReport;
      expect((await run()).findings).toMatchObject([
        { id: 'schema.unpopulated-view', status: 'FAIL', message: 'filled.v: the materialized view was never filled' },
      ]);
      await admin.query('refresh materialized view filled.v');
      expect((await run()).findings).toMatchObject([{ id: 'schema.compared', status: 'PASS' }]);
    } finally {
      await admin.query('drop schema filled cascade');
    }
  });

  it('HLD-65: changes nothing', async () => {
    const dump = async (): Promise<unknown> => {
      const tables = [
        'pg_class',
        'pg_attribute',
        'pg_constraint',
        'pg_index',
        'pg_type',
        'pg_trigger',
        'pg_namespace',
        'pg_db_role_setting',
      ];
      const sums = tables.map(
        (table) => `(select md5(string_agg(t::text, '|' order by t::text)) from ${table} t) as ${table}`,
      );
      return (await admin.query(`select ${sums.join(', ')}`)).rows;
    };
    const before = await dump();
    const texts: string[] = [];
    const spy = (sql: string): unknown => {
      texts.push(sql);
      return admin.query(sql);
    };
    const expected = await recordSchema({ query: spy, dialect: 'postgresql', schemas: ['shop'] });
    await schemaCheck({ query: spy, dialect: 'postgresql', expected }).run(CONTEXT);
    expect(await dump()).toEqual(before);
    expect(texts).toHaveLength(2);
    for (const text of texts) expect(text).toMatch(/^SET TRANSACTION READ ONLY;/);
  });

  it('finds every single change of random schemas, with the right severity', async () => {
    await admin.query('create database random');
    const client = new pg.Client({ ...server.address, database: 'random' });
    await client.connect();
    try {
      const record = async (ddl: string): Promise<SchemaSnapshot> => {
        await client.query(`drop schema public cascade; create schema public; ${ddl}`);
        return recordSchema({ query: (sql) => client.query(sql), dialect: 'postgresql' });
      };
      await fc.assert(
        fc.asyncProperty(worlds, (world) => comparedForReal(world, record)),
        { numRuns: runs(15), endOnFailure: true },
      );
    } finally {
      await client.end();
    }
  });
});

const tools = await tryMigrationTools();

describe.skipIf(tools === undefined)('the schema of SQLite', () => {
  const { memory, readOnly, execute } = tools as NonNullable<typeof tools>;
  let folder = '';
  const ddl = readFileSync(join(import.meta.dirname, 'schema-sqlite.sql'), 'utf8');
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'breakwater-schema-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function recorded(text: string): Promise<SchemaSnapshot> {
    const database = memory();
    try {
      database.exec(text);
      return await recordSchema({ query: (sql) => database.exec(sql), dialect: 'sqlite' });
    } finally {
      database.close();
    }
  }

  it('is read whole under query_only, and the file stays as it was', async () => {
    const file = join(folder, 'whole.db');
    execute(file, ddl);
    const before = readFileSync(file);
    const { query, close } = readOnly(file);
    try {
      const seen = await recordSchema({ query, dialect: 'sqlite' });
      expect(comparable(seen)).toEqual(recordedIn('schema-sqlite.json'));
      expect(seen).toEqual(await recorded(ddl));
      const { run } = schemaCheck({ query, dialect: 'sqlite', expected: seen, integrity: true });
      expect(await run(CONTEXT)).toMatchObject({ message: 'the schema is as expected' });
    } finally {
      close();
    }
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('looks at the data only when it is told to', async () => {
    const file = join(folder, 'data.db');
    execute(
      file,
      'pragma foreign_keys = off; create table a (id int primary key); create table b (a int references a (id)); insert into b values (1), (2)',
    );
    const { query, close } = readOnly(file);
    try {
      const expected = await recordSchema({ query, dialect: 'sqlite' });
      const run = async (integrity: boolean): Promise<unknown> =>
        schemaCheck({ query, dialect: 'sqlite', expected, integrity }).run(CONTEXT);
      expect(await run(false)).toMatchObject({ findings: [{ id: 'schema.compared', status: 'PASS' }] });
      expect(await run(true)).toMatchObject({
        findings: [
          { id: 'schema.broken-reference', status: 'FAIL', message: 'b: 2 rows refer to what a does not have' },
        ],
      });
    } finally {
      close();
    }
  });

  it('says so when a view is broken, and does not pass', async () => {
    const database = memory();
    database.exec('create table a (x); create table gone (x); create view v as select x from gone; drop table gone');
    const query = (sql: string): unknown => database.exec(sql);
    const report = await schemaCheck({ query, dialect: 'sqlite', expected: { a: { columns: {} } } }).run(CONTEXT);
    database.close();
    expect(report).toMatchObject({
      findings: [
        {
          id: 'schema.unreadable',
          status: 'FAIL',
          crashed: true,
          message: expect.stringContaining('main.gone') as string,
        },
      ],
    });
  });

  it('takes another way of writing for the same', async () => {
    const one = await recorded(
      'create table "t" ([a] integer primary key, b text default (1), check ("b" <> \'x\'), unique (b))',
    );
    const other = await recorded(
      "CREATE TABLE t(a INTEGER PRIMARY KEY, -- a comment, with (\n b TEXT DEFAULT 1 UNIQUE, CHECK (((B<>'x'))))",
    );
    expect(ids(diffSchemas(one, other))).toEqual([]);
  });

  it('finds every single change of random schemas, with the right severity', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, (world) => comparedForReal(world, recorded)),
      { numRuns: runs(60), endOnFailure: true },
    );
  });
});
