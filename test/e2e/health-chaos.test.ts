import { databaseCheck, type HealthCheck, HealthCheckService, type HealthReport, redisCheck } from 'breakwater/health';
import { Redis } from 'ioredis';
import pg from 'pg';
import { createClient } from 'redis';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tryPostgres } from './postgres.js';
import { tryRedis } from './redis.js';

const cache = await tryRedis();
const postgres = cache === undefined ? undefined : await tryPostgres();
if (postgres === undefined) await cache?.remove();

const TIMEOUT_MS = 400;
const TTL_MS = 200;
const MAX_AGE_MS = 1_500;
const REPORT_TIMEOUT_MS = 300;
/** What a busy machine may add to a timer. */
const GRACE_MS = 500;
/** A last good run, until it is too old, then one that times out. */
const DETECTED_MS = TTL_MS + TIMEOUT_MS + GRACE_MS;
const NAMES = ['postgres', 'ioredis', 'node-redis'];

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface Answer {
  readonly fromMs: number;
  readonly toMs: number;
  readonly report: HealthReport;
}

describe.skipIf(postgres === undefined)('health of a real PostgreSQL and a real Redis', () => {
  const database = postgres as NonNullable<typeof postgres>;
  const redis = cache as NonNullable<typeof cache>;
  const unhandled: unknown[] = [];
  const note = (error: unknown): void => void unhandled.push(error);
  let close: (() => Promise<void>)[] = [];
  let over = false;

  beforeEach(() => {
    unhandled.length = 0;
    over = false;
    process.on('unhandledRejection', note);
  });
  afterEach(async () => {
    over = true;
    database.thaw();
    redis.resume();
    await Promise.all([database.start(), redis.start()]);
    await Promise.all(close.map((end) => end()));
    close = [];
    process.off('unhandledRejection', note);
  });
  afterAll(() => Promise.all([database.remove(), redis.remove()]));

  /** A service as one would write it: the visitors' pool and clients under load, and critical checks beside it. */
  async function setup() {
    const visitors = new pg.Pool({ ...database.address, max: 8, connectionTimeoutMillis: 400, query_timeout: 400 });
    // The check's own connection, without any time limit of the driver: it may hang as long as it likes.
    const own = new pg.Pool({ ...database.address, max: 1 });
    for (const pool of [visitors, own]) pool.on('error', () => undefined);
    const io = new Redis(redis.url, { retryStrategy: () => 100 });
    const node = createClient({ url: redis.url, socket: { reconnectStrategy: 100 } });
    for (const client of [io, node]) client.on('error', () => undefined);
    await node.connect();
    close = [
      () => visitors.end(),
      () => own.end(),
      async () => {
        io.disconnect();
        node.destroy();
      },
    ];
    const defaults = { timeoutMs: TIMEOUT_MS, ttlMs: TTL_MS, maxAgeMs: MAX_AGE_MS };
    const health = new HealthCheckService({ defaults, reportTimeoutMs: REPORT_TIMEOUT_MS });
    const inFlight = new Map<string, { now: number; most: number; runs: number }>();
    const watched = (name: string, check: HealthCheck): (() => void) => {
      const count = { now: 0, most: 0, runs: 0 };
      inFlight.set(name, count);
      const counted: HealthCheck = async (context) => {
        count.runs++;
        count.most = Math.max(count.most, ++count.now);
        try {
          return await check(context);
        } finally {
          count.now--;
        }
      };
      return health.register(name, counted, { critical: true });
    };
    // The machine is busy: what takes long is no matter here.
    const patient = { healthyBelowMs: TIMEOUT_MS };
    const unregister = [
      watched(
        'postgres',
        databaseCheck(() => own.query('select 1'), patient),
      ),
      watched('ioredis', redisCheck(io, patient)),
      watched('node-redis', redisCheck(node, patient)),
    ];
    const load = [
      ...Array.from({ length: 20 }, () => () => visitors.query('select count(*) from pg_class')),
      ...Array.from({ length: 5 }, (_, i) => () => io.incr(`io:${String(i)}`)),
      ...Array.from({ length: 5 }, (_, i) => () => node.incr(`node:${String(i)}`)),
    ];
    return { health, inFlight, load, unregister };
  }

  /** Asks again and again; each call is one after the other. */
  async function repeat(ask: () => Promise<unknown>, everyMs: number): Promise<void> {
    while (!over) {
      await ask().catch(() => undefined);
      await pause(everyMs);
    }
  }

  const shown = (report: HealthReport): Record<string, string> =>
    Object.fromEntries(report.components.map(({ name, status }) => [name, status]));
  const all = (status: string): Record<string, string> => Object.fromEntries(NAMES.map((name) => [name, status]));

  it.each([
    [
      'paused and continued',
      () => {
        redis.pause();
        return database.freeze();
      },
      async () => {
        redis.resume();
        database.thaw();
      },
    ],
    [
      'killed and started again',
      () => Promise.all([redis.stop(), database.crash()]),
      () => Promise.all([redis.start(), database.start()]),
    ],
    [
      'paused, then killed and started again',
      async () => {
        redis.pause();
        await database.freeze();
        await pause(700);
        await Promise.all([redis.stop(), database.crash()]);
      },
      () => Promise.all([redis.start(), database.start()]),
    ],
  ] as const)(
    'HLD-1 HLD-2 HLD-5 %s under load: told in time, never HEALTHY meanwhile, and well again soon',
    async (_, harm, heal) => {
      const { health, inFlight, load, unregister } = await setup();
      await expect.poll(async () => shown(await health.readiness()), { timeout: 5_000 }).toEqual(all('HEALTHY'));

      const answers: Answer[] = [];
      const ask = async (): Promise<void> => {
        const fromMs = performance.now();
        const report = await health.readiness();
        answers.push({ fromMs, toMs: performance.now(), report });
      };
      const busy = [...load.map((call) => repeat(call, 5)), ...Array.from({ length: 4 }, () => repeat(ask, 20))];
      await pause(400);
      const harmBeganMs = performance.now();
      await harm();
      const harmedMs = performance.now();
      await pause(1_800);
      const healedMs = performance.now();
      await heal();
      await expect
        .poll(() => shown(answers.at(-1)?.report as HealthReport), { timeout: 5_000 })
        .toEqual(all('HEALTHY'));
      await pause(300);
      over = true;
      await Promise.all(busy);

      // Each report came in time, whatever was going on.
      const longestMs = Math.max(...answers.map(({ fromMs, toMs }) => toMs - fromMs));
      expect(longestMs).toBeLessThan(REPORT_TIMEOUT_MS + GRACE_MS);
      expect(answers.length).toBeGreaterThan(100);
      // Nothing is called good for longer than it may be without having been seen so.
      const good = answers.flatMap(({ report }) => report.components.filter(({ status }) => status === 'HEALTHY'));
      expect(Math.max(...good.map(({ ageMs }) => ageMs))).toBeLessThanOrEqual(MAX_AGE_MS);
      // While they were gone it was said of each of them, and of the whole.
      const meanwhile = answers.filter(({ fromMs, toMs }) => fromMs > harmedMs + DETECTED_MS && toMs < healedMs);
      expect(meanwhile.length).toBeGreaterThan(10);
      for (const { report } of meanwhile) {
        expect(shown(report)).toEqual(all('UNHEALTHY'));
        expect(report.status).toBe('UNHEALTHY');
      }
      const before = answers.filter(({ toMs }) => toMs < harmBeganMs);
      expect(before.map(({ report }) => report.status)).toContain('HEALTHY');
      // Nothing piled up, and nothing is left.
      for (const name of NAMES) expect([name, inFlight.get(name)?.most]).toEqual([name, 1]);
      for (const end of unregister) end();
      await expect.poll(() => [...inFlight.values()].map(({ now }) => now)).toEqual([0, 0, 0]);
      expect(health.snapshot().components).toEqual([]);
      expect(unhandled).toEqual([]);
    },
  );
});
