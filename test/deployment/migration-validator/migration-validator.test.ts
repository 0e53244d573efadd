import { MigrationValidator } from 'breakwater/deployment';
import { ManualClock } from 'breakwater/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../../runs.js';
import { FakeDatabase, knexTable } from './fake-database.js';
import { folders, found, validate } from './world.js';

const folder = folders();
const lock = (...rows: string[]) => ({
  name: 'knex_migrations_lock',
  columns: ['index', 'is_locked'],
  rows: rows.map((is, i) => [String(i), is]),
});

describe('MigrationValidator', () => {
  it('says in one finding that all is well, since no finding at all could as well be no look', async () => {
    const report = await validate(folder({ 'a.js': '', 'b.js': '' }), [knexTable('a.js', 'b.js'), lock('0')], { tool: 'knex' }); // prettier-ignore
    expect(report).toEqual({
      name: 'migrations',
      status: 'PASS',
      message: '2 applied, none pending',
      findings: [{ id: 'migrations.applied', status: 'PASS', message: '2 applied, none pending' }],
      tool: 'knex',
      table: 'public.knex_migrations',
      applied: ['a.js', 'b.js'],
      pending: [],
      ahead: [],
      missing: [],
      edited: [],
      outOfOrder: [],
      failed: [],
      skipped: [],
      locked: false,
      metadata: {
        tool: 'knex',
        table: 'public.knex_migrations',
        guard: 'transaction',
        locked: false,
        applied: 2,
        pending: 0,
        ahead: 0,
        missing: 0,
        edited: 0,
        outOfOrder: 0,
        failed: 0,
        skipped: 0,
      },
    });
  });

  it('HLD-66 without its table everything is pending, and nothing but reads is sent', async () => {
    const database = new FakeDatabase();
    const dir = folder({ 'a.js': '', 'b.js': '' });
    const report = await new MigrationValidator({ tool: 'knex', dir, dialect: 'postgres', query: database.query }).validate(); // prettier-ignore
    expect(found(report)).toEqual([
      ['migrations.no-table', 'WARN'],
      ['migrations.pending', 'FAIL'],
    ]);
    expect(report).toMatchObject({ status: 'FAIL', table: undefined, pending: ['a.js', 'b.js'] });
    expect(database.sent.join()).not.toMatch(/\b(create|insert|update|delete|alter|drop|begin|commit)\b/i);
  });

  it.each([
    [true, 'WARN'],
    [false, 'FAIL'],
  ])('HLD-67 with allowAhead %s a row without a file is a %s', async (allowAhead, status) => {
    const report = await validate(folder({ 'a.js': '' }), [knexTable('a.js', 'b.js')], { tool: 'knex', allowAhead });
    expect(found(report)).toEqual([['migrations.ahead', status]]);
    expect(report).toMatchObject({
      status,
      ahead: ['b.js'],
      message: "1 migration is applied and not in the folder: 'b.js'; 1 applied, none pending, 1 ahead",
    });
  });

  it.each([
    ['knex', 'FAIL', 'FAIL'],
    ['umzug', 'WARN', 'WARN'],
  ] as const)('HLD-67 of %s a file that is gone is a %s, and something newer beside what is pending a %s', async (tool, gap, split) => {
    const table = { ...knexTable('a.js', 'b.js'), name: tool === 'knex' ? 'knex_migrations' : 'SequelizeMeta' };
    const gone = await validate(folder({ 'b.js': '', 'c.js': '' }), [table], { tool });
    expect(found(gone)).toEqual([
      ['migrations.missing', gap],
      ['migrations.pending', 'FAIL'],
    ]);
    expect(gone).toMatchObject({ missing: ['a.js'], ahead: [], pending: ['c.js'] });
    expect(gone.findings[0]?.hint).toContain('restore the file');
    expect(gone.message.startsWith(gap === 'FAIL' ? '1 migration was applied, and the file is missing' : '1 migration is pending')).toBe(true);
    const beside = await validate(folder({ 'a.js': '', 'aa.js': '' }), [table], { tool });
    expect(beside.findings.find(({ id }) => id === 'migrations.ahead')?.status).toBe(split);
    expect(beside).toMatchObject({ ahead: ['b.js'], missing: [], pending: ['aa.js'] });
    const strict = await validate(folder({ 'b.js': '' }), [table], { tool, allowAhead: false });
    expect(found(strict)).toEqual([['migrations.missing', 'FAIL']]);
  }); // prettier-ignore

  it('says when names differ in their ending only, whichever is the newest', async () => {
    const of = async (row: string) => {
      const { missing, findings } = await validate(folder({ 'a.js': '' }), [knexTable(row)], { tool: 'knex' });
      return [missing.length, findings[0]?.status, findings[0]?.hint?.includes('ending only')];
    };
    expect(await of('a.ts')).toEqual([1, 'FAIL', true]);
    expect(await of('b.ts')).toEqual([0, 'FAIL', false]);
  });

  it.each([
    ['kysely', undefined, 'FAIL', 'FAIL'],
    ['kysely', 'fail', 'FAIL', 'FAIL'],
    ['kysely', 'warn', 'WARN', 'WARN'],
    ['kysely', 'allow', undefined, undefined],
    ['umzug', undefined, 'WARN', undefined],
    ['umzug', 'fail', 'FAIL', undefined],
    ['umzug', 'warn', 'WARN', undefined],
    ['umzug', 'allow', undefined, undefined],
  ] as const)('of %s with outOfOrder %s what is late is %s while it is pending, and %s afterwards', async (tool, outOfOrder, pending, applied) => {
    const name = tool === 'kysely' ? 'kysely_migration' : 'SequelizeMeta';
    const of = async (...files: string[]) => {
      const rows = files.map((file, i) => [tool === 'kysely' ? file : `${file}.js`, String(i)]);
      const dir = folder({ 'a.js': '', 'b.js': '', 'c.js': '' });
      const report = await validate(dir, [{ name, columns: ['name', 'timestamp'], rows }], { tool, outOfOrder });
      return [report, report.findings.find(({ id }) => id === 'migrations.out-of-order')] as const;
    };
    const [before, found] = await of('a', 'c');
    expect(found?.status).toBe(pending);
    expect([before.status, before.outOfOrder.length]).toEqual(['FAIL', 1]);
    const [after, lasting] = await of('a', 'c', 'b');
    expect(lasting?.status).toBe(applied);
    expect(after.status).toBe(applied ?? 'PASS');
    if (tool === 'kysely') expect(after.outOfOrder).toEqual(['b']);
  }); // prettier-ignore

  it('HLD-65 does not take rows that row level security may hide for rows that are not there', async () => {
    const dir = folder({ 'a.js': '' });
    for (const tool of ['knex', 'auto'] as const) {
      const database = new FakeDatabase({ ...knexTable(), isHidden: true });
      const report = await validate(dir, [], { tool, query: database.query });
      expect(report.findings).toMatchObject([{ id: 'migrations.unreadable', status: 'FAIL', crashed: true }]);
      expect(report.findings[0]?.hint).toContain('BYPASSRLS');
      expect(report.pending).toEqual([]);
      // A policy may call what writes.
      expect(database.sent.join()).not.toContain('FROM "public"."knex_migrations"');
    }
    const beside = await validate(dir, [knexTable('a.js'), { ...lock('0'), isHidden: true }], { tool: 'knex' });
    expect(beside.findings).toMatchObject([{ id: 'migrations.unreadable', crashed: true }]);
  });

  it('HLD-72 a migration that is in two rows fails, and says so above all', async () => {
    const report = await validate(folder({ 'a.js': '' }), [knexTable('a.js', 'a.js')], { tool: 'knex' });
    expect(found(report)).toEqual([['migrations.duplicate', 'FAIL']]);
    expect(report.message).toBe("1 migration is in the table more than once: 'a.js'; 1 applied, none pending");
  });

  it('a row without a name fails, since the tool never writes one', async () => {
    const table = { ...knexTable('a.js'), rows: [['1', 'a.js', '1'], ['2', null, '1']] }; // prettier-ignore
    const report = await validate(folder({ 'a.js': '' }), [table], { tool: 'knex' });
    expect(found(report)[0]).toEqual(['migrations.table', 'FAIL']);
    expect(report.message).toContain("1 of 2 rows in the table of knex have no 'name'");
  });

  it('HLD-65 reads no view, neither as the table nor as that of the lock', async () => {
    const dir = folder({ 'a.js': '' });
    for (const tool of ['knex', 'auto'] as const) {
      const database = new FakeDatabase({ ...knexTable('a.js'), isTable: false });
      const report = await validate(dir, [], { tool, query: database.query });
      expect(found(report)).toEqual([['migrations.table', 'FAIL']]);
      expect(database.sent.join()).not.toContain('FROM "public"."knex_migrations"');
    }
    const database = new FakeDatabase(knexTable('a.js'), { ...lock('0'), isTable: false });
    expect(found(await validate(dir, [], { tool: 'knex', query: database.query }))).toEqual([['migrations.table', 'FAIL']]); // prettier-ignore
    expect(database.sent.join()).not.toContain('is_locked');
  });

  it('tells what is in the folder and is no migration to the tool, but for what usually is there', async () => {
    const usual = { 'a.js.map': '', 'README.md': '', '.gitkeep': '', 'package.json': '', 'meta/x': '' };
    const of = (files: Record<string, string>) =>
      validate(folder({ 'a.js': '', ...usual, ...files }), [knexTable('a.js')], { tool: 'knex' });
    expect(found(await of({}))).toEqual([['migrations.applied', 'PASS']]);
    const report = await of({ 'b.mjs': '', 'c.sql': '', 'D.JS': '', 'e/f.js': '' });
    expect(found(report)).toEqual([['migrations.ignored', 'WARN']]);
    expect(report.message).toBe(
      "the folder has what is no migration to knex: 'D.JS', 'b.mjs', 'c.sql', 'e/'; 1 applied, none pending",
    );
    const many = await of(Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`${String(i)}.sql`, ''])));
    expect(many.findings[0]?.message).toMatch(/'4\.sql' and 4 more$/);
  });

  it.each([
    ['a lock', { 'a.js': '' }, [knexTable('a.js'), lock('1')], 'the lock of knex is taken'],
    ['an empty folder', {}, [knexTable()], 'there is no migration in'],
    ['something pending', { 'a.js': '' }, [knexTable(), lock('0')], "1 migration is pending: 'a.js'"],
    ['another that is worse', { 'a.js': '', 'x.sql': '' }, [knexTable(), lock('0')], "1 migration is pending: 'a.js'"],
  ])('begins with the worst that it found, such as %s', async (_, files, tables, message) => {
    const report = await validate(folder(files), tables, { tool: 'knex' });
    expect(report.message.startsWith(message)).toBe(true);
  });

  it('names the table of another tool where that of the tool is not', async () => {
    const umzug = { name: 'SequelizeMeta', columns: ['name'], schema: 'app', inPath: false };
    for (const options of [{ tool: 'knex' }, { tool: 'umzug', table: 'mine' }] as const) {
      const report = await validate(folder({ 'a.js': '' }), [umzug], options);
      expect(report.findings[0]).toMatchObject({ id: 'migrations.no-table', hint: expect.stringContaining('umzug or sequelize in app') as string }); // prettier-ignore
    }
  });

  it('HLD-72 an empty folder fails', async () => {
    const report = await validate(folder({ 'readme.md': '' }), [knexTable()], { tool: 'knex' });
    expect(found(report)).toEqual([['migrations.empty', 'FAIL']]);
  });

  it('cannot say anything of a folder that is not there', async () => {
    const report = await validate('/nowhere/at all', [knexTable('a.js')], { tool: 'knex' });
    expect(report).toMatchObject({ status: 'FAIL', applied: [], ahead: [] });
    expect(report.findings).toEqual([
      {
        id: 'migrations.unreadable',
        status: 'FAIL',
        message: "'/nowhere/at all' cannot be read: there is no such folder",
        hint: expect.any(String) as string,
        crashed: true,
      },
    ]);
  });

  it('tells of the folder and of the database, when neither can be read', async () => {
    const query = () => Promise.reject(new Error('connect ECONNREFUSED 127.0.0.1:5432'));
    const report = await validate('/nowhere', [], { tool: 'knex', query });
    expect(report.findings.map(({ id, message, crashed }) => [id, message, crashed])).toEqual([
      ['migrations.unreadable', "'/nowhere' cannot be read: there is no such folder", true],
      ['migrations.unreadable', 'the database cannot be read: connect ECONNREFUSED 127.0.0.1:5432', true],
    ]);
  });

  it('gives up a query that hangs', async () => {
    const clock = new ManualClock();
    let asked = 0;
    const query = () => {
      asked++;
      return new Promise(() => {});
    };
    const answer = validate(folder({ 'a.js': '' }), [], { tool: 'knex', query, clock, timeoutMs: 50 });
    // The folder is read in real time, and the limit of the query begins when it has been.
    while (!(await settles(answer))) if (asked > 0) clock.advance(50);
    expect(await answer).toMatchObject({ status: 'FAIL', message: 'the database cannot be read: a read took longer than 50 ms' }); // prettier-ignore
    expect(clock.pending).toBe(0);
  });

  it.each([
    [['0'], []],
    [[], []],
    [['1'], [['migrations.locked', 'FAIL']]],
    [['0', '0'], [['migrations.locked', 'FAIL']]],
    [['1', '0'], [['migrations.locked', 'FAIL']]],
  ])('knex with the lock rows %j', async (rows, wanted) => {
    const report = await validate(folder({ 'a.js': '' }), [knexTable('a.js'), lock(...rows)], { tool: 'knex' });
    expect(found(report).filter(([id]) => id === 'migrations.locked')).toEqual(wanted);
    expect(report.locked).toBe(wanted.length > 0);
  });

  it('shows the first names, and says how many more there are', async () => {
    const files = Array.from({ length: 17 }, (_, i) => [`m${String(i).padStart(2, '0')}.js`, '']);
    const report = await validate(folder(Object.fromEntries(files) as Record<string, string>), [knexTable()], { tool: 'knex' }); // prettier-ignore
    expect(report.pending).toHaveLength(17);
    expect(report.findings[0]?.message).toBe(
      "17 migrations are pending: 'm00.js', 'm01.js', 'm02.js', 'm03.js', 'm04.js' and 12 more",
    );
  });

  it('shows foreign names in one line, without secrets, and cut', async () => {
    const rows = ['a\nb\u001b[2J.js', 'postgres://app:hunter2@db/x', 'x'.repeat(2_000)];
    const report = await validate(folder({ 'a.js': '' }), [knexTable('a.js', ...rows)], { tool: 'knex' });
    const text = JSON.stringify(report);
    expect([...report.ahead, ...report.missing]).toHaveLength(3);
    expect(text).not.toMatch(/hunter2|\\u001b|\\n|x{301}/);
  });

  it('does not take the table of another for its own', async () => {
    const table = { name: 'knex_migrations', columns: ['id', 'title'] };
    const report = await validate(folder({ 'a.js': '' }), [table], { tool: 'knex' });
    expect(report.findings).toMatchObject([
      {
        id: 'migrations.tool',
        message: "the table 'knex_migrations' has no column 'name', 'batch': it is not one of knex",
      },
    ]);
    expect(report).toMatchObject({ applied: [], pending: [] });
  });

  it('does not judge a table that has more rows than it reads', async () => {
    const rows = Array.from({ length: 10_001 }, (_, i) => `m${String(i)}.js`);
    const report = await validate(folder({ 'm0.js': '' }), [knexTable(...rows)], { tool: 'knex' });
    expect(report.findings).toMatchObject([{ id: 'migrations.unreadable', crashed: true }]);
    const fits = await validate(folder({ 'm0.js': '' }), [knexTable(...rows.slice(1))], { tool: 'knex' });
    expect(fits.ahead).toHaveLength(10_000);
  });

  it('never rejects and never passes, whatever the query answers', async () => {
    const dir = folder({ 'a.js': '' });
    const cell = fc.option(fc.string());
    const anything = fc.oneof(
      fc.anything(),
      fc.array(fc.array(cell)).map((rows) => [{ breakwater: `breakwater:${JSON.stringify(rows)}` }]),
      fc.array(fc.tuple(cell, cell, cell, cell)).map((rows) => `breakwater:${JSON.stringify(rows)}`),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('knex' as const, 'auto' as const), anything, async (tool, answer) => {
        expect((await validate(dir, [], { tool, query: () => answer })).status).toBe('FAIL');
      }),
      { numRuns: runs(300) },
    );
  });

  it('looks anew each time', async () => {
    let tables = [knexTable()];
    const query = (sql: string) => new FakeDatabase(...tables).query(sql);
    const validator = new MigrationValidator({ tool: 'knex', dir: folder({ 'a.js': '' }), dialect: 'postgres', query });
    expect((await validator.validate()).status).toBe('FAIL');
    tables = [knexTable('a.js')];
    expect((await validator.validate()).status).toBe('PASS');
  });
});

async function settles(promise: Promise<unknown>): Promise<boolean> {
  return Promise.race([promise.then(() => true), new Promise<false>((resolve) => setImmediate(resolve, false))]);
}

describe('tool: auto', () => {
  const dir = () => folder({ 'a.js': '' });

  it('goes by the one table that is there, also in another schema', async () => {
    expect(await validate(dir(), [knexTable('a.js')])).toMatchObject({ tool: 'knex', status: 'PASS' });
    const elsewhere = { ...knexTable('a.js'), schema: 'app', inPath: false };
    expect(await validate(dir(), [elsewhere])).toMatchObject({ table: 'app.knex_migrations', status: 'PASS' });
  });

  it.each([
    ['no table', []],
    ['two tables', [knexTable(), { name: 'SequelizeMeta', columns: ['name'] }]],
    ['a table of the name and of other columns', [{ name: 'migrations', columns: ['id', 'migration', 'batch'] }]],
    ['one here and one elsewhere', [knexTable(), { ...knexTable(), schema: 'app', inPath: false }]],
    ['two tables elsewhere', ['a', 'b'].map((schema) => ({ ...knexTable(), schema, inPath: false }))],
    ['a tool that it does not know', [{ name: 'flyway_schema_history', columns: ['script'] }]],
    ['Prisma 8', [{ name: 'marker', schema: 'prisma_contract', columns: ['core_hash'], inPath: false }]],
  ])('does not guess with %s', async (_, tables) => {
    const report = await validate(dir(), tables);
    expect(found(report)).toEqual([['migrations.tool', 'FAIL']]);
    expect(report.tool).toBeUndefined();
    expect(report.message).toBe(report.findings[0]?.message);
  });

  it('names the schemas among which it does not choose, and the options that do', async () => {
    const report = await validate(dir(), [knexTable(), { ...knexTable(), schema: 'app', inPath: false }]);
    expect(report.message).toBe("the table of knex is in several schemas: 'public', 'app'");
    expect(report.findings[0]?.hint).toContain("with 'schema'");
  });

  it('on a new database everything is pending, if the folder says which tool it is for', async () => {
    const journal = folder({ 'meta/_journal.json': '{"entries":[{"idx":0,"tag":"0000_a","when":1}]}', '0000_a.sql': '' }); // prettier-ignore
    expect(found(await validate(journal, []))).toEqual([
      ['migrations.no-table', 'WARN'],
      ['migrations.pending', 'FAIL'],
    ]);
    expect((await validate(dir(), [])).message).toMatch(/^no migration tool .* the folder does not say which one/);
  });

  it('goes by the folder where that says it, and does not pass over a table that says otherwise', async () => {
    const journal = folder({ 'meta/_journal.json': '{"entries":[]}' });
    expect(await validate(journal, [])).toMatchObject({ tool: 'drizzle' });
    expect((await validate(journal, [knexTable()])).message).toBe(
      'the folder is one of drizzle, and the database has the table of knex in public',
    );
    const prisma = folder({ 'migration_lock.toml': '', '1_a/migration.sql': '' });
    expect(await validate(prisma, [])).toMatchObject({ tool: 'prisma' });
    const newer = folder({ '20240101000000_a/migration.sql': '', '20240101000000_a/snapshot.json': '{}' });
    expect(await validate(newer, [])).toMatchObject({ tool: 'drizzle' });
  });
});
