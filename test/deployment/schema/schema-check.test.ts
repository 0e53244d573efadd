import {
  diffSchemas,
  type DeploymentReport,
  recordSchema,
  schemaCheck,
  type SchemaCheckOptions,
} from 'breakwater/deployment';
import { type InvalidOptionsError, registerSecret } from 'breakwater/core';
import { ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';
import { column, snapshot, table } from './snapshots.js';

const CONTEXT = { signal: new AbortController().signal, profile: 'production' };

/** What a client answers with these rows of the catalogue. */
function answer(rows: readonly (readonly [string, object])[]): unknown {
  const cells = rows.map(([kind, data]) => [kind, JSON.stringify(data)]);
  return { rows: [{ breakwater: `breakwater:${JSON.stringify(cells)}` }] };
}

const tableRow = (id: string, name: string) =>
  ['table', { id, schema: 'public', name, kind: 'r', definition: null }] as const;
const columnRow = (of: string, name: string) =>
  [
    'column',
    {
      table: of,
      n: 1,
      name,
      type: 'integer',
      nullable: true,
      default: null,
      generated: '',
      identity: '',
      serial: false,
    },
  ] as const;

function options(more: Partial<SchemaCheckOptions> = {}): SchemaCheckOptions {
  return {
    query: () => answer([tableRow('1', 'users'), columnRow('1', 'id')]),
    dialect: 'postgresql',
    expected: { users: { columns: { id: 'int' } } },
    ...more,
  };
}

async function report(more: Partial<SchemaCheckOptions> = {}): Promise<DeploymentReport> {
  return (await schemaCheck(options(more)).run(CONTEXT)) as DeploymentReport;
}

describe('schemaCheck', () => {
  it('passes, and says how much there was', async () => {
    expect(await report()).toEqual({
      message: 'the schema is as expected',
      findings: [{ id: 'schema.compared', status: 'PASS', message: 'the schema is as expected; tables there: 1' }],
    });
  });

  it('gives one finding for each kind of difference, with the first places', async () => {
    const columns = Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((name) => [name, 'int']));
    const { findings, message } = await report({ expected: { users: { columns }, teams: { columns: {} } } });
    expect(findings).toEqual([
      {
        id: 'schema.missing-table',
        status: 'FAIL',
        message: 'public.teams: the table is missing',
        hint: expect.any(String) as string,
      },
      {
        id: 'schema.missing-column',
        status: 'FAIL',
        message:
          'public.users.a: the column is missing; public.users.b: the column is missing; public.users.c: the column is missing; and 2 more',
        hint: expect.any(String) as string,
      },
    ]);
    expect(message).toBe('schema.missing-table, schema.missing-column');
  });

  it('counts neither the books of a migration tool nor what is left out', async () => {
    const names = ['users', 'knex_migrations', 'knex_migrations_lock', 'tmp'];
    const query = () => answer([...names.map((name, i) => tableRow(String(i + 1), name)), columnRow('1', 'id')]);
    expect((await report({ query, ignoreTables: ['tmp'] })).findings).toMatchObject([
      { message: 'the schema is as expected; tables there: 1' },
    ]);
  });

  it('asks SQLite for its quick check without an argument, which newer ones take for a table', async () => {
    const texts: string[] = [];
    const query = (sql: string) => {
      texts.push(sql);
      return answer(
        sql.includes('sqlite_master') ? [['table', { name: 't', type: 'table', sql: 'create table t (a)' }]] : [],
      );
    };
    await report({ query, dialect: 'sqlite', integrity: true, expected: { t: { columns: {} } } });
    expect(texts.at(-1)).toMatch(/pragma_quick_check q\) s LIMIT 10\)/);
  });

  it('leaves out what it is told to, by name or by the beginning of one', async () => {
    const expected = snapshot([table('users')]);
    const query = () =>
      answer([
        ...[tableRow('1', 'users'), columnRow('1', 'id')],
        ...[tableRow('2', 'old_a'), tableRow('3', 'old_b'), tableRow('4', 'tmp')],
      ]);
    const extra = async (ignoreTables?: string[]) => {
      const { findings } = await report({ expected, query, ...(ignoreTables && { ignoreTables }) });
      return findings.map(({ id, message }) => `${id} ${message}`);
    };
    expect(await extra()).toEqual([expect.stringMatching(/old_a.*old_b.*tmp/)]);
    expect(await extra(['public.old_*'])).toEqual(['schema.extra-table public.tmp: the table is not expected']);
    expect(await extra(['old_*', 'tmp'])).toEqual([expect.stringContaining('schema.compared')]);
  });

  it.each([
    ['an empty map', {}],
    ['an empty snapshot', snapshot([])],
  ])('never passes with %s', async (_, expected) => {
    expect(await report({ expected })).toMatchObject({ findings: [{ id: 'schema.nothing-expected', status: 'FAIL' }] });
  });

  it('never passes when all that is expected is left out', async () => {
    expect(await report({ ignoreTables: ['*'] })).toMatchObject({ findings: [{ id: 'schema.nothing-expected' }] });
  });

  it.each([
    [
      'a query that fails',
      () => Promise.reject(new Error('no route, password=hunter2')),
      'no route, password=[secret]',
    ],
    ['something else than rows', () => ({ rows: [{ one: 1 }] }), 'something else than rows'],
    [
      'a row that is none',
      () => ({ rows: [{ breakwater: 'breakwater:[["table","hunter2"]]' }] }),
      'something else than the catalogue',
    ],
  ])('fails as crashed on %s', async (_, query, message) => {
    const { findings } = await report({ query });
    expect(findings).toMatchObject([{ id: 'schema.unreadable', status: 'FAIL', crashed: true }]);
    expect(findings[0]?.message).toContain(message);
    expect(findings[0]?.message).not.toContain('hunter2');
  });

  it('gives up a read that takes too long', async () => {
    const clock = new ManualClock();
    const pending = report({ query: () => new Promise(() => undefined), clock, timeoutMs: 500 });
    await clock.advanceAsync(500);
    expect((await pending).findings).toMatchObject([
      { crashed: true, message: expect.stringContaining('500 ms') as string },
    ]);
  });

  it('takes as many tables as it says, and no more', async () => {
    const two = () => answer([tableRow('1', 'users'), columnRow('1', 'id'), tableRow('2', 'b')]);
    expect((await report({ query: two, maxTables: 2 })).findings).toMatchObject([{ status: 'PASS' }]);
    expect((await report({ query: two, maxTables: 1 })).findings).toMatchObject([
      { crashed: true, message: expect.stringContaining('more than 1 tables') as string },
    ]);
    await expect(recordSchema({ query: two, dialect: 'postgresql', maxTables: 1 })).rejects.toMatchObject({
      code: 'BREAKWATER_SCHEMA_UNREADABLE',
    });
  });

  it('records nothing of a schema that is not there', async () => {
    const query = () => answer([['schema', { name: 'public' }]]);
    const record = (...schemas: string[]) => recordSchema({ query, dialect: 'postgresql', schemas });
    await expect(record('public', 'shpo')).rejects.toThrow("there is no schema 'shpo' in the database");
    expect((await record('public')).schemas).toEqual(['public']);
  });

  it('reads the schemas that were recorded, quoted as they must be', async () => {
    const texts: string[] = [];
    const query = (sql: string) => {
      texts.push(sql);
      return answer([]);
    };
    await report({ query, expected: snapshot([table('users')], { schemas: ["it's", 'public'] }) });
    await report({ query, expected: snapshot([table('users')]), schemas: ['other'] });
    expect(texts[0]).toContain("n.nspname in ('it''s', 'public')");
    expect(texts[1]).toContain("n.nspname in ('other')");
  });

  it('refuses options that cannot work, naming each', () => {
    const wrong = {
      query: 7,
      dialect: 'mysql',
      schemas: [],
      timeoutMs: 0,
      maxTables: 0,
      ignoreTables: 'x',
      integrity: 1,
      expected: 7,
      extra: 1,
    };
    try {
      schemaCheck(wrong as unknown as SchemaCheckOptions);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: 'BREAKWATER_INVALID_OPTIONS' });
      const { issues } = error as InvalidOptionsError;
      expect(issues.map(({ path }) => path).sort()).toEqual(Object.keys(wrong).sort());
    }
    expect(() => schemaCheck(options({ dialect: 'sqlite', expected: snapshot([table('t')]) }))).toThrow(
      'another database',
    );
    expect(() => schemaCheck(options({ expected: { t: { columns: { a: { typ: 'int' } } } } as never }))).toThrow(
      'did you mean type?',
    );
  });

  it('asks for a NOT NULL that is not valid, as PostgreSQL has them since version 18, and tells of it', async () => {
    const texts: string[] = [];
    const flaw = { schema: 'public', table: 'users', name: 'users_a_not_null', what: 'schema.not-valid-constraint' };
    const query = (sql: string) => {
      texts.push(sql);
      return answer([tableRow('1', 'users'), columnRow('1', 'id'), ['flaw', flaw]]);
    };
    expect((await report({ query })).findings).toMatchObject([
      {
        id: 'schema.not-valid-constraint',
        status: 'WARN',
        message: expect.stringContaining('users_a_not_null') as string,
      },
    ]);
    expect(texts[0]).toContain("not c.convalidated and c.contype = 'n'");
    expect(texts[0]).toContain("c.contype in ('c', 'f', 'n')");
  });

  it('refuses another schema of SQLite than main, and sends nothing', async () => {
    const query = () => expect.unreachable();
    const refused = /SQLite has the schema 'main'/;
    await expect(recordSchema({ query, dialect: 'sqlite', schemas: ['nope'] })).rejects.toThrow(refused);
    const sqliteOptions = { query, dialect: 'sqlite', schemas: ['nope'], expected: { t: { columns: {} } } } as const;
    expect((await report(sqliteOptions)).findings).toMatchObject([
      { id: 'schema.unreadable', crashed: true, message: expect.stringMatching(refused) as string },
    ]);
  });

  it('masks a secret also where SQL doubles its quotes', async () => {
    const secret = "pa''ss'wo\\rd9";
    registerSecret(secret);
    const doubled = secret.replaceAll("'", "''").replaceAll('\\', '\\\\');
    const shows = (value: unknown) => {
      const text = JSON.stringify(value);
      return [secret, doubled, secret.slice(-6)].some((one) => text.includes(JSON.stringify(one).slice(1, -1)));
    };
    const rows = () =>
      answer([
        ['table', { ...(tableRow('1', 'users')[1] as object), kind: 'v', definition: `SELECT '${doubled}'` }],
        ['column', { ...columnRow('1', 'id')[1], default: ` E'${doubled}'::text` }],
      ]);
    const seen = await recordSchema({ query: rows, dialect: 'postgresql' });
    expect(shows(seen)).toBe(false);
    expect(seen.tables[0]?.definition).toContain('SELECT');
    const wanted = { users: { columns: { id: { default: `'${doubled}x'` } } } };
    expect(shows(diffSchemas(wanted, seen))).toBe(false);
    expect(diffSchemas(wanted, seen)).toHaveLength(1);
    const query = () => Promise.reject(Object.assign(new Error(`syntax error at '${doubled}'`), { code: '42601' }));
    expect(shows((await report({ query })).findings)).toBe(false);
    // What holds no secret stays as it is written.
    const harmless = ['column', { ...columnRow('1', 'id')[1], default: "'it''s'::text" }] as const;
    const same = await recordSchema({
      query: () => answer([tableRow('1', 'users'), harmless as never]),
      dialect: 'postgresql',
    });
    expect(same.tables[0]?.columns[0]?.default).toBe("'it''s'::text");
  });

  it('masks secrets in what it records', async () => {
    const secretive = { ...columnRow('1', 'url')[1], default: "'postgres://me:hunter2@db/x'::text" };
    const seen = await recordSchema({
      query: () => answer([tableRow('1', 'users'), ['column', secretive]]),
      dialect: 'postgresql',
    });
    expect(JSON.stringify(seen)).not.toContain('hunter2');
    expect(seen.tables[0]?.columns).toMatchObject([
      column('url', { default: expect.stringContaining('postgres://') as string }),
    ]);
  });
});
