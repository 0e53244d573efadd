// #region basic
import cluster from 'node:cluster';
import { createClusterStore } from 'breakwater/cluster';
import { SharedPerUserRateLimiter } from 'breakwater/rate-limiter';

const WORKERS = 4;
// The same line in the primary and in its workers; in the primary before it forks.
const store = createClusterStore();

if (cluster.isPrimary) {
  for (let i = 0; i < WORKERS; i++) cluster.fork();
} else {
  // Four workers, one limit. Without the primary each of them has a quarter of it.
  const limits = { name: 'api', capacity: 20, refillPerSecond: 0.1, store, instances: WORKERS };
  const perUser = new SharedPerUserRateLimiter(limits);
  perUser.on('storeLost', ({ reason }) => {
    console.log(`deciding without the primary: ${reason}`);
  });

  let admitted = 0;
  for (let i = 0; i < 10; i++) if ((await perUser.check('user-17')).allowed) admitted++;
  console.log(`worker ${String(cluster.worker?.id)} admitted ${String(admitted)} of 10`);
  cluster.worker?.disconnect(); // A worker that serves goes on: its channel to the primary is open.
}
// #endregion basic
