import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, describe, expect, it } from 'vitest';
import { type StartedProcess, startProcess } from './redis-process.js';
import { hasRedis, type RedisServer, startRedis } from './redis.js';

const PROCESSES = 8;
const FOR_MS = 3_000;
/** Calls of each process every few milliseconds: ten thousand a second in all. */
const EVERY_MS = 4;
const CALLS = 5;

const there = hasRedis();
const ends: (() => unknown)[] = [];
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

/** What one process of a service does, with the built package. */
const PROGRAM = `
import { SharedPerUserRateLimiter } from 'breakwater/rate-limiter';
import { createRedisStore } from 'breakwater/redis';
import { Redis } from 'ioredis';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
const { port, limits, forMs, everyMs, calls } = JSON.parse(process.argv[1]);
const redis = new Redis({ host: '127.0.0.1', port });
await once(redis, 'ready');
const store = createRedisStore(redis, { timeoutMs: 60_000 });
const limiter = new SharedPerUserRateLimiter({
  name: 'leases', store, onStoreError: 'reject', storeTimeoutMs: 60_000, ...limits,
});
await limiter.check('warm-up');
console.log('ready');
await once(process.stdin, 'data');
const counts = { decided: 0, allowed: 0, degraded: 0, leased: 0 };
const now = () => performance.timeOrigin + performance.now();
const fromMs = now();
const under = new Set();
const one = async () => {
  const { allowed, degraded, source } = await limiter.check('somebody');
  counts.decided++;
  if (allowed) counts.allowed++;
  if (degraded) counts.degraded++;
  if (source === 'lease') counts.leased++;
};
for (let asked = 0; now() < fromMs + forMs;) {
  // However late it is, it catches up.
  for (; asked < (now() - fromMs) / everyMs * calls; asked++) {
    const decided = one().then(() => under.delete(decided));
    under.add(decided);
  }
  await pause(everyMs);
}
await Promise.all(under);
const untilMs = now();
await limiter.close();
console.log(JSON.stringify({ ...counts, fromMs, untilMs, held: limiter.snapshot().leasedTokens }));
process.exit();
`;

interface Said {
  readonly decided: number;
  readonly allowed: number;
  readonly degraded: number;
  readonly leased: number;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly held: number;
}

function start(what: object): StartedProcess {
  const started = startProcess(PROGRAM, what);
  ends.push(started.kill);
  return started;
}

/** How many commands the server has run for stores. */
function commands({ host, port }: RedisServer): number {
  const info = spawnSync('redis-cli', ['-h', host, '-p', String(port), 'INFO', 'commandstats'], { encoding: 'utf8' });
  const calls = [...info.stdout.matchAll(/^cmdstat_eval(?:sha)?:calls=(\d+)/gm)].map(([, count]) => Number(count));
  return calls.reduce((sum, one) => sum + one, 0);
}

async function fleet(limits: {
  readonly capacity: number;
  readonly refillPerSecond: number;
  readonly leaseTokens: number;
}) {
  const redis = await startRedis();
  ends.push(() => redis.remove());
  const what = { port: redis.port, limits, forMs: FOR_MS, everyMs: EVERY_MS, calls: CALLS };
  const processes = Array.from({ length: PROCESSES }, () => start(what));
  for (const { line } of processes) expect(await line()).toBe('ready');
  const before = commands(redis);
  for (const { child } of processes) child.stdin?.write('go\n');
  const said = await Promise.all(
    processes.map(async ({ child, line }) => {
      const gone = once(child, 'close');
      const one = JSON.parse(await line()) as Said;
      await gone;
      return one;
    }),
  );
  const sum = (of: keyof Said) => said.reduce((total, one) => total + one[of], 0);
  const ms = Math.max(...said.map(({ untilMs }) => untilMs)) - Math.min(...said.map(({ fromMs }) => fromMs));
  const asked = commands(redis) - before;
  const totals = { decided: sum('decided'), allowed: sum('allowed'), degraded: sum('degraded'), held: sum('held') };
  return { ...totals, leased: sum('leased'), asked, ms };
}

describe.skipIf(!there)('eight processes with leases that ask for one key on Redis', () => {
  it('ask at least fifty times less often than they decide, at ten thousand calls a second', async () => {
    const { decided, allowed, degraded, held, asked } = await fleet({
      capacity: 40_000,
      refillPerSecond: 20_000,
      leaseTokens: 1_000,
    });
    expect({ decided, degraded, held }).toEqual({ decided: allowed, degraded: 0, held: 0 });
    expect(decided).toBeGreaterThan(((PROCESSES * CALLS) / EVERY_MS) * FOR_MS * 0.9);
    expect(asked).toBeLessThanOrEqual(decided / 50);
  });

  it('are admitted at most capacity + rate × time + processes × leaseTokens together, and no less than there is', async () => {
    const limits = { capacity: 2_000, refillPerSecond: 1_000, leaseTokens: 200 };
    const { decided, allowed, degraded, leased, ms } = await fleet(limits);
    const there = limits.capacity + (limits.refillPerSecond * ms) / 1_000;
    expect(degraded).toBe(0);
    expect(decided).toBeGreaterThan(there * 3);
    expect(leased).toBeGreaterThan(limits.leaseTokens);
    expect(allowed).toBeLessThanOrEqual(there + PROCESSES * limits.leaseTokens);
    expect(allowed).toBeGreaterThan(
      limits.capacity + (limits.refillPerSecond * FOR_MS) / 1_000 - PROCESSES * limits.leaseTokens,
    );
  });
});
