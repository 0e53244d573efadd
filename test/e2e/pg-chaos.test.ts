import { anyOf, CircuitBreaker, consecutiveFailures, pipeline, slowCallRate, timeout } from 'breakwater/resilience';
import pg from 'pg';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tryPostgres } from './postgres.js';

const postgres = await tryPostgres();

const PATIENCE_MS = 400;
/** What a busy machine may add to a timer. */
const GRACE_MS = 400;
const WORKERS = 40;
const CONNECTIONS = 8;

describe.skipIf(postgres === undefined)('protect(pool) on a real PostgreSQL under load', () => {
  const database = postgres as NonNullable<typeof postgres>;
  const unhandled: unknown[] = [];
  const note = (error: unknown): void => void unhandled.push(error);
  let pool: pg.Pool;

  beforeEach(() => {
    unhandled.length = 0;
    process.on('unhandledRejection', note);
    pool = new pg.Pool({
      ...database.address,
      max: CONNECTIONS,
      connectionTimeoutMillis: PATIENCE_MS,
      query_timeout: PATIENCE_MS,
    });
    pool.on('error', () => undefined);
  });
  afterEach(async () => {
    database.thaw();
    await database.start();
    await pool.end();
    process.off('unhandledRejection', note);
  });
  afterAll(() => database.remove());

  /** Many that ask one after the other, while `happens` happens; each call is noted with how long it took. */
  async function underLoad(ask: () => Promise<unknown>, happens: () => Promise<void>) {
    const calls: { readonly ok: boolean; readonly ms: number }[] = [];
    let over = false;
    const workers = Array.from({ length: WORKERS }, async () => {
      while (!over) {
        const startedMs = performance.now();
        const ok = await ask().then(
          () => true,
          () => false,
        );
        calls.push({ ok, ms: performance.now() - startedMs });
        // A refusal takes no time at all; nobody asks again in the same moment.
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    });
    await happens();
    over = true;
    await Promise.all(workers);
    return { calls, longestMs: Math.max(...calls.map(({ ms }) => ms)), good: calls.filter(({ ok }) => ok).length };
  }

  const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

  function setup() {
    const breaker = new CircuitBreaker({
      name: 'database',
      recoveryTimeoutMs: 250,
      trip: anyOf(consecutiveFailures(5), slowCallRate({ slowAfterMs: 150, minimumCalls: 10 })),
    });
    const db = breaker.protect(pool, { only: ['query'] });
    return { breaker, db, ask: () => db.query('select count(*) from pg_class') };
  }

  /** The service works again, with every connection that it may have. */
  async function expectRecovered(breaker: CircuitBreaker, ask: () => Promise<unknown>): Promise<void> {
    await expect.poll(() => ask().then(() => breaker.state), { timeout: 5_000, interval: 50 }).toBe('CLOSED');
    await Promise.all(Array.from({ length: CONNECTIONS }, () => pool.query('select pg_sleep(0.05)')));
    expect([pool.waitingCount, pool.totalCount <= CONNECTIONS]).toEqual([0, true]);
    expect(unhandled).toEqual([]);
  }

  it.each([
    ['killed and started again', () => database.crash(), () => database.start()],
    ['paused and continued', () => database.freeze(), async () => database.thaw()],
    ['stopped in good order and started again', () => database.stop(), () => database.start()],
  ] as const)(
    '%s in mid-load: no call hangs beyond its timeout, and the pool is whole afterwards',
    async (_, harm, heal) => {
      const { breaker, ask } = setup();
      const states = new Set<string>();
      breaker.on('stateChange', ({ to }) => states.add(to));
      const { calls, longestMs, good } = await underLoad(ask, async () => {
        await pause(200);
        await harm();
        await pause(900);
        await heal();
        await pause(600);
      });
      // One for the connection and one for the query.
      expect(longestMs).toBeLessThan(2 * PATIENCE_MS + GRACE_MS);
      expect([good > 0, good < calls.length, states.has('OPEN')]).toEqual([true, true, true]);
      await expectRecovered(breaker, ask);
    },
  );

  it('a time limit of our own around queries that know none ends them in time, also while the server hangs', async () => {
    const { breaker, db } = setup();
    const call = pipeline(timeout(200));
    const ask = () => call.execute(() => db.query('select count(*) from pg_class'));
    const { longestMs } = await underLoad(ask, async () => {
      await pause(150);
      await database.freeze();
      await pause(600);
      database.thaw();
      await pause(300);
    });
    expect(longestMs).toBeLessThan(200 + GRACE_MS);
    await expectRecovered(breaker, ask);
  });
});
