// #region basic
import { Redis } from 'ioredis';
import { SharedPerUserRateLimiter } from 'breakwater/rate-limiter';
import { createRedisStore } from 'breakwater/redis';

const redis = new Redis({ host: '127.0.0.1', port: 6379 });
redis.on('error', () => undefined); // The limiter tells of it.
const store = createRedisStore(redis, { prefix: 'shop' });

// Three replicas, one limit. Without Redis each of them has a third of it.
const perUser = new SharedPerUserRateLimiter({ name: 'api', capacity: 90, refillPerSecond: 10, store, instances: 3 });
perUser.on('storeLost', ({ reason }) => {
  console.log(`deciding without Redis: ${reason}`);
});

for (let i = 0; i < 5; i++) {
  const { allowed, remaining, source, degraded } = await perUser.check('user-17');
  console.log({ allowed, remaining, source, degraded });
}
// #endregion basic
redis.disconnect();
