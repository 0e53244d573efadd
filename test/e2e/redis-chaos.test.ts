import { SharedPerUserRateLimiter } from 'breakwater/rate-limiter';
import { createRedisStore } from 'breakwater/redis';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLIENTS, type Connected, SENTINEL_CLIENTS } from './redis-clients.js';
import { hasRedis, startRedis, startSentinels } from './redis.js';

const there = hasRedis();

const DEADLINE_MS = 50;
/** The budget's ten, and what a busy machine may add to a timer. */
const GRACE_MS = 10;
const BUSY_MS = 150;
const WORKERS = 30;
const EVERY_MS = 5;

interface Seen {
  readonly atMs: number;
  readonly ms: number;
  readonly lagMs: number;
  readonly degraded: boolean;
  readonly allowed: boolean;
}

/** Many that ask, one after the other each, until `happens` is over. */
async function underLoad(limiter: SharedPerUserRateLimiter, key: string, happens: () => Promise<void>) {
  const seen: Seen[] = [];
  let over = false;
  let lagMs = 0;
  const watch = (async () => {
    while (!over) {
      const fromMs = performance.now();
      await pause(EVERY_MS);
      lagMs = Math.max(0, performance.now() - fromMs - EVERY_MS);
    }
  })();
  const workers = Array.from({ length: WORKERS }, async () => {
    while (!over) {
      const atMs = performance.now();
      const { degraded, allowed } = await limiter.check(key);
      seen.push({ atMs, ms: performance.now() - atMs, lagMs, degraded, allowed });
      await pause(EVERY_MS);
    }
  });
  await happens();
  over = true;
  await Promise.all([...workers, watch]);
  return seen;
}

/** How many decisions of a thousand took longer than they may. */
function late(seen: readonly Seen[]): number {
  const slow = seen.filter(({ ms, lagMs }) => ms > DEADLINE_MS + GRACE_MS + lagMs + BUSY_MS);
  return (slow.length / seen.length) * 1_000;
}

describe.skipIf(!there)('a store whose Redis fails', () => {
  let redis: Awaited<ReturnType<typeof startRedis>>;
  let connected: Connected;
  let limiter: SharedPerUserRateLimiter;
  let told: string[];
  beforeEach(() => {
    told = [];
  });
  afterEach(async () => {
    redis.resume();
    await connected.end();
    await redis.remove();
  });

  async function begin(client: string, capacity = 1_000_000, settings: readonly string[] = []) {
    redis = await startRedis(settings);
    connected = await (CLIENTS[client] as (typeof CLIENTS)[string])(redis);
    const store = createRedisStore(connected.client);
    limiter = new SharedPerUserRateLimiter({ capacity, refillPerSecond: 1e-6, store, instances: 2 });
    limiter.on('storeLost', ({ reason }) => told.push(`lost: ${reason}`));
    limiter.on('storeRestored', () => told.push('restored'));
    expect((await limiter.check('first')).degraded).toBe(false);
  }

  const KINDS = ['ioredis 5', 'node-redis 5'] as const;

  it.each(KINDS)('TRA-51 TRA-55 TRA-56: decides in time while it is killed, and is back: %s', async (client) => {
    await begin(client);
    let [backMs, killedMs] = [0, 0];
    const seen = await underLoad(limiter, 'somebody', async () => {
      await pause(300);
      killedMs = performance.now();
      await redis.stop();
      await pause(1_000);
      await redis.start();
      await readiness(connected);
      backMs = performance.now();
      await pause(2_500);
    });
    expect(late(seen)).toBeLessThanOrEqual(1);
    expect(seen.filter(({ atMs, degraded }) => atMs < killedMs - 50 && degraded)).toEqual([]);
    expect(seen.some(({ degraded }) => degraded)).toBe(true);
    expect(seen.filter(({ atMs, degraded }) => atMs > backMs + 2_000 && degraded)).toEqual([]);
    expect(told.map((line) => line.split(':')[0])).toEqual(['lost', 'restored']);
  });

  it.each(KINDS)(
    'TRA-50 TRA-52: counts nothing of what was decided without it, while it is paused: %s',
    async (client) => {
      const capacity = 500;
      await begin(client, capacity);
      const seen = await underLoad(limiter, 'somebody', async () => {
        await pause(200);
        redis.pause();
        await pause(1_000);
        redis.resume();
        await pause(1_500);
      });
      expect(late(seen)).toBeLessThanOrEqual(1);
      // What the store admitted is what it counts: no command that came late, or twice, took a token.
      const admitted = seen.filter(({ allowed, degraded }) => allowed && !degraded).length;
      const keys = (await connected.send('KEYS', '*')) as string[];
      expect(keys.length).toBeGreaterThan(0);
      const store = createRedisStore(connected.client);
      const fresh = new SharedPerUserRateLimiter({ capacity, refillPerSecond: 1e-6, store, instances: 2 });
      const { remaining, degraded } = await fresh.check('somebody', { cost: 0 });
      expect(degraded).toBe(false);
      expect(capacity - remaining).toBe(Math.min(capacity, admitted));
    },
  );

  it('TRA-49: fails no decision when it forgets its scripts in the midst of it', async () => {
    await begin('ioredis 5');
    const seen = await underLoad(limiter, 'somebody', async () => {
      for (let i = 0; i < 20; i++) {
        await connected.send('SCRIPT', 'FLUSH');
        await pause(20);
      }
    });
    expect(seen.filter(({ degraded }) => degraded)).toEqual([]);
  });

  it.each([
    ['TRA-54: a replica now', ['REPLICAOF', '127.0.0.1', '1'], ['REPLICAOF', 'NO', 'ONE'], /READONLY/],
    ['full', ['CONFIG', 'SET', 'maxmemory', '1'], ['CONFIG', 'SET', 'maxmemory', '0'], /OOM/],
  ])('%s: goes on without it, and is back by itself', async (_, spoil, mend, reason) => {
    await begin('ioredis 5');
    let backMs = 0;
    const seen = await underLoad(limiter, 'somebody', async () => {
      await connected.send(...spoil);
      await pause(700);
      await connected.send(...mend);
      backMs = performance.now();
      await pause(2_300);
    });
    expect(late(seen)).toBeLessThanOrEqual(1);
    expect(seen.filter(({ atMs, degraded }) => atMs > backMs + 2_000 && degraded)).toEqual([]);
    expect(told).toEqual([expect.stringMatching(reason), 'restored']);
  });
});

describe.skipIf(!there)('a store behind sentinels', () => {
  const ends: (() => unknown)[] = [];
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });

  it.each(Object.keys(SENTINEL_CLIENTS))('is back after the master is lost: %s', async (client) => {
    const world = await startSentinels();
    ends.push(() => world.remove());
    const connected = await (SENTINEL_CLIENTS[client] as (typeof SENTINEL_CLIENTS)[string])(world.sentinels);
    ends.push(() => connected.end());
    const store = createRedisStore(connected.client);
    const limiter = new SharedPerUserRateLimiter({ capacity: 1e6, refillPerSecond: 1e-6, store, instances: 2 });
    const first = await untilNot(async () => (await limiter.check('a')).degraded);
    expect(first).toBe(true);
    await pause(2_500);
    await world.master.stop();
    await pause(100);
    expect(await untilNot(async () => (await limiter.check('a')).degraded)).toBe(true);
  });
});

/** Whether it is false within 30 seconds. */
async function untilNot(ask: () => Promise<boolean>): Promise<boolean> {
  const endMs = performance.now() + 30_000;
  while (performance.now() < endMs) {
    if (!(await ask())) return true;
    await pause(50);
  }
  return false;
}

/** Waits until the client says that it is connected. */
async function readiness({ client }: Connected): Promise<void> {
  const ready = (): boolean => {
    const { status, isReady } = client as { readonly status?: string; readonly isReady?: boolean };
    return status === 'ready' || isReady === true;
  };
  while (!ready()) await pause(10);
}
