import type { MigrationToolName } from 'breakwater/deployment';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { tryMigrationTools } from './migration-tools/install.js';
import { found, World } from './migration-world.js';
import { tryPostgres } from './postgres.js';

const toolbox = await tryMigrationTools();
const postgres = toolbox === undefined ? undefined : await tryPostgres();

describe.skipIf(postgres === undefined)('MigrationValidator before the tools on a real PostgreSQL', () => {
  const server = postgres as NonNullable<typeof postgres>;
  const { tools } = (toolbox ?? {}) as NonNullable<typeof toolbox>;
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
      expect(auto).toMatchObject({ status: 'PASS', tool: tool === 'sequelize' ? 'umzug' : tool, table: current.table });
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

  it.each([
    ['node-pg-migrate', ['1700000000001-b', '1700000000000_a']],
    ['node-pg-migrate 9', ['1700000000000_a', '1700000000001-b']],
  ] as const)('finds in order what %s ran as %j, where versions differ', async (tool, order) => {
    const at = await world();
    const its = tools[tool];
    for (const name of order) its.add(at.dir, name);
    expect(await its.pending?.({ url: at.url }, at.dir)).toEqual(order);
    await its.up({ url: at.url }, at.dir);
    expect(await at.validate({ tool: 'node-pg-migrate' })).toMatchObject({ status: 'PASS', outOfOrder: [] });
  });

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
});
