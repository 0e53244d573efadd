import { SharedPerUserRateLimiter } from 'breakwater/rate-limiter';
import { createRedisStore } from 'breakwater/redis';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLIENTS, type Connected, SENTINEL_CLIENTS } from './redis-clients.js';
import { type Load, underLoad } from './redis-load.js';
import { redisSuite } from './redis-suite.js';
import { hasRedis, type RedisServer, startRedis, startSentinels } from './redis.js';
import { SlowProxy } from './slow-proxy.js';

const there = hasRedis();

/** Longer than what a busy machine keeps a server from answering. */
const DEADLINE_MS = 200;
const TRACES = 10_000;
const BACK_WITHIN_MS = 2_000;
/** So slow to fill, and so large, that what is taken of it in a test can be counted afterwards. */
const LIMITS = { name: 'chaos', capacity: 20_000, refillPerSecond: 1e-4, storeTimeoutMs: DEADLINE_MS } as const;
/** As many as may be asked at one moment. */
const UNDER_WAY = 30;
const KINDS = ['ioredis 5', 'node-redis 5'] as const;

describe.skipIf(!there)('a store whose Redis fails', () => {
  const ends: (() => unknown)[] = [];
  let redis: RedisServer;
  let connected: Connected;
  let limiter: SharedPerUserRateLimiter;
  let told: string[];
  beforeEach(() => {
    told = [];
  });
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  async function begin(client: string) {
    redis = await startRedis();
    ends.push(() => redis.remove());
    ends.push(() => {
      redis.resume();
    });
    [connected, limiter] = await join(client, redis);
  }

  /** One more that shares the store. */
  async function join(client: string, address: { readonly host: string; readonly port: number }, more: object = {}) {
    const joined = await (CLIENTS[client] as (typeof CLIENTS)[string])(address);
    ends.push(() => joined.end());
    const made = new SharedPerUserRateLimiter({
      ...LIMITS,
      ...more,
      store: createRedisStore(joined.client),
      instances: 2,
    });
    made.on('storeLost', ({ reason }) => told.push(`lost: ${reason}`));
    made.on('storeRestored', () => told.push('restored'));
    // Once in peace, so that nothing has to be learned any more.
    for (let i = 0; i < 3; i++) await made.check('first');
    expect((await made.check('first')).degraded).toBe(false);
    return [joined, made] as const;
  }

  /** What the server counts of a key, asked by somebody who has no part in it. */
  async function charged(subject: string): Promise<number> {
    const [, fresh] = await join('iovalkey', redis, { storeTimeoutMs: 1_000 });
    const { remaining, degraded } = await fresh.check(subject, { cost: 0 });
    expect(degraded).toBe(false);
    return LIMITS.capacity - remaining;
  }

  /** In time, none hung, without it only in between, and told once. */
  function expectSteady(load: Load, brokenMs: number, mendedMs: number, reason = /^lost: /) {
    expect(load.hung).toBe(0);
    expect(load.decisions.length).toBeGreaterThan(1_000);
    expect(load.latePerThousand(DEADLINE_MS)).toBeLessThanOrEqual(1);
    expect(load.degradedBetween(0, brokenMs - DEADLINE_MS - 10)).toBe(0);
    expect(load.degradedBetween(brokenMs, mendedMs)).toBeGreaterThan(0);
    expect({ told, degraded: load.degradedBetween(mendedMs + BACK_WITHIN_MS, Infinity) }).toEqual({
      told: [expect.stringMatching(reason), 'restored'],
      degraded: 0,
    });
  }

  it.each(KINDS)('TRA-51 TRA-55 TRA-56: decides in time while it is killed, and is back: %s', async (client) => {
    await begin(client);
    let [killedMs, backMs] = [0, 0];
    const load = await underLoad([asking(limiter)], async () => {
      await pause(300);
      killedMs = performance.now();
      await redis.stop();
      await pause(1_000);
      await redis.start();
      await readiness(connected);
      backMs = performance.now();
      await pause(2_500);
    });
    expectSteady(load, killedMs, backMs);
    // The new one counts nothing but what it decided: no command of the old one's time.
    const since = load.decisions.filter(({ atMs, allowed, degraded }) => atMs > killedMs && allowed && !degraded);
    expect(await charged('somebody')).toBeLessThanOrEqual(since.length);
  });

  it.each(KINDS)('TRA-51 TRA-55 TRA-56: decides in time while it is paused, and is back: %s', async (client) => {
    await begin(client);
    let [pausedMs, resumedMs] = [0, 0];
    const load = await underLoad([asking(limiter)], async () => {
      await pause(300);
      pausedMs = performance.now();
      redis.pause();
      await pause(1_000);
      redis.resume();
      resumedMs = performance.now();
      await pause(2_500);
    });
    expectSteady(load, pausedMs, resumedMs, /no answer within 200 ms/);
    await expectCharged(load);
  });

  it.each(KINDS)('TRA-51 TRA-55 TRA-56: decides in time while each way takes 500 ms: %s', async (client) => {
    await begin(client);
    const proxy = await SlowProxy.to(redis);
    ends.push(() => proxy.remove());
    const [, far] = await join(client, proxy);
    let [slowMs, fastMs] = [0, 0];
    const load = await underLoad([asking(far)], async () => {
      await pause(300);
      slowMs = performance.now();
      proxy.delayMs = 500;
      await pause(2_000);
      proxy.delayMs = 0;
      fastMs = performance.now();
      await pause(2_500);
    });
    expectSteady(load, slowMs, fastMs, /no answer within 200 ms/);
    await expectCharged(load);
  });

  it.each([
    ['TRA-54: a replica now', ['REPLICAOF', '127.0.0.1', '1'], ['REPLICAOF', 'NO', 'ONE'], /READONLY/],
    ['full', ['CONFIG', 'SET', 'maxmemory', '1'], ['CONFIG', 'SET', 'maxmemory', '0'], /OOM/],
  ])('%s: goes on without it in time, and is back by itself', async (_, spoil, mend, reason) => {
    await begin('ioredis 5');
    const [beside] = await join('iovalkey', redis);
    let [spoiltMs, mendedMs] = [0, 0];
    const load = await underLoad([asking(limiter)], async () => {
      await pause(300);
      spoiltMs = performance.now();
      await beside.send(...spoil);
      await pause(700);
      await beside.send(...mend);
      mendedMs = performance.now();
      await pause(2_500);
    });
    expectSteady(load, spoiltMs, mendedMs, reason);
    await expectCharged(load);
  });

  it('TRA-49: fails no decision when it forgets its scripts in the midst of it', async () => {
    await begin('ioredis 5');
    const load = await underLoad([asking(limiter)], async () => {
      for (let i = 0; i < 20; i++) {
        await connected.send('SCRIPT', 'FLUSH');
        await pause(20);
      }
    });
    expect({ hung: load.hung, degraded: load.degradedBetween(0, Infinity), told }).toEqual({
      hung: 0,
      degraded: 0,
      told: [],
    });
    expect(await charged('somebody')).toBe(load.admitted('store'));
  });

  it.each(KINDS)('TRA-50 TRA-52: counts nothing of what comes to it after its time: %s', async (client) => {
    await begin(client);
    const proxy = await SlowProxy.to(redis);
    ends.push(() => proxy.remove());
    const [far] = await join(client, proxy);
    const store = createRedisStore(far.client, { timeoutMs: DEADLINE_MS });
    const rule = (subject: string) =>
      [{ group: 'late', subject, capacity: 100, refillTokens: 1, refillUs: 1e9, cost: 1 }] as const;
    const take = (subject: string) => store.take(rule(subject)).then(([answer]) => answer?.remaining);
    for (let i = 0; i < 50; i++) await take('others');

    redis.pause();
    const paused = await Promise.allSettled(Array.from({ length: 200 }, () => take('paused')));
    redis.resume();
    expect(paused.filter(({ status }) => status === 'fulfilled')).toEqual([]);
    await pause(300);
    expect(await take('paused')).toBe(99);

    proxy.delayMs = 500;
    const slow = await Promise.allSettled(Array.from({ length: 200 }, () => take('slow')));
    expect(slow.filter(({ status }) => status === 'fulfilled')).toEqual([]);
    proxy.delayMs = 0;
    await pause(1_200);
    expect(await take('slow')).toBe(99);

    await redis.stop();
    const dead = await Promise.allSettled(Array.from({ length: 200 }, () => take('dead')));
    expect(dead.filter(({ status }) => status === 'fulfilled')).toEqual([]);
    await redis.start();
    await readiness(far);
    await pause(100);
    expect(await take('dead')).toBe(99);
  });

  it.each(KINDS)('TRA-50: counts nothing twice when what was under way is sent again in time: %s', async (client) => {
    await begin(client);
    const proxy = await SlowProxy.to(redis);
    ends.push(() => proxy.remove());
    const [far] = await join(client, proxy);
    const store = createRedisStore(far.client, { timeoutMs: 2_000 });
    const rule = (subject: string) =>
      [{ group: 'once', subject, capacity: 100, refillTokens: 1, refillUs: 1e9, cost: 1 }] as const;
    for (let i = 0; i < 50; i++) await store.take(rule('others'));
    proxy.delayMs = 30;
    const subjects = Array.from({ length: 100 }, (_, i) => String(i));
    const taken = Promise.allSettled(subjects.map((subject) => store.take(rule(subject))));
    // What was sent at once is done by then, and no answer is here.
    await pause(45);
    proxy.cut();
    const results = await taken;
    proxy.delayMs = 0;
    const left = await Promise.all(subjects.map((subject) => take(subject)));
    expect(left.filter((tokens) => tokens !== 98 && tokens !== 99)).toEqual([]);
    expect(left.filter((tokens, i) => tokens === 98 && results[i]?.status === 'rejected').length).toBeGreaterThan(50);

    async function take(subject: string) {
      return (await createRedisStore(connected.client, { timeoutMs: 2_000 }).take(rule(subject)))[0]?.remaining;
    }
  });

  it('TRA-57: all together admit no more than the limit while it is gone', async () => {
    await begin('ioredis 5');
    const [, other] = await join('node-redis 5', redis, { capacity: 100 });
    const [, one] = await join('ioredis 5', redis, { capacity: 100 });
    await redis.stop();
    const load = await underLoad([asking(one), asking(other)], () => pause(1_500));
    expect(load.hung).toBe(0);
    expect(load.latePerThousand(DEADLINE_MS)).toBeLessThanOrEqual(1);
    expect({ store: load.admitted('store'), fallback: load.admitted('fallback') }).toEqual({ store: 0, fallback: 100 });
  });

  /** What the store admitted is what it counts, but for answers that were under way at either end of the trouble. */
  async function expectCharged(load: Load) {
    const counted = await charged('somebody');
    const admitted = load.admitted('store');
    expect(counted).toBeGreaterThanOrEqual(admitted);
    expect(counted).toBeLessThanOrEqual(admitted + UNDER_WAY);
  }
});

describe.skipIf(!there)('a store behind sentinels', () => {
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  it.each(Object.keys(SENTINEL_CLIENTS))(
    'TRA-51: decides in time while the master is lost, is back, and then as exact as before: %s',
    async (client) => {
      const world = await startSentinels();
      ends.push(() => world.remove());
      const connected = await (SENTINEL_CLIENTS[client] as (typeof SENTINEL_CLIENTS)[string])(world.sentinels);
      ends.push(() => connected.end());
      const limiter = new SharedPerUserRateLimiter({
        ...LIMITS,
        store: createRedisStore(connected.client),
        instances: 2,
      });
      expect(await untilNot(async () => (await limiter.check('a')).degraded)).toBe(true);
      // Until they know of each other, and of the replica.
      await pause(2_500);
      let [lostMs, backMs] = [0, 0];
      const load = await underLoad([asking(limiter)], async () => {
        await pause(300);
        lostMs = performance.now();
        await world.master.stop();
        await untilNot(async () => !(await isMaster(world.replica)));
        // Its clients say nothing of it, and find the new one by and by.
        const works = () =>
          connected.send('SET', 'x', '1').then(
            () => false,
            () => true,
          );
        await untilNot(works);
        backMs = performance.now();
        await pause(BACK_WITHIN_MS + 500);
      });
      expect(load.hung).toBe(0);
      expect(load.latePerThousand(DEADLINE_MS)).toBeLessThanOrEqual(1);
      expect(load.degradedBetween(lostMs, backMs)).toBeGreaterThan(0);
      expect(load.degradedBetween(backMs + BACK_WITHIN_MS, Infinity)).toBe(0);
      for (const { run } of redisSuite(() => connected, {}, TRACES)) await run();
    },
    300_000,
  );
});

function asking(limiter: SharedPerUserRateLimiter) {
  return () => limiter.check('somebody');
}

async function isMaster(server: RedisServer): Promise<boolean> {
  const { send, end } = await (CLIENTS['iovalkey'] as (typeof CLIENTS)[string])(server);
  try {
    return ((await send('ROLE')) as unknown[])[0] === 'master';
  } finally {
    await end();
  }
}

/** Whether it is false within 30 seconds. */
async function untilNot(ask: () => PromiseLike<boolean>): Promise<boolean> {
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
    return isReady ?? status === 'ready';
  };
  while (!ready()) await pause(10);
}
