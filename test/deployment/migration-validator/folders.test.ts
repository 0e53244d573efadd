import { describe, expect, it } from 'vitest';
import { knexTable } from './fake-database.js';
import { folders, found, validate } from './world.js';

const folder = folders();

describe('what the validator looks at', () => {
  it('HLD-61 what was applied is not known where the table is out of the sight of the role', async () => {
    const unseen = { ...knexTable('a.js'), schema: 'app', inPath: false };
    const report = await validate(folder({ 'a.js': '', 'b.js': '' }), [unseen], { tool: 'knex' });
    expect(report).toMatchObject({ pending: [], applied: [], table: undefined });
    expect(report.findings).toMatchObject([
      {
        id: 'migrations.unreadable',
        status: 'FAIL',
        crashed: true,
        message: expect.stringContaining("is in the schema 'app', which this role does not look into") as string,
      },
    ]);
    // Of a schema that is named, and of a table that is another's, it is known that nothing was applied.
    const named = await validate(folder({ 'a.js': '' }), [unseen], { tool: 'knex', schema: 'other' });
    const foreign = { ...unseen, columns: ['id', 'title'] };
    for (const known of [named, await validate(folder({ 'a.js': '' }), [foreign], { tool: 'knex' })]) {
      expect(found(known)).toEqual([
        ['migrations.no-table', 'WARN'],
        ['migrations.pending', 'FAIL'],
      ]);
    }
  });

  it('says where a folder was looked for whose path is relative', async () => {
    const report = await validate('no/such folder', [knexTable('a.js')], { tool: 'knex' });
    expect(report.message).toBe(`'no/such folder' below '${process.cwd()}' cannot be read: there is no such folder`);
  });
});

describe('files that lie beside migrations', () => {
  const compiled = { '1_a.js': '', '1_a.js.map': '', '1_a.d.ts': '', 'README.md': '' };

  it.each([
    // By itself knex takes the declarations for migrations.
    [undefined, ['1_a.d.ts', '1_a.js'], []],
    [['.js'], ['1_a.js'], []],
    [['.mjs'], [], ['1_a.js']],
  ] as const)('of knex, which loads %j', async (loadExtensions, pending, ignored) => {
    const report = await validate(folder(compiled), [], { tool: 'knex', ...(loadExtensions && { loadExtensions }) });
    expect(report.pending).toEqual(pending);
    const told = report.findings.find(({ id }) => id === 'migrations.ignored')?.message ?? '';
    expect(['1_a.js', '.map', '.d.ts', 'README'].filter((name) => told.includes(name))).toEqual(ignored);
  });

  it.each([
    [undefined, ['1_a.d', '1_a', '1_a.js', 'README']],
    [String.raw`\..*|.*\.(map|d\.ts|md)`, ['1_a']],
    // As the tool has it: the pattern is for the whole name.
    ['map|README', ['1_a.d', '1_a', '1_a.js', 'README']],
  ] as const)('of node-pg-migrate, which passes over %j', async (ignorePattern, pending) => {
    const options = { tool: 'node-pg-migrate', ...(ignorePattern && { ignorePattern }) } as const;
    const report = await validate(folder(compiled), [], options);
    expect([...report.pending].sort()).toEqual([...pending].sort());
  });

  it.each([
    ['umzug', ['1_a.js', '1_a.sql', '2_b.mjs']],
    ['sequelize', ['1_a.js']],
  ] as const)('of %s, by its own pattern and its own name', async (tool, pending) => {
    const dir = folder({ '1_a.js': '', '1_a.sql': '', '2_b.mjs': '', '1_a.d.ts': '' });
    const report = await validate(dir, [], { tool });
    expect(report).toMatchObject({ tool, pending });
    const ignored = report.findings.find(({ id }) => id === 'migrations.ignored');
    expect(ignored?.message).toBe(
      tool === 'umzug' ? undefined : "the folder has what is no migration to sequelize: '1_a.sql', '2_b.mjs'",
    );
    expect(report.findings.at(-1)?.hint?.includes('sequelize db:migrate')).toBe(tool === 'sequelize');
  });
});

describe('the folders of knex', () => {
  const applied = knexTable('1_a.js', '3_c.js');

  it('count as one, in the order of all file names', async () => {
    const dir = [folder({ '1_a.js': '', '3_c.js': '' }), folder({ '2_b.js': '', 'x.sql': '' })];
    const report = await validate(dir, [applied], { tool: 'knex' });
    expect(report).toMatchObject({ pending: ['2_b.js'], missing: [], ahead: [], outOfOrder: ['2_b.js'] });
    expect(report.findings.find(({ id }) => id === 'migrations.ignored')?.message).toContain("'x.sql'");
    expect(await validate(dir.slice(0, 1), [applied], { tool: 'knex' })).toMatchObject({ status: 'PASS' });
  });

  it('HLD-72 may not have a name twice, and none of them may be gone', async () => {
    const twice = [folder({ '1_a.js': '', '3_c.js': '' }), folder({ '1_a.js': '' })];
    expect(found(await validate(twice, [applied], { tool: 'knex' }))).toEqual([['migrations.duplicate', 'FAIL']]);
    const gone = await validate([...twice.slice(0, 1), '/nowhere'], [applied], { tool: 'knex' });
    expect(gone).toMatchObject({ status: 'FAIL', applied: [], findings: [{ crashed: true }] });
    expect(gone.message).toContain("'/nowhere' cannot be read: there is no such folder");
  });
});
