import { createRedisStore } from 'breakwater/redis';
import * as iovalkey from 'iovalkey';
import * as ioredis5 from 'ioredis';
import * as ioredis6 from 'ioredis-6';
import * as redis4 from 'redis-4';
import * as redis5 from 'redis';
import * as redis6 from 'redis-6';
import { describe, expect, it } from 'vitest';

type Made = Readonly<Record<string, (...args: unknown[]) => unknown>>;

/** None of them is connected, nor tries to be. */
const IOREDIS: readonly (readonly [string, new (options: object) => unknown])[] = [
  ['ioredis 5', ioredis5.Redis as never],
  ['ioredis 6', ioredis6.Redis as never],
  ['iovalkey', iovalkey.Redis as never],
];

const NODE_REDIS: readonly (readonly [string, { readonly createClient: unknown; readonly createCluster: unknown }])[] =
  [
    ['node-redis 4', redis4],
    ['node-redis 5', redis5],
    ['node-redis 6', redis6],
  ];

function make(create: unknown, options: object): Made {
  return (create as (options: object) => Made)(options);
}

describe('a client as the library makes it', () => {
  it.each(IOREDIS)('of %s is taken, and not what it makes of commands', (_, Client) => {
    const client = new Client({ lazyConnect: true }) as Made;
    expect(() => createRedisStore(client as never)).not.toThrow();
    for (const chain of ['pipeline', 'multi']) {
      expect(() => createRedisStore(client[chain]?.() as never)).toThrow(/got a pipeline or transaction/);
    }
  });

  it.each(NODE_REDIS)('of %s is taken, and not what it makes of commands', (_, { createClient, createCluster }) => {
    const client = make(createClient, {});
    const cluster = make(createCluster, { rootNodes: [{ url: 'redis://127.0.0.1:1' }] });
    for (const one of [client, cluster]) {
      expect(() => createRedisStore(one as never)).not.toThrow();
      expect(() => createRedisStore(one.multi?.('a') as never)).toThrow(/got a pipeline or transaction/);
    }
  });

  it('is refused in legacy mode, of node-redis 4 and newer', () => {
    expect(() => createRedisStore(make(redis4.createClient, { legacyMode: true }) as never)).toThrow(/in legacy mode/);
    for (const { createClient } of [redis5, redis6]) {
      expect(() => createRedisStore(make(createClient, {}).legacy?.() as never)).toThrow(/in legacy mode/);
    }
  });
});
