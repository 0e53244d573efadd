import { type MigrationToolName, type MigrationReport, MigrationValidator } from 'breakwater/deployment';
import { mkdtempSync, readFileSync, rmSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { tryMigrationTools } from './migration-tools/install.js';
import { found } from './migration-world.js';

const toolbox = await tryMigrationTools();

describe.skipIf(toolbox === undefined)('MigrationValidator before the tools on SQLite', () => {
  const { execute, memory, readOnly, tools } = (toolbox ?? {}) as NonNullable<typeof toolbox>;
  const folders: string[] = [];
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  });

  function world() {
    const folder = mkdtempSync(join(tmpdir(), 'breakwater-migrations-'));
    folders.push(folder);
    const dir = join(folder, 'migrations');
    mkdirSync(dir);
    return { dir, file: join(folder, 'database.sqlite') };
  }

  /** As a connection that can write nothing; throws if one byte of the file is another afterwards. */
  async function validate(file: string, dir: string, tool?: MigrationToolName): Promise<MigrationReport> {
    execute(file, 'pragma user_version');
    const before = readFileSync(file);
    const { query, close } = readOnly(file);
    const validator = new MigrationValidator({
      dir,
      dialect: 'sqlite',
      query,
      ...(tool === undefined ? {} : { tool }),
    });
    const report = await validator.validate();
    close();
    if (!readFileSync(file).equals(before)) throw new Error('the validator has changed the database');
    return report;
  }

  it.each(['knex', 'kysely', 'typeorm'] as const)(
    'HLD-65 HLD-66 HLD-67 tells every state of %s under query_only and changes no byte',
    async (name) => {
      const { dir, file } = world();
      const its = tools[name];
      const ids = (...names: string[]): string[] => names.map((each) => its.idOf(each));
      expect(found(await validate(file, dir, name))).toEqual({ empty: 'FAIL', 'no-table': 'WARN' });
      its.add(dir, '0001_one');
      its.add(dir, '0002_two');
      expect(found(await validate(file, dir, name))).toEqual({ 'no-table': 'WARN', pending: 'FAIL' });
      await its.up({ file }, dir);
      expect(await validate(file, dir, name)).toMatchObject({ status: 'PASS', message: '2 applied, none pending' });
      expect(await validate(file, dir)).toMatchObject({ status: 'PASS', tool: name });
      its.add(dir, '0003_three');
      expect((await validate(file, dir, name)).pending).toEqual(ids('0003_three'));
      expect(await its.pending?.({ file }, dir)).toEqual(ids('0003_three'));
      its.remove(dir, '0002_two');
      expect(await validate(file, dir, name)).toMatchObject({ pending: ids('0003_three'), missing: ids('0002_two') });
    },
  );

  it('understands node:sqlite, where the platform has it', async () => {
    const sqlite = (await import('node:sqlite' as string).catch(() => undefined)) as
      | {
          DatabaseSync: new (
            file: string,
            options: object,
          ) => { prepare(sql: string): { all(): unknown }; close(): void };
        }
      | undefined;
    if (sqlite === undefined) {
      process.stderr.write('skipped: this Node has no node:sqlite\n');
      return;
    }
    const { dir, file } = world();
    tools.knex.add(dir, '0001_one');
    await tools.knex.up({ file }, dir);
    const database = new sqlite.DatabaseSync(file, { readOnly: true });
    const query = (sql: string) => database.prepare(sql).all();
    const report = await new MigrationValidator({ dir, dialect: 'sqlite', query }).validate();
    database.close();
    expect(report).toMatchObject({ status: 'PASS', tool: 'knex', applied: ['0001_one.js'] });
  });

  it('HLD-65 does not read a view in the place of the table', async () => {
    const { dir, file } = world();
    tools.knex.add(dir, '0001_one');
    await tools.knex.up({ file }, dir);
    execute(file, 'alter table knex_migrations rename to really');
    execute(file, 'create view knex_migrations as select * from really');
    expect(found(await validate(file, dir, 'knex'))).toEqual({ table: 'FAIL' });
  });

  it('tells a lock that knex left behind, and one that kysely never looks at', async () => {
    const { dir, file } = world();
    tools.knex.add(dir, '0001_one');
    await tools.knex.up({ file }, dir);
    execute(file, 'update knex_migrations_lock set is_locked = 1');
    expect(found(await validate(file, dir, 'knex'))).toEqual({ locked: 'FAIL' });
    tools.knex.add(dir, '0002_two');
    await expect(tools.knex.up({ file }, dir)).rejects.toThrow(/lock/i);

    const other = world();
    tools.kysely.add(other.dir, '0001_one');
    await tools.kysely.up({ file: other.file }, other.dir);
    execute(other.file, 'update kysely_migration_lock set is_locked = 1');
    expect(found(await validate(other.file, other.dir, 'kysely'))).toEqual({ locked: 'WARN' });
    tools.kysely.add(other.dir, '0002_two');
    await tools.kysely.up({ file: other.file }, other.dir);
    expect((await validate(other.file, other.dir, 'kysely')).pending).toEqual([]);
  });

  it.each(['drizzle', 'drizzle 1'] as const)('HLD-66 HLD-67 HLD-68 tells every state of %s', async (name) => {
    const { dir } = world();
    const database = memory();
    const its = tools[name];
    const validate = (): Promise<MigrationReport> =>
      new MigrationValidator({
        tool: 'drizzle',
        dir,
        dialect: 'sqlite',
        query: (sql) => {
          database.exec('pragma query_only = on');
          try {
            return database.exec(sql);
          } finally {
            database.exec('pragma query_only = off');
          }
        },
      }).validate();
    its.add(dir, '0001_one');
    its.add(dir, '0003_three');
    expect(found(await validate())).toEqual({ 'no-table': 'WARN', pending: 'FAIL' });
    await its.up({ memory: database }, dir);
    expect(await validate()).toMatchObject({ status: 'PASS', applied: [its.idOf('0001_one'), its.idOf('0003_three')] });
    its.add(dir, '0002_two');
    expect(found(await validate())).toEqual(
      name === 'drizzle' ? { skipped: 'FAIL' } : { pending: 'FAIL', 'out-of-order': 'WARN' },
    );
    its.remove(dir, '0002_two');
    its.remove(dir, '0003_three');
    expect(found(await validate())).toEqual({ ahead: 'WARN' });
    database.close();
  });
});
