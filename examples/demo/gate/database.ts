import { createHash } from 'node:crypto';
import pg from 'pg';
import type { DatabaseAddress } from '../database.js';

const NAME = 'gate';
const ROLE = 'gate_reader';

/** A database of its own on the demo's server: as migrations left it, and a role that may only read. */
export class GateDatabase {
  /** What the role opens it with. */
  readonly url: string;
  readonly #server: pg.Client;
  readonly #owner: pg.Client;

  private constructor(server: pg.Client, owner: pg.Client, url: string) {
    this.#server = server;
    this.#owner = owner;
    this.url = url;
  }

  /**
   * @param applied - names of the migrations that were run, in order.
   * @param password - of the role.
   */
  static async create(address: DatabaseAddress, applied: readonly string[], password: string): Promise<GateDatabase> {
    const server = new pg.Client(address);
    await server.connect();
    await server.query(`CREATE DATABASE ${NAME}`);
    const owner = new pg.Client({ ...address, database: NAME });
    await owner.connect();
    const url = `postgres://${ROLE}:${password}@${address.host}:${String(address.port)}/${NAME}`;
    const database = new GateDatabase(server, owner, url);
    // The tables as knex 3 makes them.
    await owner.query(`
      CREATE TABLE orders (id bigserial PRIMARY KEY, total numeric(12,2) NOT NULL);
      INSERT INTO orders (total) SELECT n FROM generate_series(1, 100) n;
      CREATE TABLE knex_migrations (id serial PRIMARY KEY, name varchar(255), batch integer, migration_time timestamptz);
      CREATE TABLE knex_migrations_lock (index serial PRIMARY KEY, is_locked integer);
      INSERT INTO knex_migrations_lock (is_locked) VALUES (0);
      CREATE ROLE ${ROLE} LOGIN PASSWORD '${password}';
      GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${ROLE};
    `);
    for (const name of applied) await database.record(name);
    return database;
  }

  /** What somebody with more rights does. */
  async run(sql: string): Promise<void> {
    await this.#owner.query(sql);
  }

  /** Notes that a migration was run. */
  async record(migration: string): Promise<void> {
    const sql = 'INSERT INTO knex_migrations (name, batch, migration_time) VALUES ($1, 1, now())';
    await this.#owner.query(sql, [migration]);
  }

  /** What the role is refused that may only read. */
  async refused(): Promise<string> {
    const client = new pg.Client(this.url);
    await client.connect();
    try {
      await client.query("INSERT INTO knex_migrations (name) VALUES ('by the gate')");
      return 'nothing';
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    } finally {
      await client.end();
    }
  }

  /**
   * Each row of each table, those of the catalogue too, and the number of the next transaction that changes anything on the
   * whole server.
   */
  async everything(): Promise<{ readonly digest: string; readonly rows: number }> {
    const tables = await this.#owner.query<{ name: string }>(
      "SELECT oid::regclass::text AS name FROM pg_class WHERE relkind = 'r' AND relnamespace::regnamespace::text IN ('pg_catalog', 'public') ORDER BY 1",
    );
    const next = await this.#owner.query<{ id: string }>('SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS id');
    const hash = createHash('sha256').update(String(next.rows[0]?.id));
    let rows = 0;
    for (const { name } of tables.rows) {
      const all = await this.#owner.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t ORDER BY 1`);
      rows += all.rows.length;
      hash.update(JSON.stringify([name, all.rows]));
    }
    return { digest: hash.digest('hex'), rows };
  }

  async remove(): Promise<void> {
    await this.#owner.query(`DROP OWNED BY ${ROLE}`);
    await this.#owner.end();
    await this.#server.query(`DROP DATABASE ${NAME} WITH (FORCE)`);
    await this.#server.query(`DROP ROLE ${ROLE}`);
    await this.#server.end();
  }
}
