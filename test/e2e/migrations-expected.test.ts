import { DeploymentChecker, MigrationValidator, type TableMap } from 'breakwater/deployment';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tryPostgres } from './postgres.js';

const postgres = await tryPostgres();
afterAll(() => postgres?.remove());

const USERS: TableMap = { users: { columns: { id: 'bigint', email: { type: 'text', nullable: false } } } };

describe.skipIf(postgres === undefined)('migrations and the schema that is expected of them', () => {
  const admin = new pg.Pool({ ...(postgres?.address ?? {}), max: 2 });
  const reader = new pg.Pool({ ...(postgres?.address ?? {}), user: 'reader', password: 'only reads', max: 2 });
  const dir = mkdtempSync(join(tmpdir(), 'breakwater-expected-'));

  beforeAll(async () => {
    await admin.query(`
      create role reader login password 'only reads';
      grant pg_read_all_data to reader;
      create table own_journal (id serial primary key, name text, batch int, migration_time timestamptz);
      insert into own_journal (name, batch) values ('1_users.js', 1);
      create table users (id bigint not null, email text not null)`);
    writeFileSync(join(dir, '1_users.js'), '');
  });
  afterAll(async () => {
    await Promise.all([admin.end(), reader.end()]);
    rmSync(dir, { recursive: true });
  });

  const validator = (expected?: TableMap) =>
    new MigrationValidator({
      tool: 'knex',
      table: 'own_journal',
      dir,
      dialect: 'postgresql',
      query: (sql) => reader.query(sql),
      expected,
    });

  it('are one report, in which the table of the tool is no part of the model', async () => {
    const report = await validator(USERS).validate();
    expect(report).toMatchObject({ status: 'PASS', message: '1 applied, none pending; the schema is as expected' });
    const recorded = await validator().recordSchema({ schemas: ['public'] });
    await admin.query('alter table users add column note text');
    const drifted = await new MigrationValidator({
      tool: 'knex',
      table: 'own_journal',
      dir,
      dialect: 'postgresql',
      query: (sql) => reader.query(sql),
      expected: recorded,
    }).validate();
    expect(drifted.findings.map(({ id, status }) => [id, status])).toEqual([['schema.extra-column', 'WARN']]);
    await admin.query('alter table users drop column note');
  });

  it('fail when a column is gone, also for the checker, and by themselves', async () => {
    const wrong: TableMap = { users: { columns: { nickname: 'text' } } };
    const report = await validator(wrong).validate();
    expect(report).toMatchObject({ status: 'FAIL' });
    expect(report.message).toContain('the schema is not as expected: missing-column');
    const { results } = await new DeploymentChecker({ env: false, migrations: validator(wrong) }).runAllChecks();
    expect(results[0]).toMatchObject({ id: 'migrations', status: 'FAIL' });
    expect(results[0]?.findings?.map(({ id }) => id)).toContain('schema.missing-column');
    expect(await validator().validateSchema(USERS)).toMatchObject({
      status: 'PASS',
      message: 'the schema is as expected',
    });
    await expect(validator().validateSchema()).rejects.toThrow('nothing is expected');
    for (const empty of [{}, { ...(await validator().recordSchema({ schemas: ['public'] })), tables: [] }])
      await expect(validator().validateSchema(empty)).rejects.toThrow('no table is expected');
  });

  it('are not compared while something is pending, which explains any difference', async () => {
    writeFileSync(join(dir, '2_nickname.js'), '');
    const report = await validator({ users: { columns: { nickname: 'text' } } }).validate();
    expect(report.findings.map(({ id }) => id)).toEqual(['migrations.pending']);
    expect(report.message).toMatch(/; 1 applied, 1 pending; the schema is compared once they are applied$/);
    rmSync(join(dir, '2_nickname.js'));
  });

  it('refuse an expectation of another database, and tables left out of nothing', () => {
    expect(
      () => new MigrationValidator({ dir, dialect: 'postgresql', query: () => [], expected: { users: 1 } as never }),
    ).toThrow('expected');
    expect(() => new MigrationValidator({ dir, dialect: 'postgresql', query: () => [], ignoreTables: ['a'] })).toThrow(
      "ignoreTables says what of 'expected' is left out",
    );
  });
});
