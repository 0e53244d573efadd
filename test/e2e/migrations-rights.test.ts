import { MigrationValidator } from 'breakwater/deployment';
import pg from 'pg';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { tryMigrationTools } from './migration-tools/install.js';
import { found, World } from './migration-world.js';
import { tryPostgres } from './postgres.js';

const toolbox = await tryMigrationTools();
const postgres = toolbox === undefined ? undefined : await tryPostgres();

describe.skipIf(postgres === undefined)('MigrationValidator with the rights that it has on a real PostgreSQL', () => {
  const server = postgres as NonNullable<typeof postgres>;
  const { clients, tools } = (toolbox ?? {}) as NonNullable<typeof toolbox>;
  const worlds: World[] = [];
  let count = 0;
  async function world(): Promise<World> {
    const made = await World.create(server, `rights_${String(++count)}`);
    worlds.push(made);
    return made;
  }
  afterEach(async () => {
    for (const made of worlds.splice(0)) await made.end();
  });
  afterAll(() => server.remove());

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
    expect(lost.findings).toMatchObject([
      { id: 'migrations.unreadable', crashed: true, message: expect.stringContaining("'my app'") as string },
    ]);
    for (const options of [{ tool: 'knex', schema: 'my app' }, {}] as const)
      expect(await at.validate(options)).toMatchObject({ status: 'PASS', table: 'my app.knex_migrations' });
    await at.admin.query('create table knex_migrations as table "my app".knex_migrations with no data');
    const two = await at.validate();
    expect(found(two)).toEqual({ tool: 'FAIL' });
    expect(two.message).toBe("the table of knex is in several schemas: 'public', 'my app'");
    expect(await at.validate({ tool: 'knex', schema: 'my app' })).toMatchObject({ status: 'PASS' });
  });

  it('HLD-61 cannot say what was applied where the role may not use the schema, and takes nothing for pending', async () => {
    const at = await world();
    tools.knex.add(at.dir, '0001_one');
    await tools.knex.up({ url: at.url }, at.dir);
    await at.admin.query("create role without_usage login password 'x'; revoke usage on schema public from public");
    const { host, port } = server.address;
    const database = new URL(at.url).pathname.slice(1);
    const pool = new pg.Pool({ host, port, user: 'without_usage', password: 'x', database });
    try {
      for (const schema of [undefined, 'public'] as const) {
        const options = { tool: 'knex', query: (sql: string) => pool.query(sql), ...(schema && { schema }) } as const;
        const report = await at.validate(options);
        expect(report).toMatchObject({ status: 'FAIL', pending: [], findings: [{ crashed: true }] });
        expect(report.findings).toHaveLength(1);
      }
    } finally {
      await pool.end();
    }
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
