import { setTimeout } from 'node:timers/promises';
// #region basic
import { SharedPerUserRateLimiter } from 'breakwater/rate-limiter';
import { createMemoryStore } from 'breakwater/testing';

// In tests a store in memory stands for the one that all processes share.
const store = createMemoryStore();
const limits = { name: 'api', capacity: 10, refillPerSecond: 1, store, instances: 2 };
const [here, there] = [new SharedPerUserRateLimiter(limits), new SharedPerUserRateLimiter(limits)];

for (let i = 0; i < 5; i++) {
  await here.check('user-17');
  await there.check('user-17');
}
const { allowed, retryAfterMs, degraded } = await here.check('user-17');
console.log({ allowed, retryAfterMs, degraded });
// #endregion basic

// #region three
import { SharedAbuseDetector } from 'breakwater/abuse-detector';
import { SharedDDoSProtection } from 'breakwater/ddos-protection';

const ddos = new SharedDDoSProtection({ store, instances: 2 });
const logins = new SharedAbuseDetector({ name: 'logins', store, onStoreError: 'allow' });

if ((await ddos.check('203.0.113.5')).allowed) {
  const { flagged, reasons } = await logins.record('user-17', 'login-failed');
  console.log({ flagged, reasons });
}
// What one process blocks or lifts holds in all of them within a second.
await ddos.block('198.51.100.0/24', 600_000, 'seen in the logs of the proxy');
// #endregion three

// #region leases
// A process holds up to fifty tokens of a busy key: most of its decisions need no question then.
const plenty = { capacity: 1_000, refillPerSecond: 100, store, instances: 2 };
const leasing = new SharedPerUserRateLimiter({ ...plenty, name: 'plenty', leaseTokens: 50 });
for (let i = 0; i < 200; i++) await leasing.check('user-17');
const { admitted, leased } = leasing.snapshot();
console.log(`admitted ${String(admitted)}, most without a question: ${String(leased > 150)}`);
// At shutdown, what is left goes back.
await leasing.close();
// #endregion leases

// #region lost
// The store is gone: each process goes on with its share, and says so.
const refuse = () => Promise.reject(new Error('connection refused'));
const away = { take: refuse, count: refuse, record: refuse, mark: refuse, changes: refuse, clear: refuse };
const alone = new SharedPerUserRateLimiter({ ...limits, name: 'alone', store: away });
alone.on('storeLost', ({ reason }) => {
  console.log(`deciding without the store: ${reason}`);
});
for (let i = 0; i < 3; i++) console.log((await alone.check('user-17')).source);
console.log(alone.health());
// #endregion lost
await setTimeout(0);
