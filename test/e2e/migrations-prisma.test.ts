import { MigrationValidator } from 'breakwater/deployment';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { tryMigrationTools } from './migration-tools/install.js';
import { found, World } from './migration-world.js';
import { tryPostgres } from './postgres.js';

/** Prisma's own engine is not run here: the table is the one of its documented DDL, and so are the rows. */
const POSTGRES = `create table "_prisma_migrations" (
  id varchar(36) primary key not null, checksum varchar(64) not null, finished_at timestamptz,
  migration_name varchar(255) not null, logs text, rolled_back_at timestamptz,
  started_at timestamptz not null default now(), applied_steps_count integer not null default 0)`;
const SQLITE = `create table "_prisma_migrations" ("id" TEXT PRIMARY KEY NOT NULL, "checksum" TEXT NOT NULL,
  "finished_at" DATETIME, "migration_name" TEXT NOT NULL, "logs" TEXT, "rolled_back_at" DATETIME,
  "started_at" DATETIME NOT NULL DEFAULT current_timestamp, "applied_steps_count" INTEGER UNSIGNED NOT NULL DEFAULT 0)`;

const SCRIPT = '-- CreateTable\nCREATE TABLE "user" (id INT);\n';
const sum = (text: string): string => createHash('sha256').update(text).digest('hex');

function write(dir: string, name: string, content = SCRIPT): void {
  mkdirSync(dirname(join(dir, name, 'x')), { recursive: true });
  writeFileSync(join(dir, name, 'migration.sql'), content);
}

interface Attempt {
  readonly name: string;
  readonly checksum?: string;
  readonly finished?: boolean;
  readonly rolledBack?: boolean;
}
let count = 0;
function insert({ name, checksum = sum(SCRIPT), finished = true, rolledBack = false }: Attempt, now: string): string {
  return `insert into "_prisma_migrations" (id, checksum, migration_name, started_at, finished_at, rolled_back_at) values
    ('id-${String(++count)}', '${checksum}', '${name}', ${now}, ${finished ? now : 'null'}, ${rolledBack ? now : 'null'})`;
}

const A = '20240101000000_init';
const B = '20240102000000_more';
const C = '20240103000000_late';
const STATES: [string, readonly Attempt[], Record<string, unknown>, Record<string, string>][] = [
  ['all applied', [{ name: A }, { name: B }], { applied: [A, B] }, { applied: 'PASS' }],
  ['one pending', [{ name: A }], { pending: [B] }, { pending: 'FAIL' }],
  ['one that failed', [{ name: A }, { name: B, finished: false }], { failed: [B], pending: [] }, { failed: 'FAIL' }],
  ['one rolled back and not applied since', [{ name: A }, { name: B, finished: false, rolledBack: true }], { pending: [B] }, { pending: 'FAIL' }],
  ['one rolled back and applied since', [{ name: A }, { name: B, finished: false, rolledBack: true }, { name: B }], { applied: [A, B] }, { applied: 'PASS' }],
  ['one rolled back after a success', [{ name: A }, { name: B }, { name: B, rolledBack: true }], { applied: [A], pending: [B] }, { pending: 'FAIL' }],
  ['one applied in two rows', [{ name: A }, { name: B }, { name: B }], { applied: [A, B] }, { duplicate: 'FAIL' }],
  ['one that failed again after being rolled back', [{ name: A }, { name: B, finished: false, rolledBack: true }, { name: B, finished: false }], { failed: [B] }, { failed: 'FAIL' }],
  ['one applied out of order', [{ name: B }], { outOfOrder: [A], pending: [A] }, { 'out-of-order': 'WARN', pending: 'FAIL' }],
  ['one that is not in the folder', [{ name: A }, { name: B }, { name: C }], { ahead: [C] }, { ahead: 'WARN' }],
  ['one that was edited', [{ name: A, checksum: sum('else') }, { name: B }], { edited: [A] }, { edited: 'FAIL' }],
  ['one applied with other line ends', [{ name: A, checksum: sum(SCRIPT.replaceAll('\n', '\r\n')) }, { name: B }], { edited: [] }, { applied: 'PASS' }],
  ['a checksum of old, without zeros', [{ name: A, checksum: Buffer.from(sum(SCRIPT), 'hex').reduce((text, byte) => text + byte.toString(16), '') }, { name: B }], { edited: [] }, { applied: 'PASS' }],
]; // prettier-ignore

const postgres = await tryPostgres();
describe.skipIf(postgres === undefined)('MigrationValidator and the format of prisma on a real PostgreSQL', () => {
  const server = postgres as NonNullable<typeof postgres>;
  let at: World | undefined;
  afterEach(() => at?.end());
  afterAll(() => server.remove());

  it.each([...STATES])('HLD-70 with %s', async (_, attempts, lists, findings) => {
    at = await World.create(server, `prisma_${String(++count)}`);
    for (const name of [A, B]) write(at.dir, name);
    writeFileSync(join(at.dir, 'migration_lock.toml'), 'provider = "postgresql"\n');
    expect(found(await at.validate())).toEqual({ 'no-table': 'WARN', pending: 'FAIL' });
    await at.admin.query(POSTGRES);
    for (const attempt of attempts) await at.admin.query(insert(attempt, 'clock_timestamp()'));
    const report = await at.validate();
    expect(report).toMatchObject({ tool: 'prisma', table: 'public._prisma_migrations', ...lists });
    expect(found(report)).toEqual(findings);
  });

  it('says that Prisma 8 keeps its books elsewhere', async () => {
    at = await World.create(server, `prisma_${String(++count)}`);
    write(at.dir, A);
    await at.admin.query('create schema prisma_contract');
    await at.admin.query("create table prisma_contract.marker (space text primary key default 'app', core_hash text)");
    const report = await at.validate();
    expect(found(report)).toEqual({ tool: 'FAIL' });
    expect(report.message).toBe('the migrations are those of Prisma 8, which is not supported');
  });
});

const toolbox = await tryMigrationTools();
describe.skipIf(toolbox === undefined)('MigrationValidator and the format of prisma on SQLite', () => {
  const { execute, readOnly } = (toolbox ?? {}) as NonNullable<typeof toolbox>;
  it.each([...STATES])('HLD-70 with %s', async (_, attempts, lists, findings) => {
    const folder = mkdtempSync(join(tmpdir(), 'breakwater-migrations-'));
    const [dir, file] = [join(folder, 'migrations'), join(folder, 'database.sqlite')];
    for (const name of [A, B]) write(dir, name);
    execute(file, SQLITE);
    // Prisma keeps times as numbers of milliseconds there.
    for (const attempt of attempts) execute(file, insert(attempt, `17000000000${String(++count).padStart(2, '0')}`));
    const { query, close } = readOnly(file);
    const report = await new MigrationValidator({ tool: 'prisma', dir, dialect: 'sqlite', query }).validate();
    close();
    rmSync(folder, { recursive: true });
    expect(report).toMatchObject(lists);
    expect(found(report)).toEqual(findings);
  });
});
