/** In the place of a service's own parts. */
const pool = { totalCount: 10, idleCount: 4, waitingCount: 0, query: () => Promise.resolve([]) };
const own = { query: () => Promise.resolve([]) };
const redis = { status: 'ready', ping: () => Promise.resolve('PONG') };
const pricing = { current: 'model 7' };
const outbox = { size: 12 };
const trail = { countSince: (since: number) => Promise.resolve(since > 0 ? 40 : 0) };

// #region basic
import { databaseCheck, HealthCheckService, memoryCheck, redisCheck } from 'breakwater/health';

const health = new HealthCheckService();

health.register(
  'database',
  databaseCheck(() => own.query()),
  { critical: true },
);
health.register('redis', redisCheck(redis));
health.register('memory', memoryCheck());

console.log((await health.check()).status);
// #endregion basic

// #region algorithm
import { algorithmCheck } from 'breakwater/health';

health.register(
  'pricing',
  algorithmCheck(() => ({ active: pricing.current, fallback: 'list price' })),
);
// #endregion algorithm

// #region notification
import { notificationCheck } from 'breakwater/health';

health.register(
  'mail',
  notificationCheck(() => outbox.size, { degradedAbove: 100, unhealthyAbove: 10_000 }),
);
// #endregion notification

// #region audit
import { auditCheck } from 'breakwater/health';

health.register(
  'audit',
  auditCheck(({ since }) => trail.countSince(since), { windowMs: 3_600_000, minimum: 1 }),
);
// #endregion audit

// #region pool
import { poolCheck } from 'breakwater/health';

const state = () => ({
  active: pool.totalCount - pool.idleCount,
  idle: pool.idleCount,
  max: 10,
  waiting: pool.waitingCount,
});
health.register('pool', poolCheck(state));
// #endregion pool

// #region process
import { diskCheck, eventLoopCheck } from 'breakwater/health';

health.register('event loop', eventLoopCheck());
health.register('disk', diskCheck('/', { minFreeBytes: 100 * 1_024 ** 2 }));
// #endregion process
console.log((await health.check()).components.map(({ name, status }) => `${name} ${status}`));

// #region network
import { certificateCheck, httpCheck } from 'breakwater/health';

health.register('payments', httpCheck('https://payments.example/health', { healthyBelowMs: 300 }));
health.register('certificate', certificateCheck('shop.example'), { ttlMs: 25_000 });
// #endregion network
