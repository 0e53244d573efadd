import { once } from 'node:events';
import { afterAll, describe, expect, it } from 'vitest';
import { type StartedProcess, startProcess } from './redis-process.js';
import { hasRedis, startCluster, startRedis } from './redis.js';

const PROCESSES = 8;
const TRIES = 5_000;
const CAPACITY = 100;

const there = hasRedis();
const ends: (() => unknown)[] = [];
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

type Nodes = readonly { readonly host: string; readonly port: number }[];

/** What one process of a service does, with the built package: half of them have one client, half the other. */
const PROGRAM = `
import { SharedPerUserRateLimiter } from 'breakwater/rate-limiter';
import { createRedisStore } from 'breakwater/redis';
import { Cluster, Redis } from 'ioredis';
import { createClient, createCluster } from 'redis';
import { once } from 'node:events';
const { nodes, cluster, client, packFor, tries, capacity } = JSON.parse(process.argv[1]);
const urls = nodes.map(({ host, port }) => ({ url: 'redis://' + host + ':' + port }));
const io = () => cluster ? new Cluster(nodes) : new Redis(nodes[0]);
const node = () => cluster ? createCluster({ rootNodes: urls }) : createClient(urls[0]);
const redis = client === 'ioredis' ? io() : node();
if (client === 'ioredis') await once(redis, 'ready');
else await redis.connect();
const store = createRedisStore(redis, { packFor, timeoutMs: 60_000 });
const limiter = new SharedPerUserRateLimiter({
  name: 'fleet', capacity, refillPerSecond: 1e-6, store, onStoreError: 'reject', storeTimeoutMs: 60_000,
});
await limiter.check('warm-up');
console.log('ready');
await once(process.stdin, 'data');
const decisions = await Promise.all(Array.from({ length: tries }, () => limiter.check('somebody')));
const allowed = decisions.filter((decision) => decision.allowed).length;
const degraded = decisions.filter((decision) => decision.degraded).length;
console.log(JSON.stringify({ decided: decisions.length, allowed, degraded }));
process.exit();
`;

function start(what: object): StartedProcess {
  const started = startProcess(PROGRAM, what);
  ends.push(started.kill);
  return started;
}

async function fleet(nodes: Nodes, more: { readonly cluster?: boolean; readonly packFor?: number }) {
  const addresses = nodes.map(({ host, port }) => ({ host, port }));
  const processes = Array.from({ length: PROCESSES }, (_, i) =>
    start({ nodes: addresses, client: i % 2 === 0 ? 'ioredis' : 'redis', tries: TRIES, capacity: CAPACITY, ...more }),
  );
  for (const { line } of processes) expect(await line()).toBe('ready');
  for (const { child } of processes) child.stdin?.write('go\n');
  const said = await Promise.all(
    processes.map(async ({ child, line }) => {
      const gone = once(child, 'close');
      const counts = JSON.parse(await line()) as { decided: number; allowed: number; degraded: number };
      await gone;
      return counts;
    }),
  );
  const sum = (of: 'decided' | 'allowed' | 'degraded') => said.reduce((total, one) => total + one[of], 0);
  return { decided: sum('decided'), allowed: sum('allowed'), degraded: sum('degraded') };
}

describe.skipIf(!there)('eight processes that try five thousand times each at the same time', () => {
  const exactly = { decided: PROCESSES * TRIES, allowed: CAPACITY, degraded: 0 };

  it.each([
    ['on one Redis', {}],
    ['on one Redis with packed buckets', { packFor: 1_000 }],
  ])('TRA-40: are admitted as often as there is, %s', async (_, more) => {
    const redis = await startRedis();
    ends.push(() => redis.remove());
    expect(await fleet([redis], more)).toEqual(exactly);
  });

  it('TRA-40 TRA-58: are admitted as often as there is, on a cluster', async () => {
    const cluster = await startCluster();
    ends.push(() => cluster.remove());
    expect(await fleet(cluster.nodes, { cluster: true })).toEqual(exactly);
  });
});
