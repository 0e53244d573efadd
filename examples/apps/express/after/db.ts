import { CircuitBreaker, classifyDatabaseError } from 'breakwater/circuit-breaker';
import pg from 'pg';
import { DATABASE_URL } from './config.js';

// #region breaker
const patient = new pg.Pool({ connectionString: DATABASE_URL, connectionTimeoutMillis: 3_000, query_timeout: 3_000 });
export const breaker = new CircuitBreaker({ name: 'pool', classify: classifyDatabaseError, recoveryTimeoutMs: 2_000 });
export const pool = breaker.protect(patient, { only: ['query', 'connect'] });
// #endregion breaker
pool.on('error', (error) => console.error('an idle connection broke:', error.message));

export const ping = () => pool.query('select 1');

/** All rows of a query. */
export async function rows<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]> {
  return (await pool.query<Row>(text, values)).rows;
}

/** Runs `work` in a transaction on one connection. */
export async function transaction<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

export async function migrate(): Promise<void> {
  await pool.query(`
    create table if not exists users (
      username text primary key,
      email text not null unique,
      password text not null
    );
    create table if not exists articles (
      slug text primary key,
      author text not null references users,
      title text not null,
      body text not null,
      created_at timestamptz not null default now()
    );
    create table if not exists tags (
      slug text not null references articles on delete cascade,
      tag text not null,
      primary key (slug, tag)
    );
    create table if not exists comments (
      id serial primary key,
      slug text not null references articles on delete cascade,
      author text not null references users,
      body text not null
    )`);
}
