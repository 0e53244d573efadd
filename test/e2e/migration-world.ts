import { MigrationValidator, type MigrationReport, type MigrationValidatorOptions } from 'breakwater/deployment';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { Database } from '../../examples/demo/database.js';

const READER = { user: 'reader', password: 'only reads' };

/** A database of a PostgreSQL for one test, a role that may only read it, and what shows whether anything was changed. */
export class World {
  readonly dir = join(mkdtempSync(join(tmpdir(), 'breakwater-migrations-')), 'migrations');
  readonly url: string;
  readonly admin: pg.Pool;
  readonly reader: pg.Pool;

  private constructor(address: Database['address'], database: string) {
    this.url = `postgres://${address.user}:${address.password}@${address.host}:${String(address.port)}/${database}`;
    this.admin = new pg.Pool({ ...address, database, max: 2 });
    this.reader = new pg.Pool({ ...address, ...READER, database, max: 2 });
    mkdirSync(this.dir);
  }

  static async create(server: Database, database: string): Promise<World> {
    const admin = new pg.Client(server.address);
    await admin.connect();
    try {
      await admin.query(`create database "${database}"`);
      const { rowCount } = await admin.query("select 1 from pg_roles where rolname = 'reader'");
      if (rowCount === 0) {
        await admin.query(`create role reader login password '${READER.password}'`);
        await admin.query('grant pg_read_all_data to reader');
      }
    } finally {
      await admin.end();
    }
    return new World(server.address, database);
  }

  /** What the validator says, asked as the role that only reads; throws if the database is not the same afterwards. */
  async validate(options: Partial<MigrationValidatorOptions> = {}): Promise<MigrationReport> {
    const before = await this.dump();
    const report = await new MigrationValidator({
      dir: this.dir,
      dialect: 'postgresql',
      query: (sql) => this.reader.query(sql),
      ...options,
    }).validate();
    if ((await this.dump()) !== before) throw new Error('the validator has changed the database');
    return report;
  }

  /** The catalogue, and every row of every table that is not PostgreSQL's own. */
  async dump(): Promise<string> {
    const catalogue = ['pg_namespace', 'pg_class', 'pg_attribute', 'pg_proc', 'pg_type', 'pg_constraint', 'pg_index'];
    const parts = await Promise.all(
      catalogue.map(async (table) => {
        const { rows } = await this.admin.query<{ sum: string }>(
          `select '${table} ' || count(*) || ' ' || md5(string_agg(t::text, '|' order by t::text)) as sum from ${table} t`,
        );
        return rows[0]?.sum;
      }),
    );
    const { rows } = await this.admin.query<{ sum: string }>(
      `select string_agg(c.oid::regclass::text || ' ' || query_to_xml('select * from ' || c.oid::regclass, true, false, '')::text, '|'
         order by c.oid) as sum
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind in ('r', 'S') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')`,
    );
    return [...parts, rows[0]?.sum].join('\n');
  }

  async end(): Promise<void> {
    await Promise.all([this.admin.end(), this.reader.end()]);
    rmSync(join(this.dir, '..'), { recursive: true });
  }
}

/** Ids of what was found, with what it means. */
export function found({ findings }: MigrationReport): Record<string, string> {
  return Object.fromEntries(findings.map(({ id, status }) => [id.replace('migrations.', ''), status]));
}
