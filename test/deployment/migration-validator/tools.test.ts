import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { classNames, codeOf } from '../../../src/deployment/migration-validator/tools/typeorm.js';
import { prefixOf } from '../../../src/deployment/migration-validator/tools/tool.js';
import { folders, found, validate } from './world.js';

const folder = folders();
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const entry = (idx: number, tag: string, when = 1_000 + idx) => ({ idx, tag, when, version: '7', breakpoints: true });
const journal = (...entries: unknown[]): string => JSON.stringify({ version: '7', entries });
const drizzleTable = (...rows: (string | null)[][]) => ({
  name: '__drizzle_migrations',
  schema: 'drizzle',
  columns: ['id', 'hash', 'created_at'],
  rows,
});

describe('drizzle', () => {
  it.each([
    ['no JSON', '{"entries": [ SECRET_KEY=hunter2 '],
    ['no journal', '{"hello": "hunter2"}'],
    ['an entry without a time', journal({ idx: 0, tag: 'hunter2' })],
    ['an entry of another folder', journal(entry(0, '../hunter2'))],
    ['nothing', ''],
    ['one of two', `<<<<<<< HEAD\n${journal(entry(0, '0000_hunter2'))}\n=======\n${journal()}\n>>>>>>> other\n`],
  ])('HLD-72 a journal that is %s fails, and its contents are not shown', async (_, text) => {
    const dir = folder({ 'meta/_journal.json': text, '0000_a.sql': '' });
    // Nothing that was applied is ahead of a folder of which nothing is known.
    const report = await validate(dir, [drizzleTable(['1', sha256('x'), '1000'])], { tool: 'drizzle' });
    expect(report).toMatchObject({ ahead: [], applied: [] });
    expect(report.findings).toMatchObject([
      { id: 'migrations.journal', status: 'FAIL', place: { file: `${dir}/meta/_journal.json` } },
    ]);
    expect(JSON.stringify(report)).not.toContain('hunter2');
  });

  it('HLD-72 a journal that is not there, and a file that it names and is not there, fail', async () => {
    const without = await validate(folder({ '0000_a.sql': '' }), [drizzleTable()], { tool: 'drizzle' });
    expect(found(without)).toEqual([['migrations.journal', 'FAIL']]);
    const dir = folder({ 'meta/_journal.json': journal(entry(0, '0000_a'), entry(1, '0001_b')), '0000_a.sql': 'x' });
    const report = await validate(dir, [drizzleTable(['1', sha256('x'), '1000'])], { tool: 'drizzle' });
    expect(found(report)).toEqual([['migrations.journal', 'FAIL']]);
    expect(report.applied).toEqual(['0000_a']);
  });

  it('tells of a file that is not in the journal, which drizzle never runs', async () => {
    const dir = folder({ 'meta/_journal.json': journal(entry(0, '0000_a')), '0000_a.sql': 'x', '0001_b.sql': 'y', 'seed.sql': '' }); // prettier-ignore
    const report = await validate(dir, [drizzleTable(['1', sha256('x'), '1000'])], { tool: 'drizzle' });
    expect(report.findings).toMatchObject([
      { id: 'migrations.skipped', place: { file: `${dir}/0001_b.sql` } },
      { id: 'migrations.ignored', message: "the folder has what is no migration to drizzle: 'seed.sql'" },
    ]);
  });

  it('says how a conflict in the journal is resolved', async () => {
    const text = `{"entries": [\n<<<<<<< HEAD\n1\n=======\n2\n>>>>>>> other\n]}`.replaceAll('\n', '\r\n');
    const { findings } = await validate(folder({ 'meta/_journal.json': text }), [], { tool: 'drizzle' });
    expect(findings[0]).toMatchObject({ message: "'meta/_journal.json' has the marks of a merge conflict", hint: expect.stringContaining('generate those of one again') as string }); // prettier-ignore
  });

  it('does not send away with the tool what it skips, and says what to do with the rest', async () => {
    const entries = [entry(0, '0000_a', 2_000), entry(1, '0001_late', 1_500), entry(2, '0002_next', 3_000)];
    const files = { '0000_a.sql': 'a', '0001_late.sql': 'b', '0002_next.sql': 'c' };
    const of = (count: number) => {
      const listed = Object.fromEntries(Object.entries(files).slice(0, count));
      const dir = folder({ ...listed, 'meta/_journal.json': journal(...entries.slice(0, count)) });
      return validate(dir, [drizzleTable(['1', sha256('a'), '2000'])], { tool: 'drizzle' });
    };
    const alone = await of(2);
    expect(found(alone)).toEqual([['migrations.skipped', 'FAIL']]);
    expect(alone).toMatchObject({ pending: ['0001_late'], skipped: ['0001_late'] });
    const both = await of(3);
    expect(both.findings.map(({ message }) => message)).toEqual([
      expect.stringContaining("'0001_late'") as string,
      "1 migration is pending: '0002_next'",
    ]);
    expect(both.findings[1]?.hint).toBe(
      'once what is skipped is resolved, apply it before this build starts: drizzle-kit migrate',
    );
  });

  it.each([
    ['postgresql', 'sqlite', 1],
    ['postgresql', 'mysql', 1],
    ['postgresql', 'pg', 0],
    ['postgresql', 'postgresql', 0],
    ['sqlite', 'postgresql', 1],
    ['sqlite', 'turso', 0],
  ] as const)('for %s a journal of %s is wrong %i times', async (dialect, written, times) => {
    const text = JSON.stringify({ version: '7', dialect: written, entries: [entry(0, '0000_a')] });
    const dir = folder({ 'meta/_journal.json': text, '0000_a.sql': 'x' });
    const { findings } = await validate(dir, [], { tool: 'drizzle', dialect });
    const wrong = findings.filter(({ id }) => id === 'migrations.journal');
    expect(wrong).toHaveLength(times);
    if (times > 0)
      expect(wrong[0]).toMatchObject({ status: 'FAIL', hint: expect.stringContaining("'dialect'") as string });
  });

  it('HLD-72 two entries of one number fail, as two branches make them', async () => {
    const files = { '0000_a.sql': 'x', '0001_b.sql': 'y', '0001_c.sql': 'z' };
    const entries = [entry(0, '0000_a'), entry(1, '0001_b', 1_001), entry(1, '0001_c', 1_002)];
    const dir = folder({ ...files, 'meta/_journal.json': journal(...entries) });
    const [x, y, z] = [['1', sha256('x'), '1000'], ['2', sha256('y'), '1001'], ['3', sha256('z'), '1002']]; // prettier-ignore
    for (const rows of [[x], [x, y, z]] as string[][][]) {
      const { findings } = await validate(dir, [drizzleTable(...rows)], { tool: 'drizzle' });
      expect(findings[0]).toMatchObject({
        id: 'migrations.journal',
        status: 'FAIL',
        message: "the journal has the number 1 twice, as two branches make them: '0001_b', '0001_c'",
      });
    }
  });

  it('HLD-68 finds each row by its time or else by its hash, and names those that it cannot', async () => {
    const entries = [entry(0, '0000_a'), entry(1, '0001_b'), entry(2, '0002_c')];
    const dir = folder({ 'meta/_journal.json': journal(...entries), '0000_a.sql': 'a', '0001_b.sql': 'b', '0002_c.sql': 'c' }); // prettier-ignore
    const rows = [
      ['1', sha256('a'), '1000'],
      ['2', sha256('c'), '77'],
      [null, 'f'.repeat(64), '5'],
      [null, null, null],
    ];
    const report = await validate(dir, [drizzleTable(...rows)], { tool: 'drizzle' });
    expect(report).toMatchObject({
      applied: ['0000_a', '0002_c'],
      pending: ['0001_b'],
      missing: ['made at 5, hash ffffffffffff'],
      ahead: ['made at no time, hash none'],
    });
  });

  it('a row without a time fails, since by it drizzle may run everything again', async () => {
    const dir = folder({ 'meta/_journal.json': journal(entry(0, '0000_a')), '0000_a.sql': 'x' });
    const report = await validate(dir, [drizzleTable(['1', sha256('x'), null])], { tool: 'drizzle' });
    expect(found(report)).toEqual([['migrations.table', 'FAIL']]);
    expect(report).toMatchObject({ applied: ['0000_a'] });
  });

  it('HLD-72 one migration in two rows fails', async () => {
    const dir = folder({ 'meta/_journal.json': journal(entry(0, '0000_a')), '0000_a.sql': 'x' });
    const row = ['1', sha256('x'), '1000'];
    expect(found(await validate(dir, [drizzleTable(row, row)], { tool: 'drizzle' }))).toEqual([
      ['migrations.duplicate', 'FAIL'],
    ]);
  });

  it('goes by the name alone where there is one, as drizzle 1 does', async () => {
    const dir = folder({ '20240102000000_new/migration.sql': 'x' });
    const table = { ...drizzleTable(), columns: ['id', 'hash', 'created_at', 'name'], rows: [['1', sha256('x'), '1704067200000', '20240101000000_old']] }; // prettier-ignore
    expect(await validate(dir, [table], { tool: 'drizzle' })).toMatchObject({
      pending: ['20240102000000_new'],
      missing: ['20240101000000_old'],
    });
  });
});

describe('prisma', () => {
  const table = { name: '_prisma_migrations', columns: ['id', 'migration_name', 'checksum', 'finished_at', 'rolled_back_at', 'started_at'] }; // prettier-ignore

  it('HLD-72 a folder without its script fails, and so do migrations for another database', async () => {
    const dir = folder({
      'migration_lock.toml': '# by hand\nprovider = "mysql"\n',
      '20240101000000_a/migration.sql': '',
      '20240102000000_b/notes.txt': '',
    });
    const report = await validate(dir, [table], { tool: 'prisma' });
    expect(report.findings.filter(({ id }) => id === 'migrations.journal').map(({ message }) => message)).toEqual([
      "the folder '20240102000000_b' has no migration.sql, which prisma refuses",
      "the migrations are for 'mysql', which this database is not",
    ]);
  });
});

describe('the lock file of prisma', () => {
  const table = { name: '_prisma_migrations', columns: ['id', 'migration_name', 'checksum', 'finished_at', 'rolled_back_at', 'started_at'] }; // prettier-ignore
  const lock = 'provider = "postgresql"';
  // What prisma makes of each was read in its schema engine.
  it.each([
    [`# by prisma\n${lock}\n`, undefined],
    [`# by prisma\r\n${lock}\r\n`, undefined],
    ['provider = postgresql', undefined],
    [`<<<<<<< HEAD\n${lock}\n=======\nprovider = "sqlite"\n>>>>>>> other\n`, /merge conflict/],
    [`${lock}\n<<<<<<< HEAD\n`, /merge conflict/],
    ['', /no line such as provider/],
    ['provder = "postgresql"', /no line such as provider/],
    [`  ${lock}`, /no line such as provider/],
    ['provider="postgresql"', /no line such as provider/],
    ['provider = "hunter2 and more"', /no line such as provider/],
    [`provider = "sqlite"\n${lock}`, /for 'sqlite', which this database is not/],
  ])('HLD-72 %j is wrong: %s', async (text, message) => {
    const dir = folder({ 'migration_lock.toml': text, '20240101000000_a/migration.sql': '' });
    const { findings } = await validate(dir, [table], { tool: 'prisma' });
    const wrong = findings.filter(({ id }) => id === 'migrations.journal');
    expect(wrong.map(({ status, place }) => [status, place?.file])).toEqual(message === undefined ? [] : [['FAIL', `${dir}/migration_lock.toml`]]); // prettier-ignore
    if (message !== undefined) expect(wrong[0]?.message).toMatch(message);
    for (const { hint } of wrong) expect(hint).toMatch(/resolve it|version control|'dir'/);
    expect(JSON.stringify(findings)).not.toContain('hunter2');
  });
});

describe('duplicates', () => {
  it('HLD-72 two files that are one migration to the tool fail', async () => {
    const table = { name: 'kysely_migration', columns: ['name', 'timestamp'], rows: [['a', '1']] };
    const report = await validate(folder({ 'a.js': '', 'a.ts': '', 'a.d.ts': '' }), [table], { tool: 'kysely' });
    expect(found(report)).toEqual([['migrations.duplicate', 'FAIL']]);
    expect(report.findings[0]?.message).toBe("2 files are one migration to kysely: 'a.js', 'a.ts'");
  });

  it.each([
    ['0001_a.js', '1'],
    ['1-a.js', '1'],
    ['20240102030405_a.js', '20240102030405'],
    ['1700000000000_a.js', '1700000000000'],
    ['20240102030405678_a.js', '20240102030405678'],
    ['20240102_a.js', undefined],
    ['2024-01-02-a.js', undefined],
    ['2024_01_02_a.js', undefined],
    ['a_1.js', undefined],
    ['1a.js', undefined],
  ])('takes for the number of %s: %s', (file, prefix) => {
    expect(prefixOf(file)).toBe(prefix);
  });
});

describe('node-pg-migrate', () => {
  it('has the order of its numbers and times, not of the text', async () => {
    const table = { name: 'pgmigrations', columns: ['id', 'name', 'run_on'] };
    const dir = folder({ '10_j.sql': '', '2_b.sql': '', '20240101000000000_y.js': '', '1600000000000_x.js': '', '1800000000000_z.js': '', '.hidden.sql': '' }); // prettier-ignore
    const report = await validate(dir, [table], { tool: 'node-pg-migrate' });
    expect(report.pending).toEqual(['2_b', '10_j', '1600000000000_x', '20240101000000000_y', '1800000000000_z']);
  });

  it.each([
    [['1700000000000_a', '1700000000001-b'], []],
    [['1700000000001-b', '1700000000000_a'], []],
    [
      ['1700000000002_c', '1700000000000_a', '1700000000001-b'],
      ['1700000000000_a', '1700000000001-b'],
    ],
  ])('takes the order of version 7 and that of version 9: %j', async (names, outOfOrder) => {
    const rows = names.map((name, i) => [String(i), name, String(i)]);
    const table = { name: 'pgmigrations', columns: ['id', 'name', 'run_on'], rows };
    const dir = folder(Object.fromEntries(names.map((name) => [`${name}.js`, ''])));
    const report = await validate(dir, [table], { tool: 'node-pg-migrate' });
    expect([report.status, [...report.outOfOrder].sort()]).toEqual([
      outOfOrder.length > 0 ? 'FAIL' : 'PASS',
      outOfOrder,
    ]);
  });
});

describe('typeorm', () => {
  it.each([
    ['export class Init1700000000000 implements MigrationInterface {', ['Init1700000000000']],
    ['class Init1700000000000 {\n  name = "Other1700000000001";\n}', ['Other1700000000001']],
    ['class Init1700000000000 {\n  constructor() { this.name = \'Init1700000000000\'; }\n}', ['Init1700000000000']],
    ['var Init1700000000000 = (function () { function Init1700000000000() {} return Init1700000000000; }());', ['Init1700000000000']],
    ['class A1700000000000 {} class B1700000000001 {}', ['A1700000000000', 'B1700000000001']],
    ['// class Old1700000000000 {\n/* class Older1700000000000 */', []],
    ['export const helper = 1;', []],
    ['class s{static{e(this,"A1700000000101")}async up(a){}}export{s as A1700000000101};', ['A1700000000101']],
    ['export const A1700000000101 = class { async up(q) {} }', ['A1700000000101']],
    ['let a=1,A1700000000101=class{}', ['A1700000000101']],
    ['class A1700000000101 {}\nexport { A1700000000101 as B1700000000102 };', ['A1700000000101']],
    ['const a = "select 1 as a1700000000000 from t"', []],
  ])('reads the class of %s', (source, names) => {
    expect(classNames(codeOf(source))).toEqual(names);
  }); // prettier-ignore

  const table = {
    name: 'migrations',
    columns: ['id', 'timestamp', 'name'],
    rows: [['1', '1600000000000', 'B1600000000000']],
  };
  const base = { '1-base.js': 'export class B1600000000000 {}' };

  it.each([
    ['of the tool', '1700000000000-Init.js', 'exports.a=class{}'],
    ['that passes on another', '2-new.js', "export * from '../impl/A1700000000101.mjs';"],
    ['whose name is elsewhere', '2-new.js', 'export class Foo { name = NAME; async up(q) {} }'],
    ['whose name is computed', '2-new.js', 'export class Foo { get name() { return N; } async up(q) {} }'],
    ['whose name is written otherwise', '2-new.js', 'export class Foo { name = "\\u00411700000000101"; }'],
    ['without a class', '2-new.js', 'exports.b = make()'],
    ['that passes on what is not in the folder', 'index.js', "export * from '../impl/A1700000000101.mjs';"],
    ['that is an index with a class', 'index.ts', 'export class Foo { name = NAME }'],
  ])('cannot say what a file is %s, which TypeORM loads as well', async (_, file, source) => {
    const report = await validate(folder({ ...base, [file]: source }), [table], { tool: 'typeorm' });
    expect(report.findings).toMatchObject([{ id: 'migrations.unreadable', status: 'FAIL', crashed: true }]);
    expect(report.findings[0]?.place?.file).toContain(file);
  });

  it.each([
    "export * from './1-base.js';",
    'const tslib_1 = require("tslib");\ntslib_1.__exportStar(require("./1-base"), exports);',
    '// import a from "b"\nexport { B1600000000000 } from "./1-base.js";',
  ])('takes an index of what is in the folder for no migration: %s', async (source) => {
    const report = await validate(folder({ ...base, 'index.js': source }), [table], { tool: 'typeorm' });
    expect(found(report)).toEqual([['migrations.applied', 'PASS']]);
  });
});

describe('a tool of which is told', () => {
  const table = {
    name: 'schema_migrations',
    columns: ['version', 'at', 'sum'],
    rows: [
      ['2', 't1', sha256('two')],
      ['1', 't2', sha256('else')],
    ],
  };
  const files = { '1_a.sql': 'one', '2_b.sql': 'two', '10_c.sql': 'three', 'readme.md': '' };
  const tool = { table: 'schema_migrations', column: 'version', files: /^(\d+)_.*\.sql$/g };

  it('is read by its table, its files and its order', async () => {
    const order = (a: string, b: string) => Number(a) - Number(b);
    const report = await validate(folder(files), [table], { tool: { ...tool, order } });
    expect(report).toMatchObject({ tool: 'custom', applied: ['1', '2'], pending: ['10'], outOfOrder: [], edited: [] });
    const strict = { ...tool, order, orderBy: 'at', strictOrder: true, checksum: { column: 'sum' } };
    expect(await validate(folder(files), [table], { tool: strict })).toMatchObject({
      outOfOrder: ['1'],
      edited: ['1'],
      status: 'FAIL',
    });
    const byFunction = { ...tool, files: (file: string) => (file.endsWith('.sql') ? file.split('_')[0] : undefined) };
    expect((await validate(folder(files), [table], { tool: byFunction })).pending).toEqual(['10']);
  });

  it.each([
    ['files throws', { ...tool, files: () => { throw new Error('no'); } }],
    ['files answers a number', { ...tool, files: () => 7 as unknown as string }],
    ['order answers nothing', { ...tool, order: () => NaN }],
    ['order knows no name of the table', { ...tool, files: /^(2)_/, order: (a: string, b: string) => [a, b].includes('1') ? NaN : 0 }],
  ])('cannot be judged when %s', async (_, broken) => {
    const report = await validate(folder(files), [table], { tool: broken });
    expect(report.findings).toMatchObject([{ id: 'migrations.unreadable', crashed: true }]);
  }); // prettier-ignore

  it.each([
    [120, undefined],
    [121, true],
  ])('holds no name of %i characters against an expression: crashed %s', async (length, crashed) => {
    const name = `1_${'a'.repeat(length - 6)}.sql`;
    const { findings } = await validate(folder({ [name]: '' }), [table], { tool });
    expect(findings[0]?.crashed).toBe(crashed);
  });

  it('cannot say whether a file was edited when its row has no checksum', async () => {
    const dir = folder({ '1_a.sql': 'one', '2_b.sql': 'two' });
    const rows = [['1', 't1', null], ['2', 't2', sha256('two')]]; // prettier-ignore
    const report = await validate(dir, [{ ...table, rows }], { tool: { ...tool, checksum: { column: 'sum' } } });
    expect(report.findings).toMatchObject([{ id: 'migrations.table', status: 'FAIL' }]);
    expect(report.findings[0]?.message).toContain("1 of 2 rows in the table of the tool have no 'sum'");
  });

  it('says nothing of files that its expression leaves out', async () => {
    const dir = folder({ '1_a.sql': '', '2_b.sql': '', '1_a.down': '' });
    expect(found(await validate(dir, [table], { tool }))).toEqual([['migrations.applied', 'PASS']]);
  });
});
