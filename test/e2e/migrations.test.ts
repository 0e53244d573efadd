import { type MigrationToolName, MigrationValidator } from 'breakwater/deployment';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { tryMigrationTools } from './migration-tools/install.js';
import { found, World } from './migration-world.js';
import { tryPostgres } from './postgres.js';

const toolbox = await tryMigrationTools();
const postgres = toolbox === undefined ? undefined : await tryPostgres();

describe.skipIf(postgres === undefined)('MigrationValidator before the tools on a real PostgreSQL', () => {
  const server = postgres as NonNullable<typeof postgres>;
  const { clients, tools } = (toolbox ?? {}) as NonNullable<typeof toolbox>;
  const worlds: World[] = [];
  let count = 0;
  async function world(): Promise<World> {
    const made = await World.create(server, `migrations_${String(++count)}`);
    worlds.push(made);
    return made;
  }
  afterEach(async () => {
    for (const made of worlds.splice(0)) await made.end();
  });
  afterAll(() => server.remove());

  it.each([
    ['knex', 'knex', 'runs'],
    ['drizzle', 'drizzle', 'skips'],
    ['drizzle 1', 'drizzle', 'runs'],
    ['node-pg-migrate', 'node-pg-migrate', 'refuses'],
    ['node-pg-migrate 9', 'node-pg-migrate', 'refuses'],
    ['kysely', 'kysely', 'refuses'],
    ['umzug', 'umzug', 'runs'],
    ['umzug', 'sequelize', 'runs'],
    ['typeorm', 'typeorm', 'runs'],
  ] as const)(
    'HLD-65 HLD-66 HLD-67 HLD-68 tells every state of %s as %s, as a role that only reads, and changes nothing',
    async (name, tool: MigrationToolName, late) => {
      const at = await world();
      const { dir, url } = at;
      const its = tools[name];
      const ids = (...names: string[]): string[] => names.map((each) => its.idOf(each));
      const agrees = async (pending: readonly string[]): Promise<void> => {
        // Asked last: most of them write when they are asked.
        if (its.pending !== undefined) expect(await its.pending({ url }, dir)).toEqual(pending);
      };

      const empty = await at.validate({ tool });
      expect(found(empty)).toMatchObject({ 'no-table': 'WARN' });
      expect(Object.keys(found(empty)).some((id) => id === 'empty' || id === 'journal')).toBe(true);

      its.add(dir, '0001_one');
      its.add(dir, '0003_three');
      const fresh = await at.validate({ tool });
      expect(found(fresh)).toEqual({ 'no-table': 'WARN', pending: 'FAIL' });
      expect(fresh.pending).toEqual(ids('0001_one', '0003_three'));

      await its.up({ url }, dir);
      const current = await at.validate({ tool });
      expect(current).toMatchObject({ status: 'PASS', message: '2 applied, none pending', locked: false, pending: [] });
      expect(current.applied).toEqual(ids('0001_one', '0003_three'));
      expect(current.metadata).toMatchObject({ guard: 'transaction' });
      const auto = await at.validate();
      expect(auto).toMatchObject({ status: 'PASS', tool: current.tool, table: current.table });
      await agrees([]);

      its.add(dir, '0004_four');
      const behind = await at.validate({ tool });
      expect(found(behind)).toEqual({ pending: 'FAIL' });
      expect(behind.pending).toEqual(ids('0004_four'));
      await agrees(ids('0004_four'));

      its.add(dir, '0002_two');
      const late2 = await at.validate({ tool });
      expect(late2.pending).toEqual(ids('0002_two', '0004_four'));
      expect(found(late2)).toEqual({
        pending: 'FAIL',
        ...(late === 'skips' ? { skipped: 'FAIL' } : { 'out-of-order': late === 'refuses' ? 'FAIL' : 'WARN' }),
      });
      expect(late === 'skips' ? late2.skipped : late2.outOfOrder).toEqual(ids('0002_two'));
      if (late === 'refuses') await expect(its.up({ url }, dir)).rejects.toThrow();
      its.remove(dir, '0002_two');
      its.remove(dir, '0004_four');

      its.remove(dir, '0003_three');
      const ahead = await at.validate({ tool });
      expect(found(ahead)).toEqual({ ahead: 'WARN' });
      expect(ahead.ahead).toHaveLength(1);
      if (name !== 'drizzle') expect(ahead.ahead).toEqual(ids('0003_three'));
      expect(found(await at.validate({ tool, allowAhead: false }))).toEqual({ ahead: 'FAIL' });

      // Newer than the folder, and a gap in it: what the tool does says which of them are worth a FAIL.
      const refuses = ['knex', 'kysely', 'node-pg-migrate', 'node-pg-migrate 9'].includes(name);
      its.remove(dir, '0001_one');
      its.add(dir, '0003_three');
      its.add(dir, '0004_four');
      const gap = await at.validate({ tool });
      expect(found(gap)).toEqual({ pending: 'FAIL', missing: refuses ? 'FAIL' : 'WARN' });
      expect(gap.missing).toHaveLength(1);
      expect(gap.pending).toEqual(ids('0004_four'));
      if (refuses) await expect(its.up({ url }, dir)).rejects.toThrow();
      else await its.up({ url }, dir);
      expect(found(await at.validate({ tool }))).toEqual({
        ...(refuses && { pending: 'FAIL' }),
        missing: refuses ? 'FAIL' : 'WARN',
      });
    },
  );

  it.each([
    ['knex', 'knex'],
    ['kysely', 'kysely'],
    ['node-pg-migrate', 'node-pg-migrate'],
    ['node-pg-migrate 9', 'node-pg-migrate'],
  ] as const)(
    'HLD-67 %s refuses what is pending beside something newer, and so it is no mere warning',
    async (name, tool) => {
      const at = await world();
      const its = tools[name];
      its.add(at.dir, '0001_one');
      its.add(at.dir, '0009_nine');
      await its.up({ url: at.url }, at.dir);
      its.remove(at.dir, '0009_nine');
      its.add(at.dir, '0005_five');
      expect(found(await at.validate({ tool }))).toMatchObject({ pending: 'FAIL', ahead: 'FAIL' });
      await expect(its.up({ url: at.url }, at.dir)).rejects.toThrow();
    },
  );

  it.each([
    ['node-pg-migrate', 'runs'],
    ['node-pg-migrate 9', 'refuses'],
  ] as const)('says what of its order %s checks: its command all of it; its runner untold %s', async (name, untold) => {
    const at = await world();
    const its = tools[name];
    its.add(at.dir, '0001_one');
    its.add(at.dir, '0003_three');
    await its.up({ url: at.url }, at.dir);
    its.add(at.dir, '0002_two');
    const report = await at.validate({ tool: 'node-pg-migrate' });
    const disorder = report.findings.find(({ id }) => id === 'migrations.out-of-order');
    expect(disorder).toMatchObject({ status: 'FAIL', hint: expect.stringContaining('--no-check-order') as string });
    await expect(its.command(at.url, at.dir)).rejects.toThrow(/Not run migration 0002_two is preceding/);
    if (untold === 'refuses') await expect(its.runUntold({ url: at.url }, at.dir)).rejects.toThrow(/Not run migration/);
    else await its.runUntold({ url: at.url }, at.dir);
    await its.runUnchecked({ url: at.url }, at.dir);
    expect((await at.validate({ tool: 'node-pg-migrate' })).pending).toEqual([]);
  });

  it.each([
    ['kysely', 'kysely'],
    ['node-pg-migrate', 'node-pg-migrate'],
    ['node-pg-migrate 9', 'node-pg-migrate'],
  ] as const)(
    'takes what %s ran late for a FAIL, as it refuses for ever, unless it was on purpose',
    async (name, tool) => {
      const at = await world();
      const its = tools[name];
      its.add(at.dir, '0001_one');
      its.add(at.dir, '0003_three');
      await its.up({ url: at.url }, at.dir);
      its.add(at.dir, '0002_two');
      await its.runUnchecked({ url: at.url }, at.dir);
      const late = await at.validate({ tool });
      expect(found(late)).toEqual({ 'out-of-order': 'FAIL' });
      expect(late.findings[0]?.hint).toContain('outOfOrder');
      // Nothing is pending, and it refuses all the same, unless it is told not to.
      await expect(its.up({ url: at.url }, at.dir)).rejects.toThrow();
      await its.runUnchecked({ url: at.url }, at.dir);
      expect(found(await at.validate({ tool, outOfOrder: 'warn' }))).toEqual({ 'out-of-order': 'WARN' });
      const allowed = await at.validate({ tool, outOfOrder: 'allow' });
      expect(found(allowed)).toEqual({ applied: 'PASS' });
      expect(allowed).toMatchObject({
        status: 'PASS',
        outOfOrder: late.outOfOrder,
        message: '3 applied, none pending, 1 out of order',
      });
      // A file that is gone is another matter to kysely, and the same one to node-pg-migrate.
      its.remove(at.dir, '0001_one');
      const refuses = tool === 'kysely';
      expect(found(await at.validate({ tool, outOfOrder: 'allow' }))).toEqual({ missing: refuses ? 'FAIL' : 'WARN' });
      const again = its.runUnchecked({ url: at.url }, at.dir);
      if (refuses) await expect(again).rejects.toThrow(/missing/);
      else await again;
    },
  );

  it('cannot say what was applied where row level security hides it, in the table or in that of the lock', async () => {
    const at = await world();
    const { knex } = tools;
    knex.add(at.dir, '0001_one');
    await knex.up({ url: at.url }, at.dir);
    const state = async (change: string) => {
      await at.admin.query(change);
      const report = await at.validate({ tool: 'knex' });
      return [found(report), report.findings[0]?.crashed, report.pending];
    };
    const unknown = [{ unreadable: 'FAIL' }, true, []];
    expect(await state('alter table knex_migrations enable row level security')).toEqual(unknown);
    expect((await at.validate({ tool: 'knex' })).findings[0]).toMatchObject({
      message: expect.stringContaining("row level security may hide rows of 'knex_migrations'") as string,
      hint: expect.stringContaining('BYPASSRLS') as string,
    });
    expect(await state("create policy few on knex_migrations for select using (name like '%one%')")).toEqual(unknown);
    expect(await state('create policy others on knex_migrations for select to pg_monitor using (true)')).toEqual(
      unknown,
    );
    // All rows are shown to this role.
    expect(await state('create policy all_rows on knex_migrations to reader using (true)')).toEqual([{ applied: 'PASS' }, undefined, []]); // prettier-ignore
    expect(await state('create policy fewer on knex_migrations as restrictive using (id > 1)')).toEqual(unknown);
    // The owner is not bound, until it is forced upon him; this one is a superuser, who never is.
    expect(found(await at.validate({ tool: 'knex', query: (sql) => at.admin.query(sql) }))).toEqual({
      applied: 'PASS',
    });
    await at.admin.query('alter table knex_migrations owner to reader');
    expect(found(await at.validate({ tool: 'knex' }))).toEqual({ applied: 'PASS' });
    expect(await state('alter table knex_migrations force row level security')).toEqual(unknown);
    expect(await state('alter table knex_migrations disable row level security')).toEqual([{ applied: 'PASS' }, undefined, []]); // prettier-ignore
    const locked = await state('alter table knex_migrations_lock enable row level security');
    expect(locked).toEqual(unknown);
  });

  it('says what to do where one cannot get in', async () => {
    const at = await world();
    at.admin.on('error', () => undefined);
    tools.knex.add(at.dir, '0001_one');
    const { host, port, user, password } = server.address;
    const hint = async (more: pg.PoolConfig): Promise<unknown> => {
      const pool = new pg.Pool({ host, port, user, password, database: 'postgres', ...more });
      const report = await at.validate({ tool: 'knex', query: (sql) => pool.query(sql) });
      await pool.end();
      expect(report.findings[0]).toMatchObject({ id: 'migrations.unreadable', crashed: true });
      return report.findings[0]?.hint;
    };
    expect(await hint({ database: 'nowhere' })).toContain('the right database');
    expect(await hint({ password: 'wrong' })).toContain('user and password');
    expect(await hint({ ssl: { rejectUnauthorized: true } })).toContain('has no TLS');
    expect(await hint({ port: 1 })).toContain('database is up');
    expect(await hint({ host: 'no-such-host.invalid' })).toContain('host and port');
  });

  it('HLD-65 does not read a view in the place of the table, which may write', async () => {
    const at = await world();
    tools.knex.add(at.dir, '0001_one');
    await tools.knex.up({ url: at.url }, at.dir);
    await at.admin.query(`create table seen (n int);
      create function look() returns int language sql volatile as 'insert into seen values (1) returning n';
      alter table knex_migrations rename to really;
      create view knex_migrations as select id, name, batch, look() as looked from really`);
    for (const tool of ['knex', 'auto'] as const) {
      const report = await at.validate({ tool, query: (text) => at.admin.query({ text, queryMode: 'extended' } as { text: string }) }); // prettier-ignore
      expect(found(report)).toEqual({ table: 'FAIL' });
      expect(report.message).toContain("'knex_migrations' is a view");
    }
  });

  it('HLD-72 tells what stands twice in the table, and a time that drizzle does not find', async () => {
    const at = await world();
    tools.drizzle.add(at.dir, '0001_one');
    await tools.drizzle.up({ url: at.url }, at.dir);
    await at.admin.query('insert into drizzle.__drizzle_migrations (hash, created_at) select hash, created_at from drizzle.__drizzle_migrations'); // prettier-ignore
    expect(found(await at.validate({ tool: 'drizzle' }))).toEqual({ duplicate: 'FAIL' });
    await at.admin.query('update drizzle.__drizzle_migrations set created_at = null where id > 1');
    expect(found(await at.validate({ tool: 'drizzle' }))).toMatchObject({ table: 'FAIL' });
    // It takes the empty time for the newest one, and does all of it again.
    await expect(tools.drizzle.up({ url: at.url }, at.dir)).rejects.toThrow();
  });

  it.each(['drizzle', 'drizzle 1'] as const)('tells what was edited after %s had run it', async (name) => {
    const at = await world();
    tools[name].add(at.dir, '0001_one');
    await tools[name].up({ url: at.url }, at.dir);
    const file = join(at.dir, tools[name].fileOf('0001_one'));
    const sql = readFileSync(file, 'utf8');
    writeFileSync(file, sql.replaceAll('\n', '\r\n'));
    expect(found(await at.validate({ tool: 'drizzle' }))).toEqual({ applied: 'PASS' });
    writeFileSync(file, `${sql}-- and more`);
    const report = await at.validate({ tool: 'drizzle' });
    expect(found(report)).toEqual({ edited: 'FAIL' });
    expect(report.edited).toEqual([tools[name].idOf('0001_one')]);
    // The tool itself has nothing against it.
    await tools[name].up({ url: at.url }, at.dir);
  });

  it('HLD-68 tells what drizzle silently never applies', async () => {
    const at = await world();
    const { drizzle } = tools;
    drizzle.add(at.dir, '0001_one');
    drizzle.add(at.dir, '0002_two');
    await drizzle.up({ url: at.url }, at.dir);
    // Made on a branch before the second one, and merged after it.
    drizzle.add(at.dir, '0003_late', 1_700_000_001_500);
    await drizzle.up({ url: at.url }, at.dir);
    const report = await at.validate();
    expect(report).toMatchObject({ tool: 'drizzle', skipped: ['0003_late'], pending: ['0003_late'] });
    // To run the tool is no cure.
    expect(found(report)).toEqual({ skipped: 'FAIL' });
    const { rows } = await at.admin.query("select to_regclass('t_0003_late') as there");
    expect(rows).toEqual([{ there: null }]);
  });

  it('reads a table that drizzle 1 has not brought forward yet, and one that it has', async () => {
    const at = await world();
    const older = tools.drizzle;
    older.add(at.dir, '0001_one', Date.UTC(2024, 0, 1, 1, 0, 1));
    await older.up({ url: at.url }, at.dir);
    older.remove(at.dir, '0001_one');
    const next = await world();
    const newer = tools['drizzle 1'];
    newer.add(next.dir, '0001_one');
    newer.add(next.dir, '0002_two');
    expect(await at.validate({ tool: 'drizzle', dir: next.dir })).toMatchObject({ edited: [] });
    const before = await at.validate({ tool: 'drizzle', dir: next.dir });
    await newer.up({ url: at.url }, next.dir);
    const after = await at.validate({ tool: 'drizzle', dir: next.dir });
    expect(before.applied).toHaveLength(1);
    expect(before.pending).toHaveLength(1);
    expect(after).toMatchObject({ status: 'PASS', pending: [], ahead: [] });
  });

  it.each(['node-pg-migrate', 'node-pg-migrate 9'] as const)(
    'has the order in which %s runs numbers and times',
    async (tool) => {
      const at = await world();
      const its = tools[tool];
      for (const name of ['10_a', '2_b', '20240101000000000_c', '1600000000000_d', '1800000000000_e'])
        its.add(at.dir, name);
      if (tool === 'node-pg-migrate') its.add(at.dir, 'plain');
      const { pending } = await at.validate({ tool: 'node-pg-migrate' });
      expect(await its.pending?.({ url: at.url }, at.dir)).toEqual(pending);
      if (tool === 'node-pg-migrate') return;
      its.add(at.dir, 'plain');
      await expect(its.up({ url: at.url }, at.dir)).rejects.toThrow(/numeric prefix/);
    },
  );

  it('tells a lock of knex that nobody gives back', async () => {
    const at = await world();
    tools.knex.add(at.dir, '0001_one');
    await tools.knex.up({ url: at.url }, at.dir);
    tools.knex.add(at.dir, '0002_two');
    for (const state of ['set is_locked = 1', 'add a second row'] as const) {
      await at.admin.query('update knex_migrations_lock set is_locked = 0');
      if (state === 'set is_locked = 1') await at.admin.query('update knex_migrations_lock set is_locked = 1');
      else await at.admin.query('insert into knex_migrations_lock (is_locked) values (0)');
      const report = await at.validate({ tool: 'knex' });
      expect(found(report)).toEqual({ locked: 'FAIL', pending: 'FAIL' });
      expect(report.locked).toBe(true);
      await expect(tools.knex.up({ url: at.url }, at.dir)).rejects.toThrow(/lock/i);
    }
  });

  it('takes one locked row of several for a lock of knex, which would run beside whoever holds it', async () => {
    const at = await world();
    tools.knex.add(at.dir, '0001_one');
    await tools.knex.up({ url: at.url }, at.dir);
    await at.admin.query('insert into knex_migrations_lock (is_locked) values (1)');
    expect(found(await at.validate({ tool: 'knex' }))).toEqual({ locked: 'FAIL' });
    tools.knex.add(at.dir, '0002_two');
    await tools.knex.up({ url: at.url }, at.dir);
  });

  it.each([
    ['node-pg-migrate', 'node-pg-migrate', '7241865325823964'],
    ['node-pg-migrate 9', 'node-pg-migrate', '7241865325823964'],
    ['kysely', 'kysely', '3853314791062309107'],
  ] as const)('tells that %s is migrating right now', async (name, tool, key) => {
    const at = await world();
    tools[name].add(at.dir, '0001_one');
    await tools[name].up({ url: at.url }, at.dir);
    const client = await at.admin.connect();
    await client.query(`select pg_advisory_lock(${key})`);
    const held = await at.validate({ tool });
    // It is the lock that the tool itself heeds.
    if (tool === 'node-pg-migrate')
      await expect(tools[name].up({ url: at.url }, at.dir)).rejects.toThrow(/already running/);
    await client.query(`select pg_advisory_unlock(${key})`);
    client.release();
    expect([found(held), held.locked]).toEqual([{ locked: 'WARN' }, true]);
    expect(await at.validate({ tool })).toMatchObject({ status: 'PASS', locked: false });
  });

  it('HLD-65 can write nothing in the transaction that it reads in, and leaves nothing on the connection', async () => {
    const at = await world();
    tools.knex.add(at.dir, '0001_one');
    await tools.knex.up({ url: at.url }, at.dir);
    const sent: string[] = [];
    const query = (sql: string) => {
      sent.push(sql);
      return at.admin.query(sql);
    };
    expect(await at.validate({ tool: 'knex', query })).toMatchObject({ status: 'PASS' });
    expect(sent.length).toBeGreaterThan(1);
    for (const text of sent) {
      const [begin = ''] = text.split('SELECT');
      await expect(at.admin.query(`${begin} insert into knex_migrations (name) values ('x')`)).rejects.toMatchObject({
        code: '25006',
      });
    }
    const states = await at.admin.query("select state from pg_stat_activity where state like '%transaction%'");
    const settings = await at.admin.query("select current_setting('statement_timeout') as ms, current_setting('transaction_read_only') as ro"); // prettier-ignore
    expect([states.rows, settings.rows]).toEqual([[], [{ ms: '0', ro: 'off' }]]);
  });

  it('HLD-65 gives up on a table that a migration has locked, on the server as well', async () => {
    const at = await world();
    tools.knex.add(at.dir, '0001_one');
    await tools.knex.up({ url: at.url }, at.dir);
    const client = await at.admin.connect();
    await client.query('begin; lock table knex_migrations in access exclusive mode');
    // Not by way of the world, whose look at all rows would wait as well.
    const query = (sql: string) => at.reader.query(sql);
    const validator = new MigrationValidator({ tool: 'knex', dir: at.dir, dialect: 'postgres', timeoutMs: 300, query });
    const report = await validator.validate();
    expect(report).toMatchObject({ status: 'FAIL', pending: [], applied: [] });
    expect(report.findings[0]).toMatchObject({ id: 'migrations.unreadable', crashed: true });
    await expect
      .poll(
        async () =>
          (await client.query("select 1 from pg_stat_activity where state = 'active' and usename = 'reader'")).rowCount,
      )
      .toBe(0);
    await client.query('rollback');
    client.release();
  });

  it('says which right is missing', async () => {
    const at = await world();
    tools.knex.add(at.dir, '0001_one');
    await tools.knex.up({ url: at.url }, at.dir);
    await at.admin.query("create role nobody_else login password 'x'");
    const { host, port } = server.address;
    const pool = new pg.Pool({ host, port, user: 'nobody_else', password: 'x', database: new URL(at.url).pathname.slice(1) }); // prettier-ignore
    const report = await at.validate({ tool: 'knex', query: (sql) => pool.query(sql) });
    await pool.end();
    expect(report.findings[0]).toMatchObject({
      id: 'migrations.unreadable',
      crashed: true,
      message: 'the database cannot be read: permission denied for table knex_migrations',
      hint: expect.stringContaining('grant') as string,
    });
  });

  it('names the schema in which the table is, when it looked in another', async () => {
    const at = await world();
    tools.knex.add(at.dir, '0001_one');
    await tools.knex.up({ url: at.url }, at.dir);
    await at.admin.query('create schema "my app"; alter table knex_migrations set schema "my app"; alter table knex_migrations_lock set schema "my app"'); // prettier-ignore
    const lost = await at.validate({ tool: 'knex' });
    expect(lost.findings[0]).toMatchObject({ id: 'migrations.no-table', hint: expect.stringContaining("'my app'") as string }); // prettier-ignore
    for (const options of [{ tool: 'knex', schema: 'my app' }, {}] as const)
      expect(await at.validate(options)).toMatchObject({ status: 'PASS', table: 'my app.knex_migrations' });
    await at.admin.query('create table knex_migrations as table "my app".knex_migrations with no data');
    const two = await at.validate();
    expect(found(two)).toEqual({ tool: 'FAIL' });
    expect(two.message).toBe("the table of knex is in several schemas: 'public', 'my app'");
    expect(await at.validate({ tool: 'knex', schema: 'my app' })).toMatchObject({ status: 'PASS' });
  });

  it('does not choose between the tables of two tools', async () => {
    const at = await world();
    for (const name of ['knex', 'umzug'] as const) {
      const other = await world();
      tools[name].add(other.dir, '0001_one');
      await at.admin.query('drop table if exists t_0001_one');
      await tools[name].up({ url: at.url }, other.dir);
    }
    const report = await at.validate();
    expect(found(report)).toEqual({ tool: 'FAIL' });
    expect(report.message).toMatch(/several migration tools are there: umzug or sequelize in public, knex in public$/);
  });

  it('HLD-65 understands the clients that people have', async () => {
    const at = await world();
    tools.knex.add(at.dir, '0001_one');
    await tools.knex.up({ url: at.url }, at.dir);
    tools.knex.add(at.dir, '0002_two');
    const { queries, close } = await clients(at.url);
    const guards: Record<string, unknown> = {};
    try {
      for (const [name, query] of Object.entries(queries)) {
        const report = await at.validate({ tool: 'knex', query });
        expect(report, name).toMatchObject({ applied: ['0001_one.js'], pending: ['0002_two.js'], locked: false });
        guards[name] = report.metadata?.['guard'];
      }
    } finally {
      await close();
    }
    expect(
      Object.entries(guards)
        .filter(([, guard]) => guard === 'select')
        .map(([name]) => name),
    ).toEqual(['pg with the extended protocol', 'typeorm', 'kysely']);
  });
});
