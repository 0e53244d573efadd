import { createRedisStore } from 'breakwater/redis';
import { type StoreUnderTest, storeConformance } from 'breakwater/testing';
import { FrozenRedis } from './frozen-redis.js';
import type { Connected } from './redis-clients.js';

/** The suite of stores, on stores of one client whose clock the suite moves. */
export function redisSuite(
  connected: () => Connected | Promise<Connected>,
  options: { readonly packFor?: number },
  traces: number,
) {
  let made = 0;
  const create = async (): Promise<StoreUnderTest> => {
    const { send } = await connected();
    const redis = new FrozenRedis((args) => send(...args));
    const prefix = `suite-${String(options.packFor)}-${String(made++)}`;
    return {
      store: createRedisStore(redis, { ...options, prefix }),
      advance: (ms) => {
        redis.advance(ms);
      },
    };
  };
  return storeConformance({ traces, create });
}
