import { CircuitBreaker, CircuitOpenError } from 'breakwater/circuit-breaker';
import { ManualClock } from 'breakwater/testing';
import pg from 'pg';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { tryPostgres } from './postgres.js';

const postgres = await tryPostgres();

describe.skipIf(postgres === undefined)('CircuitBreaker before a pg Pool on a real PostgreSQL', () => {
  const database = postgres as NonNullable<typeof postgres>;
  const pools: pg.Pool[] = [];

  /** The server is real and so are its delays; the break is on a clock that the test moves. */
  function setup(failureThreshold = 2) {
    const pool = new pg.Pool({ ...database.address, max: 2, connectionTimeoutMillis: 300, query_timeout: 300 });
    pool.on('error', () => undefined);
    pools.push(pool);
    const clock = new ManualClock();
    const breaker = new CircuitBreaker({ name: 'database', failureThreshold, recoveryTimeoutMs: 1_000, clock });
    return { pool, clock, breaker, db: breaker.protect(pool, { only: ['query'] }) };
  }

  afterEach(async () => {
    database.thaw();
    await database.start();
    await Promise.all(pools.splice(0).map((pool) => pool.end()));
  });
  afterAll(() => database.remove());

  it('passes queries on in promise style, with text, values and a query object', async () => {
    const { db, breaker } = setup();
    expect((await db.query<{ n: number }>('select 1 as n')).rows).toEqual([{ n: 1 }]);
    expect((await db.query<{ n: number }>('select $1::int as n', [2])).rows).toEqual([{ n: 2 }]);
    expect((await db.query<[number]>({ text: 'select 3', rowMode: 'array' })).rows).toEqual([[3]]);
    expect(breaker.snapshot().counts).toMatchObject({ successes: 3, failures: 0 });
  });

  it('passes queries on in callback style', async () => {
    const { db, breaker } = setup();
    const [error, rows] = await new Promise<[unknown, unknown]>((resolve) => {
      db.query('select $1::text as word', ['calm'], (error, result) => {
        resolve([error, result.rows]);
      });
    });
    expect(error ?? undefined).toBeUndefined();
    expect(rows).toEqual([{ word: 'calm' }]);
    expect(breaker.snapshot().counts).toMatchObject({ successes: 1, failures: 0 });
  });

  it('leaves the rest of the pool alone: a client from connect() works and is not counted', async () => {
    const { db, breaker } = setup();
    const client = await db.connect();
    expect((await client.query('select 1')).rowCount).toBe(1);
    client.release();
    expect(db.totalCount).toBe(1);
    expect(breaker.snapshot().counts.successes).toBe(0);
  });

  it('O01 opens when the server is stopped, refuses with the error that opened it, and closes after its return', async () => {
    const { db, breaker, clock } = setup();
    await db.query('select 1');
    await database.stop();
    await expect(db.query('select 1')).rejects.toThrow();
    expect(breaker.state).toBe('CLOSED');
    await expect(db.query('select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(breaker.state).toBe('OPEN');

    const refusal = await db.query('select 1').catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(CircuitOpenError);
    expect(refusal).toMatchObject({
      code: 'BREAKWATER_CIRCUIT_OPEN',
      retryAfterMs: 1_000,
      cause: { code: 'ECONNREFUSED' },
    });

    await database.start();
    clock.advance(999);
    await expect(db.query('select 1')).rejects.toBeInstanceOf(CircuitOpenError);
    clock.advance(1);
    const answers = await Promise.allSettled(Array.from({ length: 10 }, () => db.query('select 1')));
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(breaker.state).toBe('CLOSED');
    await expect(db.query('select 1')).resolves.toMatchObject({ rowCount: 1 });
  });

  it('tells a callback of the refusal', async () => {
    const { db, breaker, pool } = setup(1);
    await database.crash();
    await expect(db.query('select 1')).rejects.toThrow();
    expect(breaker.state).toBe('OPEN');
    const refusal = await new Promise((resolve) => {
      db.query('select 1', (error: unknown) => {
        resolve(error);
      });
    });
    expect(refusal).toBeInstanceOf(CircuitOpenError);
    expect(pool.waitingCount).toBe(0);
  });

  it('counts a server that hangs by the timeout of the pool, and keeps its data over a crash', async () => {
    const { db, breaker, clock } = setup(1);
    await db.query('create table if not exists kept (n int)');
    await db.query('insert into kept values (1)');
    await database.freeze();
    await expect(db.query('select n from kept')).rejects.toThrow(/timeout/i);
    expect(breaker.snapshot()).toMatchObject({
      state: 'OPEN',
      lastError: { message: expect.stringMatching(/timeout/i) as string },
    });
    await database.crash();
    await database.start();
    clock.advance(1_000);
    await expect(db.query('select n from kept')).resolves.toMatchObject({ rows: [{ n: 1 }] });
    expect(breaker.state).toBe('CLOSED');
  });
});
