import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Redis } from 'ioredis';
import { SharedDDoSProtection } from 'breakwater/ddos-protection';
import { StructuredLogger } from 'breakwater/logger';
import { observe } from 'breakwater/metrics';
import { SharedPerUserRateLimiter } from 'breakwater/rate-limiter';
import { createRedisStore } from 'breakwater/redis';

// One of several replicas that limit and block as one; a scene starts them all on one Redis.
const { REDIS_URL = '', PREFIX = 'breakwater-demo', INSTANCES = '1', CAPACITY = '100' } = process.env;

const redis = new Redis(REDIS_URL, { retryStrategy: () => 100, maxRetriesPerRequest: 1 });
redis.on('error', () => undefined); // The limiters tell of it.
const store = createRedisStore(redis, { prefix: PREFIX });
const shared = { store, instances: Number(INSTANCES), storeTimeoutMs: 500 };
const users = new SharedPerUserRateLimiter({
  name: 'users',
  capacity: Number(CAPACITY),
  refillPerSecond: 0.01,
  ...shared,
});
const addresses = new SharedDDoSProtection({ name: 'addresses', ...shared });

const logger = new StructuredLogger({ service: 'shop' });
observe([users, addresses], { logger });

async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const address = String(req.headers['x-forwarded-for']);
  const path = req.url ?? '';
  if (path === '/block') await addresses.block(address, 60_000, 'by hand');
  if (path === '/unblock') await addresses.unblock(address);
  const decision =
    path === '/orders' ? await users.check(String(req.headers['x-user-id'])) : await addresses.check(address);
  const { allowed, source, degraded } = decision;
  res.writeHead(allowed ? 200 : 429, { 'Content-Type': 'application/json' }).end(JSON.stringify({ source, degraded }));
}

const server = createServer((req, res) => {
  answer(req, res).catch(() => res.writeHead(503).end());
});
const patience = setTimeout(() => {
  console.error('no Redis answers where --redis says');
  process.exit(1);
}, 5_000);
await new Promise<void>((resolve) =>
  redis.once('ready', () => {
    resolve();
  }),
);
clearTimeout(patience);
await once(server.listen(0, '127.0.0.1'), 'listening');
// Whoever started it is gone, and nobody comes any more.
process.stdin.resume().once('end', () => process.exit(1));
logger.systemEvent('listening', { port: (server.address() as AddressInfo).port });
