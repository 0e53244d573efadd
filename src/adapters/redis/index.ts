// Beside the usual files: the scripts that run on the server, in their folder.
export type {
  IoredisShape,
  NodeRedisClusterShape,
  NodeRedisSentinelShape,
  NodeRedisShape,
  RedisClient,
  RedisSend,
} from './client.js';
export type { RedisStoreOptions } from './options.js';
export { REDIS_STORE_DEFAULTS } from './options.js';
export { createRedisStore } from './redis-store.js';
