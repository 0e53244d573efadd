import { createHash } from 'node:crypto';
import { Redis } from 'ioredis';
import { RedisStore as RateLimitRedis } from 'rate-limit-redis';
import { RateLimiterRedis, RateLimiterUnion } from 'rate-limiter-flexible';
import { createClient } from 'redis';
import { SharedPerUserRateLimiter } from '../dist/rate-limiter.js';
import { createRedisStore } from '../dist/redis.js';
import { compare, sequential } from './harness.js';
import { startRedis } from './redis-server.js';

const CALLS = 4_000;
const AT_ONCE = 200;
const KEYS = 10_000;
const keys = Array.from({ length: KEYS }, (_, i) => `user-${String(i)}`);
const plenty = { capacity: 1e6, refillPerSecond: 1e5 };

/** What any bucket on Redis needs: the time, one key read, one written. */
const BARE = `
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local each, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local full = math.max(now, tonumber(redis.call('GET', KEYS[1]) or now)) + each
if full - now > burst then return {0, 0, full - now - burst, full - each - now} end
redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', math.ceil((full - now) / 1000) + 1000)
return {1, math.floor((burst - full + now) / each), 0, full - now}`;

/** `CALLS` calls, of which 200 are under way. */
function together(call) {
  return async () => {
    let next = 0;
    const one = async () => {
      while (next < CALLS) await call(next++);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, one));
  };
}

/** Decisions through one client, beside a bare script and what others have. */
async function decisions(name, client, send) {
  await send(['SCRIPT', 'LOAD', BARE]);
  const sha = createHash('sha1').update(BARE).digest('hex');
  const store = createRedisStore(client, { timeoutMs: 10_000 });
  const limits = { ...plenty, store, instances: 1, storeTimeoutMs: 10_000 };
  const limiter = new SharedPerUserRateLimiter({ name: 'user', ...limits });
  const leased = new SharedPerUserRateLimiter({ name: 'leased', ...limits, leaseTokens: 1_000 });
  const others = ['team', 'plan', 'route', 'site'].map((of) => new SharedPerUserRateLimiter({ name: of, ...limits }));
  const also = others.map((other) => ({ limiter: other, key: 'x' }));
  const rule = { capacity: 1e6, refillTokens: 1, refillUs: 10, cost: 1 };
  const groups = ['a', 'b', 'c', 'd', 'e'];
  const one = (i) => store.take([{ ...rule, group: 'a', subject: keys[i % KEYS] }]);
  const five = (i) => store.take(groups.map((group) => ({ ...rule, group, subject: keys[i % KEYS] })));
  const flexible = (keyPrefix) =>
    new RateLimiterRedis({
      storeClient: client,
      useRedisPackage: name !== 'ioredis',
      keyPrefix,
      points: 1e6,
      duration: 60,
    });
  const peer = flexible('peer');
  const union = new RateLimiterUnion(...groups.map(flexible));
  const express = new RateLimitRedis({ sendCommand: (...args) => send(args) });
  express.init({ windowMs: 60_000 });
  const run = (title, role, call) => ({ name: title, role, calls: CALLS, run: together(call) });
  const alone = (title, role, call) => ({ name: title, role, calls: 200, run: sequential(call, 200) });
  const single = await compare(
    `a decision on Redis through ${name}, ${String(AT_ONCE)} at once`,
    [
      run('a bare script', 'floor', (i) => send(['EVALSHA', sha, '1', `{bare}${keys[i % KEYS]}`, '10', '10000000'])),
      run('SharedPerUserRateLimiter check', 'ours', (i) => limiter.check(keys[i % KEYS])),
      run('SharedPerUserRateLimiter check, ten busy keys with leases', 'ours', (i) => leased.check(keys[i % 10])),
      run('createRedisStore take', 'ours', one),
      run('SharedPerUserRateLimiter check, five limits', 'ours', (i) => limiter.check(keys[i % KEYS], { also })),
      run('rate-limiter-flexible', 'peer', (i) => peer.consume(keys[i % KEYS])),
      run('rate-limiter-flexible, five limits', 'peer', (i) => union.consume(keys[i % KEYS])),
      run('rate-limit-redis', 'peer', (i) => express.increment(keys[i % KEYS])),
    ],
    { mostRatio: 1 / 0.9, text: 'a decision has at least 0.9x the rate of a bare script' },
  );
  const several = await compare(
    `several limits in one decision through ${name}, one at a time`,
    [
      alone('one rule', 'floor', one),
      alone('five rules', 'ours', five),
      alone('rate-limiter-flexible, five limits', 'peer', (i) => union.consume(keys[i % KEYS])),
    ],
    { mostRatio: 1.5, text: 'five rules take at most 1.5x as long as one' },
  );
  return single && several;
}

/** The store on Redis beside what others have, on a server of its own. */
export async function redisBench() {
  const server = await startRedis();
  if (server === undefined) {
    console.log('\nskipped: no redis-server on this machine');
    return true;
  }
  const io = new Redis({ host: '127.0.0.1', port: server.port });
  const node = createClient({ url: `redis://127.0.0.1:${String(server.port)}` });
  try {
    await node.connect();
    const first = await decisions('ioredis', io, ([command, ...args]) => io.call(command, ...args));
    return (await decisions('node-redis', node, (args) => node.sendCommand(args))) && first;
  } finally {
    io.disconnect();
    node.destroy();
    server.end();
  }
}
