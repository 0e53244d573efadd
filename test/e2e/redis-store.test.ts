import { readFileSync } from 'node:fs';
import { createRedisStore } from 'breakwater/redis';
import { SharedPerUserRateLimiter } from 'breakwater/rate-limiter';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, it } from 'vitest';
import { FrozenRedis } from './frozen-redis.js';
import { CLIENTS, CLUSTER_CLIENTS, type Connected } from './redis-clients.js';
import { redisSuite } from './redis-suite.js';
import { hasRedis, startCluster, startRedis } from './redis.js';

const there = hasRedis();
const server = there ? await startRedis() : undefined;
const cluster = there ? await startCluster() : undefined;
afterAll(async () => {
  await server?.remove();
  await cluster?.remove();
});

const TRACES = 10_000;
const ATTEMPTS = 400;

function suiteOn(
  connect: () => Connected | Promise<Connected>,
  options: { readonly packFor?: number },
  traces: number,
) {
  let connected: Promise<Connected> | undefined;
  afterAll(async () => (await connected)?.end());
  const suite = redisSuite(() => (connected ??= Promise.resolve(connect())), options, traces);
  it.each(suite.map(({ name, run }) => [name, run] as const))('%s', (_, run) => run());
}

describe.skipIf(!there)('a store on one Redis', () => {
  const connect = () => CLIENTS['ioredis 5']?.(server as NonNullable<typeof server>) as Connected;
  suiteOn(connect, {}, TRACES);
});

describe.skipIf(!there)('a store on one Redis that packs its buckets', () => {
  const connect = () => CLIENTS['node-redis 5']?.(server as NonNullable<typeof server>) as Promise<Connected>;
  suiteOn(connect, { packFor: 640 }, TRACES);
});

describe.skipIf(!there)('a store on a cluster', () => {
  const connect = () => CLUSTER_CLIENTS['ioredis 5']?.((cluster as NonNullable<typeof cluster>).nodes) as Connected;
  suiteOn(connect, {}, TRACES);
});

describe.skipIf(!there)('a store with every client', () => {
  const all = [
    ...Object.entries(CLIENTS).map(([name, make]) => [name, () => make(server as NonNullable<typeof server>)] as const),
    ...Object.entries(CLUSTER_CLIENTS).map(
      ([name, make]) => [`the cluster of ${name}`, () => make((cluster as NonNullable<typeof cluster>).nodes)] as const,
    ),
  ];

  it.each(all)(
    'TRA-80: admits exactly as much as there is, blocks and lifts in all processes within a second: %s',
    async (name, make) => {
      const connected = await make();
      try {
        const store = createRedisStore(connected.client, { prefix: name.replace(/ /g, '-') });
        const limits = { name: 'x', capacity: 50, refillPerSecond: 1e-6, store, storeTimeoutMs: 2_000 } as const;
        const limiters = [1, 2].map(() => new SharedPerUserRateLimiter({ ...limits, onStoreError: 'reject' }));
        const decisions = await Promise.all(
          Array.from({ length: ATTEMPTS }, (_, i) => (limiters[i % 2] as SharedPerUserRateLimiter).check('somebody')),
        );
        expect(decisions.filter(({ allowed }) => allowed)).toHaveLength(50);
        expect(decisions.filter(({ degraded }) => degraded)).toEqual([]);
        await limiters[0]?.block('somebody', 60_000, 'with "quotes", ünïcode and a \n line');
        expect((await limiters[1]?.check('somebody'))?.source).toBe('ban');
        const lifted = performance.now();
        await limiters[1]?.unblock('somebody');
        expect((await limiters[1]?.check('somebody'))?.allowed).toBe(true);
        while (!(await limiters[0]?.check('somebody'))?.allowed)
          await new Promise((resolve) => setTimeout(resolve, 20));
        expect(performance.now() - lifted).toBeLessThan(1_000);
      } finally {
        await connected.end();
      }
    },
  );
});

describe.skipIf(!there)('a Redis that loses its data', () => {
  it.each(['ioredis 5', 'iovalkey', 'node-redis 5'])(
    'TRA-80: is told again of a lifting that only one process knew: %s',
    async (name) => {
      const { client, send, end } = await (CLIENTS[name] as (typeof CLIENTS)[string])(
        server as NonNullable<typeof server>,
      );
      try {
        const store = createRedisStore(client, { prefix: 'lost' });
        const limits = { name: 'x', capacity: 50, refillPerSecond: 1, store, storeTimeoutMs: 2_000 } as const;
        const [here, there] = [1, 2].map(() => new SharedPerUserRateLimiter({ ...limits, onStoreError: 'reject' }));
        await here?.block('somebody', 60_000, 'x');
        await there?.refresh();
        await here?.unblock('somebody');
        await send('FLUSHALL');
        const lost = performance.now();
        expect((await there?.check('somebody'))?.source).toBe('ban');
        while (!(await there?.check('somebody'))?.allowed && performance.now() - lost < 10_000) {
          await here?.check('anybody');
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        expect(performance.now() - lost).toBeLessThan(3_000);
      } finally {
        await end();
      }
    },
  );
});

describe.skipIf(!there)('scripts that are forgotten again and again', () => {
  it.each(['ioredis 5', 'iovalkey', 'node-redis 5'])('TRA-49: cost no decision: %s', async (name) => {
    const make = CLIENTS[name] as (typeof CLIENTS)[string];
    const all = await Promise.all([1, 2, 3].map(async () => await make(server as NonNullable<typeof server>)));
    try {
      const stores = all.map(({ client }) => createRedisStore(client, { prefix: 'flushed', timeoutMs: 10_000 }));
      const bucket = { group: 'g', subject: name.replace(/ /g, '-'), capacity: 10_000, refillTokens: 1, refillUs: 1e9 };
      let asked = 0;
      const asker = async (i: number): Promise<void> => {
        while (asked < 6_000) {
          asked++;
          await stores[i % 3]?.take([{ ...bucket, cost: 1 }]);
        }
      };
      let over = false;
      const flushing = async (): Promise<void> => {
        while (!over) await all[0]?.send('SCRIPT', 'FLUSH');
      };
      const flushed = flushing();
      await Promise.all(Array.from({ length: 60 }, (_, i) => asker(i)));
      over = true;
      await flushed;
      const [left] = (await stores[0]?.take([{ ...bucket, cost: 0 }])) ?? [];
      expect(left?.remaining).toBe(10_000 - asked);
    } finally {
      await Promise.all(all.map(({ end }) => end()));
    }
  });
});

describe.skipIf(!there)('what a store writes', () => {
  it('TRA-42: has an end, each key of it, and is never asked for by searching', async () => {
    const { client, send, end } = await (CLIENTS['ioredis 5'] as (typeof CLIENTS)[string])(
      server as NonNullable<typeof server>,
    );
    try {
      for (const packFor of [undefined, 100]) {
        const prefix = `ends-${String(packFor)}`;
        const store = createRedisStore(client, { prefix, packFor });
        const key = { group: 'g', subject: 's' };
        await store.take([{ ...key, capacity: 5, refillTokens: 3, refillUs: 1_000_000, cost: 2 }]);
        await store.count({ ...key, windowUs: 60_000_000, limit: 5 });
        await store.record({ ...key, windowUs: 60_000_000, limit: 5, weight: 1, tag: 't', halfLifeUs: 60_000_000 });
        await store.mark({ ...key, held: true, forUs: 5_000_000, keepUs: 9_000_000, text: 'x' });
        const keys = (await send('KEYS', `{${prefix}}*`)) as string[];
        // Besides what says for a moment that a command was done.
        expect(keys.filter((name) => !name.startsWith(`{${prefix}}o`))).toHaveLength(6);
        const left = await Promise.all(keys.map((name) => send('PTTL', name)));
        for (const ms of left) expect(ms).toBeGreaterThan(0);
        // A cluster would refuse a step that goes beyond one of its slots.
        const slots = await Promise.all(
          keys.map((name) => send('CLUSTER', 'KEYSLOT', name).then(String, () => 'none')),
        );
        expect(new Set(slots).size).toBe(1);
      }
      expect(String(await send('INFO', 'commandstats'))).not.toMatch(/cmdstat_scan/);
    } finally {
      await end();
    }
  });

  it.each([[undefined], [100]])('TRA-42: takes the place of what is no such thing: packFor %s', async (packFor) => {
    const { client, send, end } = await (CLIENTS['ioredis 5'] as (typeof CLIENTS)[string])(
      server as NonNullable<typeof server>,
    );
    try {
      const prefix = `foreign-${String(packFor)}`;
      const store = createRedisStore(client, { prefix, packFor });
      const key = { group: 'g', subject: 's' };
      const bucket = { capacity: 5, refillTokens: 1, refillUs: 1e9 };
      const everything = async (): Promise<unknown[]> => [
        (await store.take([{ ...key, ...bucket, cost: 2 }]))[0]?.remaining,
        (await store.take([key, { ...key, group: 'h' }].map((of) => ({ ...of, ...bucket, cost: 1 })))).length,
        (await store.count({ ...key, windowUs: 6e7, limit: 5 })).count,
        (await store.record({ ...key, windowUs: 6e7, limit: 5, weight: 1, tag: 't', halfLifeUs: 6e7 })).count,
        (await store.mark({ ...key, held: true, forUs: 5e6, keepUs: 9e6, text: 'x', clear: true })).mark?.times,
        (await store.changes('g', 0)).marks.length,
      ];
      const names = async (): Promise<string[]> => {
        const all = (await send('KEYS', `{${prefix}}*`)) as string[];
        return all.filter((name) => !name.startsWith(`{${prefix}}o`));
      };
      const first = await everything();
      expect(first).toEqual([3, 2, 1, 1, 1, 1]);
      await store.take([{ ...key, ...bucket, cost: 1 }]);
      await store.count({ ...key, windowUs: 6e7, limit: 5 });
      await store.record({ ...key, windowUs: 6e7, limit: 5, weight: 1, tag: 't', halfLifeUs: 6e7 });
      for (const wrong of ['type', 'text']) {
        for (const name of await names()) {
          const isText = String(await send('TYPE', name)) === 'string';
          await send('DEL', name);
          if (wrong === 'type' && isText) await send('LPUSH', name, 'whatever');
          else await send('SET', name, 'whatever');
        }
        await store.clear({ group: 'h', subject: 's' });
        expect(await everything()).toEqual(first);
        for (const name of await names()) expect(Number(await send('PTTL', name))).toBeGreaterThan(0);
      }
      // One that lost its end gets it again.
      await store.take([{ ...key, ...bucket, cost: 1 }]);
      const [one = ''] = await names().then((all) => all.filter((name) => /\}[bp]/.test(name)));
      await send('PERSIST', one);
      for (const of of ['g', 'h']) await store.take([{ ...key, group: of, ...bucket, cost: 1 }]);
      expect(Number(await send('PTTL', one))).toBeGreaterThan(0);
    } finally {
      await end();
    }
  });

  it('needs no more rights than the page says, and each of them', async () => {
    const { host, port } = server as NonNullable<typeof server>;
    const { send, end } = await (CLIENTS['ioredis 5'] as (typeof CLIENTS)[string])(
      server as NonNullable<typeof server>,
    );
    const page = readFileSync(new URL('../../docs/redis.md', import.meta.url), 'utf8');
    const rights = /Rights: `([^`]*)`/.exec(page)?.[1]?.split(/\s+/) ?? [];
    const password = 'of-the-tests';
    await send('ACL', 'SETUSER', 'limits', 'on', `>${password}`, 'resetkeys', '~{shop}*', '-@all', ...rights);
    const client = new Redis({ host, port, username: 'limits', password, enableReadyCheck: false });
    try {
      await send('CONFIG', 'RESETSTAT');
      await send('SCRIPT', 'FLUSH');
      for (const packFor of [undefined, 1]) {
        const store = createRedisStore(client, { prefix: 'shop', packFor, timeoutMs: 5_000 });
        const key = { group: 'g', subject: 's' };
        const bucket = { capacity: 100, refillTokens: 1, refillUs: 1e4, cost: 1 };
        for (let i = 0; i < 100; i++) await store.take([{ ...key, ...bucket, subject: String(i) }]);
        for (let i = 0; i < 2; i++) await store.take([{ ...key, ...bucket }]);
        await store.mark({ ...key, held: true, forUs: 5e6, keepUs: 9e6, text: 'x', clear: true });
        await store.take([key, { ...key, group: 'h' }].map((of) => ({ ...of, ...bucket })));
        await store.take([{ ...key, ...bucket, group: 'h' }]);
        await store.count({ ...key, windowUs: 6e7, limit: 5 });
        for (let i = 0; i < 3; i++) {
          await store.record({ ...key, windowUs: 6e7, limit: 2, weight: 3, tag: String(i), halfLifeUs: 6e7 });
        }
        const [events = ''] = (await send('KEYS', '{shop}e*')) as string[];
        await send('SET', events, 'no list');
        await store.record({ ...key, windowUs: 6e7, limit: 2, weight: 1, tag: 't', halfLifeUs: 6e7 });
        await store.changes('g', 0);
        await store.mark({ ...key, held: false, forUs: 0, keepUs: 0, text: '' });
        await store.clear(key);
      }
      const stats = String(await send('INFO', 'commandstats'));
      const unused = rights.filter((right) => !stats.includes(`cmdstat_${right.slice(1)}:`));
      expect(unused).toEqual([]);
    } finally {
      client.disconnect();
      await send('ACL', 'DELUSER', 'limits');
      await end();
    }
  });

  it.each([[undefined], [100]])(
    'TRA-29: makes no token when the clock goes back and returns: packFor %s',
    async (packFor) => {
      const { send, end } = await (CLIENTS['ioredis 5'] as (typeof CLIENTS)[string])(
        server as NonNullable<typeof server>,
      );
      try {
        const redis = new FrozenRedis((args) => send(...args));
        const store = createRedisStore(redis, { prefix: `back-${String(packFor)}`, packFor });
        const bucket = { group: 'g', subject: 's', capacity: 5, refillTokens: 1, refillUs: 200_000, cost: 1 };
        const all = async (): Promise<number> => {
          for (let taken = 0; ; taken++) if ((await store.take([bucket]))[0]?.allowed !== true) return taken;
        };
        expect(await all()).toBe(5);
        for (const ms of [500, 10_000, 3_600_000]) {
          redis.advance(-ms);
          expect(await all()).toBe(0);
          // And says until when that is so.
          expect((await store.take([bucket]))[0]?.retryAfterUs).toBe(ms * 1_000 + 200_000);
          redis.advance(ms);
          expect(await all()).toBe(0);
        }
        redis.advance(200);
        expect(await all()).toBe(1);
        const [one = ''] = (await send('KEYS', `{back-${String(packFor)}}[bp]*`)) as string[];
        if (packFor === undefined) await send('SET', one, '9007199254740991');
        else
          for (const field of (await send('HKEYS', one)) as string[])
            await send('HSET', one, field, '9007199254740991');
        expect(await all()).toBe(5);
        expect(Number(await send('PTTL', one))).toBeGreaterThan(0);
      } finally {
        await end();
      }
    },
  );

  it('is read in short steps, however many blocks have ended', async () => {
    const { send, end } = await (CLIENTS['ioredis 5'] as (typeof CLIENTS)[string])(
      server as NonNullable<typeof server>,
    );
    try {
      const redis = new FrozenRedis((args) => send(...args));
      const store = createRedisStore(redis, { prefix: 'ended', timeoutMs: 60_000 });
      const block = (subject: string, forUs: number) =>
        store.mark({ group: 'g', subject, held: true, forUs, keepUs: forUs, text: '' });
      await Promise.all(Array.from({ length: 7_000 }, (_, i) => block(String(i), 60_000_000)));
      await block('last', 600_000_000);
      redis.advance(61_000);
      expect(await store.changes('g', 0)).toEqual({ marks: [], version: 0, more: true });
      expect(await store.changes('g', 0)).toMatchObject({ marks: [], more: true });
      const { marks, more } = await store.changes('g', 0);
      expect([marks.map(({ subject }) => subject), more]).toEqual([['last'], false]);
      const [byEnd = ''] = (await send('KEYS', '{ended}x*')) as string[];
      expect(await send('ZCARD', byEnd)).toBe(1);
    } finally {
      await end();
    }
  });

  it('TRA-43: is nothing when nothing is taken, seen or cleared', async () => {
    const { client, send, end } = await (CLIENTS['ioredis 5'] as (typeof CLIENTS)[string])(
      server as NonNullable<typeof server>,
    );
    try {
      const store = createRedisStore(client, { prefix: 'nothing' });
      const key = { group: 'g', subject: 's' };
      await store.take([{ ...key, capacity: 5, refillTokens: 3, refillUs: 1_000_000, cost: 0 }]);
      await store.take([{ ...key, capacity: 5, refillTokens: 3, refillUs: 1_000_000, cost: 6 }]);
      await store.take([{ ...key, capacity: 5, refillTokens: 3, refillUs: 1_000_000, cost: -5 }]);
      await store.record({ ...key, windowUs: 60_000_000, limit: 5, weight: 0, tag: 't', halfLifeUs: 60_000_000 });
      await store.changes('g', 0);
      await store.clear(key);
      const keys = (await send('KEYS', '{nothing}*')) as string[];
      // That a command was done is known for a moment, and nothing else is.
      expect(keys.filter((name) => !name.startsWith('{nothing}o'))).toEqual([]);
      for (const ms of await Promise.all(keys.map((name) => send('PTTL', name)))) expect(ms).toBeLessThanOrEqual(2_000);
    } finally {
      await end();
    }
  });
});
