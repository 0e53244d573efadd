// What the tools themselves do, in one form for all of them. Each has a folder to write into and a database to migrate.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Umzug, SequelizeStorage } from 'umzug';
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { drizzle as drizzleSqlite } from 'drizzle-orm/sql-js';
import { migrate as migrateSqlite } from 'drizzle-orm/sql-js/migrator';
import { drizzle as drizzle1 } from 'drizzle-orm-1/node-postgres';
import { migrate as migrate1 } from 'drizzle-orm-1/node-postgres/migrator';
import { drizzle as drizzle1Sqlite } from 'drizzle-orm-1/sql-js';
import { migrate as migrate1Sqlite } from 'drizzle-orm-1/sql-js/migrator';
import knex from 'knex';
import KnexBetterSqlite from 'knex/lib/dialects/better-sqlite3/index.js';
import { CompiledQuery, FileMigrationProvider, Kysely, Migrator, PostgresDialect, SqliteDialect } from 'kysely';
import Libsql from 'libsql';
import { runner } from 'node-pg-migrate';
import { runner as runner9 } from 'node-pg-migrate-9';
import pg from 'pg';
import postgres from 'postgres';
import { Sequelize } from 'sequelize';
import initSqlJs from 'sql.js';
import { DataSource } from 'typeorm';
import { promises as fs } from 'node:fs';
import path from 'node:path';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const SqlJs = await initSqlJs();
const table = (name) => `t_${name.replace(/\W/g, '_')}`;
const create = (name) => `create table ${table(name)} (n int)`;
const write = (dir, file, content) => {
  mkdirSync(path.dirname(join(dir, file)), { recursive: true });
  writeFileSync(join(dir, file), content);
};
const remove = (dir, file) => rmSync(join(dir, file), { recursive: true });

/** knex's own dialect for better-sqlite3, on a driver of the same form that needs no compiler. */
class KnexLibsql extends KnexBetterSqlite {
  _driver() {
    return Libsql;
  }
}

async function withKnex(target, dir, use) {
  const db = knex({
    ...(target.url === undefined
      ? { client: KnexLibsql, connection: { filename: target.file }, useNullAsDefault: true }
      : { client: 'pg', connection: target.url }),
    migrations: { directory: dir },
    log: { warn() {}, error() {}, debug() {}, deprecate() {} },
  });
  try {
    return await use(db);
  } finally {
    await db.destroy();
  }
}

const knexTool = {
  fileOf: (name) => `${name}.js`,
  add: (dir, name) =>
    write(
      dir,
      `${name}.js`,
      `exports.up = (k) => k.raw(${JSON.stringify(create(name))}); exports.down = () => undefined;`,
    ),
  idOf: (name) => `${name}.js`,
  up: (target, dir) => withKnex(target, dir, (db) => db.migrate.latest()),
  pending: (target, dir) => withKnex(target, dir, async (db) => (await db.migrate.list())[1].map(({ file }) => file)),
};

const drizzleWhen = (name) => 1_700_000_000_000 + Number(name.slice(0, 4)) * 1_000;
function journal(dir, change) {
  const file = 'meta/_journal.json';
  let entries = [];
  try {
    entries = JSON.parse(readFileSync(join(dir, file), 'utf8')).entries;
  } catch {
    // It is the first.
  }
  write(dir, file, JSON.stringify({ version: '7', entries: change(entries) }));
}
const drizzleTool = {
  fileOf: (name) => `${name}.sql`,
  add(dir, name, when = drizzleWhen(name)) {
    write(dir, `${name}.sql`, `${create(name)};\n`);
    const entry = { idx: Number(name.slice(0, 4)), version: '7', when, tag: name, breakpoints: true };
    journal(dir, (entries) => [...entries, entry].sort((a, b) => a.idx - b.idx));
  },
  remove(dir, name) {
    remove(dir, `${name}.sql`);
    journal(dir, (entries) => entries.filter(({ tag }) => tag !== name));
  },
  idOf: (name) => name,
  async up(target, dir) {
    if (target.url === undefined) {
      migrateSqlite(drizzleSqlite(target.memory), { migrationsFolder: dir });
      return;
    }
    const pool = new pg.Pool({ connectionString: target.url });
    try {
      await migrate(drizzle(pool), { migrationsFolder: dir });
    } finally {
      await pool.end();
    }
  },
};

const stamp = (name) => `202401010000${name.slice(2, 4)}`;
const drizzle1Tool = {
  fileOf: (name) => `${stamp(name)}_${name.slice(5)}/migration.sql`,
  add: (dir, name) => write(dir, `${stamp(name)}_${name.slice(5)}/migration.sql`, `${create(name)};\n`),
  remove: (dir, name) => remove(dir, `${stamp(name)}_${name.slice(5)}`),
  idOf: (name) => `${stamp(name)}_${name.slice(5)}`,
  async up(target, dir) {
    if (target.url === undefined) {
      migrate1Sqlite(drizzle1Sqlite(target.memory), { migrationsFolder: dir });
      return;
    }
    const pool = new pg.Pool({ connectionString: target.url });
    await migrate1(drizzle1({ client: pool }), { migrationsFolder: dir });
    await pool.end();
  },
};

const runNodePgMigrate = (run, target, dir, more) =>
  run({
    databaseUrl: target.url,
    dir,
    direction: 'up',
    migrationsTable: 'pgmigrations',
    checkOrder: true,
    log() {},
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    ...more,
  });
const nodePgMigrateTool = (run, folder) => ({
  fileOf: (name) => `${name}.sql`,
  add: (dir, name) => write(dir, `${name}.sql`, `-- Up Migration\n${create(name)};\n-- Down Migration\n`),
  idOf: (name) => name,
  up: (target, dir) => runNodePgMigrate(run, target, dir),
  runUnchecked: (target, dir) => runNodePgMigrate(run, target, dir, { checkOrder: false }),
  runUntold: (target, dir) => runNodePgMigrate(run, target, dir, { checkOrder: undefined }),
  command: (url, dir) =>
    promisify(execFile)(
      process.execPath,
      [join(import.meta.dirname, 'node_modules', folder, 'bin/node-pg-migrate.js'), 'up', '-m', dir],
      { env: { DATABASE_URL: url } },
    ),
  pending: async (target, dir) => (await runNodePgMigrate(run, target, dir, { dryRun: true })).map(({ name }) => name),
});

async function withKysely(target, dir, use, more) {
  const dialect =
    target.url === undefined
      ? new SqliteDialect({ database: new Libsql(target.file) })
      : new PostgresDialect({ pool: new pg.Pool({ connectionString: target.url }) });
  const db = new Kysely({ dialect });
  try {
    const provider = new FileMigrationProvider({ fs, path, migrationFolder: dir });
    return await use(new Migrator({ db, provider, ...more }));
  } finally {
    await db.destroy();
  }
}
const kyselyTool = {
  fileOf: (name) => `${name}.mjs`,
  add: (dir, name) =>
    write(
      dir,
      `${name}.mjs`,
      `export const up = (db) => db.schema.createTable('${table(name)}').addColumn('n', 'integer').execute();`,
    ),
  idOf: (name) => name,
  async up(target, dir, more) {
    const { error } = await withKysely(target, dir, (migrator) => migrator.migrateToLatest(), more);
    if (error !== undefined) throw error;
  },
  runUnchecked: (target, dir) => kyselyTool.up(target, dir, { allowUnorderedMigrations: true }),
  pending: (target, dir) =>
    withKysely(target, dir, async (migrator) =>
      (await migrator.getMigrations()).filter(({ executedAt }) => executedAt === undefined).map(({ name }) => name),
    ),
};

async function withUmzug(target, dir, use) {
  const sequelize = new Sequelize(target.url, { logging: false });
  const umzug = new Umzug({
    migrations: { glob: ['*.js', { cwd: dir }] },
    context: sequelize,
    storage: new SequelizeStorage({ sequelize }),
    logger: undefined,
  });
  try {
    return await use(umzug);
  } finally {
    await sequelize.close();
  }
}
const umzugTool = {
  fileOf: (name) => `${name}.js`,
  add: (dir, name) =>
    write(dir, `${name}.js`, `exports.up = ({ context }) => context.query(${JSON.stringify(create(name))});`),
  idOf: (name) => `${name}.js`,
  up: (target, dir) => withUmzug(target, dir, (umzug) => umzug.up()),
  pending: (target, dir) => withUmzug(target, dir, async (umzug) => (await umzug.pending()).map(({ name }) => name)),
};

const classOf = (name) => `Change${name.slice(5)}${String(1_700_000_000_000 + Number(name.slice(0, 4)))}`;
async function withTypeorm(target, dir, use) {
  const source = new DataSource({
    ...(target.url === undefined
      ? { type: 'better-sqlite3', database: target.file, driver: Libsql }
      : { type: 'postgres', url: target.url }),
    migrations: [join(dir, '*.js')],
    logging: false,
  });
  await source.initialize();
  try {
    return await use(source);
  } finally {
    await source.destroy();
  }
}
const typeormTool = {
  fileOf: (name) => `${name}.js`,
  add: (dir, name) =>
    write(
      dir,
      `${name}.js`,
      `class ${classOf(name)} { async up(q) { await q.query(${JSON.stringify(create(name))}); } async down() {} }\nexports.${classOf(name)} = ${classOf(name)};`,
    ),
  idOf: classOf,
  up: (target, dir) => withTypeorm(target, dir, (source) => source.runMigrations()),
  pending: (target, dir) =>
    withTypeorm(target, dir, async (source) => {
      const executed = await source.query('select name from migrations').catch(() => []);
      const done = new Set(executed.map(({ name }) => name));
      return source.migrations.map(({ constructor }) => constructor.name).filter((name) => !done.has(name));
    }),
};

export const tools = {
  knex: knexTool,
  drizzle: drizzleTool,
  'drizzle 1': drizzle1Tool,
  'node-pg-migrate': nodePgMigrateTool(runner, 'node-pg-migrate'),
  'node-pg-migrate 9': nodePgMigrateTool(runner9, 'node-pg-migrate-9'),
  kysely: kyselyTool,
  umzug: umzugTool,
  typeorm: typeormTool,
};
for (const tool of Object.values(tools)) tool.remove ??= (dir, name) => remove(dir, tool.fileOf(name));

/** A database of SQLite in memory, for the tools that go by sql.js. */
export const memory = () => new SqlJs.Database();

/** Opens a file of SQLite so that nothing can be written. */
export function readOnly(file) {
  const db = new Libsql(file);
  db.exec('pragma query_only = on');
  return { query: (text) => db.prepare(text).all(), close: () => db.close() };
}

/** Runs one text on a file of SQLite. */
export function execute(file, text) {
  const db = new Libsql(file);
  try {
    db.exec(text);
  } finally {
    db.close();
  }
}

/** Query functions of the clients that people have, each with what closes it. */
export async function clients(url) {
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  const js = postgres(url, { max: 1, onnotice() {}, transform: postgres.camel });
  const k = knex({ client: 'pg', connection: url });
  const sequelize = new Sequelize(url, { logging: false });
  const source = await new DataSource({ type: 'postgres', url }).initialize();
  const kysely = new Kysely({ dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: url }) }) });
  const orm = drizzle(pool);
  return {
    queries: {
      pg: (text) => pool.query(text),
      'pg with rows as lists': (text) => pool.query({ text, rowMode: 'array' }),
      'pg with the extended protocol': (text) => pool.query({ text, queryMode: 'extended' }),
      'postgres.js': (text) => js.unsafe(text),
      knex: (text) => k.raw(text),
      drizzle: (text) => orm.execute(sql.raw(text)),
      sequelize: (text) => sequelize.query(text),
      'sequelize with a type': (text) => sequelize.query(text, { type: 'SELECT' }),
      typeorm: (text) => source.query(text),
      kysely: (text) => kysely.executeQuery(CompiledQuery.raw(text)),
    },
    close: () =>
      Promise.all([pool.end(), js.end(), k.destroy(), sequelize.close(), source.destroy(), kysely.destroy()]),
  };
}
