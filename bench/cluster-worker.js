import cluster from 'node:cluster';
import limiters from 'rate-limiter-flexible';
import { createClusterStore } from '../dist/cluster.js';
import { SharedPerUserRateLimiter } from '../dist/rate-limiter.js';
import { createMemoryStore } from '../dist/testing.js';

const KEYS = 1_000;
const keys = Array.from({ length: KEYS }, (_, i) => `user-${String(i)}`);
const rule = { group: 'g', capacity: 1e6, refillTokens: 1, refillUs: 10, cost: 1 };
const store = createClusterStore({ timeoutMs: 60_000 });
const memory = createMemoryStore();
const shared = { capacity: 1e6, refillPerSecond: 1e5, instances: 1, storeTimeoutMs: 60_000 };
const perUser = new SharedPerUserRateLimiter({ ...shared, store });
const perUserHere = new SharedPerUserRateLimiter({ ...shared, store: memory });
const peer = new limiters.RateLimiterCluster({ keyPrefix: 'bench', points: 1e9, duration: 60, timeoutMs: 60_000 });
const waiting = new Map();
let echoes = 0;

/** What is called, by name. */
const calls = {
  echo: (i) =>
    new Promise((resolve) => {
      waiting.set(echoes, resolve);
      process.send({ echo: echoes++, key: keys[i % KEYS] });
    }),
  store: (i) => store.take([{ ...rule, subject: keys[i % KEYS] }]),
  check: (i) => perUser.check(keys[i % KEYS]),
  peer: (i) => peer.consume(keys[i % KEYS]),
  memory: (i) => memory.take([{ ...rule, subject: keys[i % KEYS] }]),
  memoryCheck: (i) => perUserHere.check(keys[i % KEYS]),
};

process.on('message', async (message) => {
  if (message?.echo !== undefined) {
    waiting.get(message.echo)?.();
    waiting.delete(message.echo);
  }
  if (message?.run === undefined) return;
  const call = calls[message.run];
  let next = 0;
  const asker = async () => {
    while (next < message.calls) await call(next++);
  };
  const fromMs = performance.now();
  await Promise.all(Array.from({ length: message.inFlight }, asker));
  process.send({ ranMs: performance.now() - fromMs });
});
// The peer asks its primary to make a limiter first.
await peer.consume('first');
process.send({ ready: cluster.worker.id });
