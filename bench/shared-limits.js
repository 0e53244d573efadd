import { SharedAbuseDetector } from '../dist/abuse-detector.js';
import { DDoSProtection, SharedDDoSProtection } from '../dist/ddos-protection.js';
import { PerUserRateLimiter, SharedPerUserRateLimiter } from '../dist/rate-limiter.js';
import { createMemoryStore } from '../dist/testing.js';
import { compare, sequential } from './harness.js';

const CALLS = 1_000;
const KEYS = 1_000;
const plenty = { capacity: 1e6, refillPerSecond: 1e5 };
const keys = Array.from({ length: KEYS }, (_, i) => `user-${String(i)}`);
const addresses = Array.from({ length: KEYS }, (_, i) => `203.0.${String(i >> 8)}.${String(i & 255)}`);

/** What a shared decision costs this process beside its in-process form; the store here is a function call away. */
export async function sharedLimitsBench() {
  const store = createMemoryStore();
  const shared = { store, instances: 1 };
  const rule = { group: 'floor', capacity: 1e6, refillTokens: 1, refillUs: 10, cost: 1 };
  const perUser = new SharedPerUserRateLimiter({ ...plenty, ...shared });
  const single = new PerUserRateLimiter(plenty);
  const ddos = new SharedDDoSProtection({ threshold: 1e9, ...shared });
  const singleDdos = new DDoSProtection({ threshold: 1e9 });
  const abuse = new SharedAbuseDetector({ threshold: 1_000, maxSubjects: 1_000, ...shared });
  const blocked = new SharedDDoSProtection({ name: 'blocked', ...shared });
  await blocked.block('198.51.100.7', 86_400_000, 'bench');
  const run = (name, role, call) => ({ name, role, calls: CALLS, run: sequential(call, CALLS) });
  return compare('a decision shared through a store in memory', [
    run('the store alone, one bucket', 'floor', (i) => store.take([{ ...rule, subject: keys[i % KEYS] }])),
    run('SharedPerUserRateLimiter check', 'ours', (i) => perUser.check(keys[i % KEYS])),
    run('SharedDDoSProtection check', 'ours', (i) => ddos.check(addresses[i % KEYS])),
    run('SharedDDoSProtection check, blocked', 'ours', () => blocked.check('198.51.100.7')),
    run('SharedAbuseDetector record', 'ours', (i) => abuse.record(keys[i % KEYS])),
    run('PerUserRateLimiter check, in process', 'peer', (i) => single.check(keys[i % KEYS])),
    run('DDoSProtection check, in process', 'peer', (i) => singleDdos.check(addresses[i % KEYS])),
  ]);
}
