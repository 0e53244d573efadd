import { createRedisStore } from 'breakwater/redis';
import { type StoreUnderTest, storeConformance } from 'breakwater/testing';
import { FrozenRedis } from './frozen-redis.js';
import type { Connected } from './redis-clients.js';

/** In so many parts the traces are compared at the same time, each with a store and a clock of its own. */
const PARTS = 4;

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
  const part = traces / PARTS;
  const suites = Array.from({ length: PARTS }, (_, i) =>
    storeConformance({ traces: part, seed: 1 + i * part, create }),
  );
  const run = async (): Promise<void> => {
    await Promise.all(suites.map(([ofTraces]) => ofTraces?.run() ?? Promise.reject(new Error('no traces'))));
  };
  return [
    { name: `answers ${String(traces)} random traces as exact fractions do`, run },
    ...(suites[0] ?? []).slice(1),
  ];
}
