import { rateLimit } from 'express-rate-limit';
import { RedisStore as RateLimitRedis } from 'rate-limit-redis';
import { RateLimiterMemory, RateLimiterRedis, RLWrapperTimeouts } from 'rate-limiter-flexible';
import { SharedPerUserRateLimiter } from '../../dist/rate-limiter.js';
import { createRedisStore } from '../../dist/redis.js';
import { ioredis, nodeRedis } from './connections.js';
import { DEADLINE_MS, INSTANCES } from './settings.js';

const WINDOW_S = 3_600;
/** As good as none: what has been taken can be counted afterwards. */
const REFILL_PER_SECOND = 1e-4;
const AT_ONCE = 200;

function breakwater(name, { client }, limit, more = {}) {
  return new SharedPerUserRateLimiter({
    name,
    capacity: limit,
    refillPerSecond: REFILL_PER_SECOND,
    store: createRedisStore(client),
    instances: INSTANCES,
    storeTimeoutMs: DEADLINE_MS,
    ...more,
  });
}

const ours = {
  decider(name, connected, limit) {
    const limiter = breakwater(name, connected, limit);
    return (key) => limiter.check(key);
  },
  /** How often each of the keys was counted, by one who had no part in it. */
  async counts(name, keys, connected, limit) {
    const fresh = breakwater(name, connected, limit, { storeTimeoutMs: 1_000 });
    const counts = [];
    for (let i = 0; i < keys.length; i += AT_ONCE) {
      const some = await Promise.all(keys.slice(i, i + AT_ONCE).map((key) => fresh.check(key, { cost: 0 })));
      if (some.some(({ degraded }) => degraded)) throw new Error('what was counted cannot be read');
      counts.push(...some.map(({ remaining }) => limit - remaining));
    }
    return counts;
  },
};

/** Marks what comes of it, which the library does not tell from what comes of Redis. */
class Insurance extends RateLimiterMemory {
  made = new WeakSet();

  async consume(...args) {
    try {
      const result = await super.consume(...args);
      this.made.add(result);
      return result;
    } catch (result) {
      this.made.add(result);
      throw result;
    }
  }
}

/** @param settings - `timeoutMs` adds the wrapper that the library has for it. */
function flexible({ timeoutMs, ...settings }) {
  return {
    decider(name, { client }, limit) {
      const rule = { keyPrefix: name, points: limit, duration: WINDOW_S };
      const insuranceLimiter = new Insurance({ ...rule, points: limit / INSTANCES });
      const onRedis = { ...rule, storeClient: client, ...settings };
      const limiter =
        timeoutMs === undefined
          ? new RateLimiterRedis({ ...onRedis, insuranceLimiter })
          : new RLWrapperTimeouts({ limiter: new RateLimiterRedis(onRedis), timeoutMs, insuranceLimiter });
      return async (key) => {
        try {
          return { allowed: true, degraded: insuranceLimiter.made.has(await limiter.consume(key)) };
        } catch (result) {
          if (result instanceof Error) throw result;
          return { allowed: false, degraded: insuranceLimiter.made.has(result) };
        }
      };
    },
    counts: countersOf((name, key) => `${name}:${key}`),
  };
}

const response = { headersSent: true, writableEnded: true };

const express = {
  decider(name, { send }, limit) {
    const middleware = rateLimit({
      limit,
      windowMs: WINDOW_S * 1_000,
      store: new RateLimitRedis({ sendCommand: (...args) => send(args), prefix: `${name}:` }),
      passOnStoreError: true,
      keyGenerator: ({ key }) => key,
      handler: ({ refuse }) => refuse(),
      logger: { error: () => undefined, warn: () => undefined },
      validate: false,
    });
    return (key) =>
      new Promise((resolve, reject) => {
        const request = { key, refuse: () => resolve({ allowed: false, degraded: false }) };
        middleware(request, response, (error) => {
          // Nothing is told of a request that was let pass without the store.
          if (error === undefined) resolve({ allowed: true, degraded: request.rateLimit === undefined });
          else reject(error);
        });
      });
  },
  counts: countersOf((name, key) => `${name}:${key}`),
};

function countersOf(nameOf) {
  return async (name, keys, { send }) => {
    const counts = [];
    for (let i = 0; i < keys.length; i += AT_ONCE) {
      const values = await send(['MGET', ...keys.slice(i, i + AT_ONCE).map((key) => nameOf(name, key))]);
      counts.push(...values.map(Number));
    }
    return counts;
  };
}

const io = { enableOfflineQueue: false };
const node = { disableOfflineQueue: true };
const ready = { rejectIfRedisNotReady: true };
const useRedisPackage = true;

/** Each with the client that it is used through, and in the settings that its own pages, or those of the client, advise. */
export const CONTENDERS = [
  { title: 'Breakwater, ioredis', connect: ioredis(), ...ours },
  { title: 'Breakwater, node-redis', connect: nodeRedis(), ...ours },
  { title: 'rate-limiter-flexible, ioredis', connect: ioredis(io), ...flexible(ready) },
  {
    title: 'the same in `RLWrapperTimeouts`',
    connect: ioredis(io),
    ...flexible({ ...ready, timeoutMs: DEADLINE_MS }),
  },
  {
    title: 'rate-limiter-flexible, node-redis',
    connect: nodeRedis(node),
    ...flexible({ ...ready, useRedisPackage }),
  },
  {
    title: 'the same in `RLWrapperTimeouts`',
    connect: nodeRedis(node),
    ...flexible({ ...ready, useRedisPackage, timeoutMs: DEADLINE_MS }),
  },
  { title: 'express-rate-limit, node-redis', connect: nodeRedis(node), ...express },
  {
    title: 'express-rate-limit, ioredis with `commandTimeout`',
    connect: ioredis({ ...io, commandTimeout: DEADLINE_MS }),
    ...express,
  },
];
