import { MemoryStore } from 'express-rate-limit';
import { RateLimiter as LimiterBucket } from 'limiter';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { DDoSProtection } from '../dist/ddos-protection.js';
import { PerUserRateLimiter, RateLimiter } from '../dist/rate-limiter.js';
import { compare, repeated, sequential } from './harness.js';

const CALLS = 1_000;
const KEYS = 100_000;
// A stride that is prime to the number of keys visits all of them in an order no cache foresees.
const STRIDE = 62_989;
const name = (i) => `user-${String(i)}`;
// What a limiter remembers is never the same string object as what a request brings: both sets are equal text.
const remembered = Array.from({ length: KEYS }, (_, i) => name(i));
const brought = Array.from({ length: KEYS }, (_, i) => name(i));
const plenty = { capacity: 1e9, refillPerSecond: 1e6 };

/** What no keyed limiter can do without: look the key up, write it back, know the time. */
function floor() {
  const table = new Map();
  return (key) => {
    const now = performance.now();
    table.set(key, Math.max(table.get(key) ?? 0, now) + 1);
  };
}

/** Everything that takes a key, by name. */
function contestants() {
  const limiter = new PerUserRateLimiter({ ...plenty, maxKeys: 2 * KEYS });
  const flexible = new RateLimiterMemory({ points: 1e9, duration: 3_600 });
  const store = new MemoryStore();
  store.init({ windowMs: 3_600_000 });
  const buckets = new Map();
  const bucket = (key) => {
    let found = buckets.get(key);
    if (found === undefined)
      buckets.set(key, (found = new LimiterBucket({ tokensPerInterval: 1e9, interval: 'hour' })));
    return found.tryRemoveTokens(1);
  };
  return {
    all: [
      { name: 'Map get and set, one clock read', role: 'floor', loop: repeated, call: floor() },
      { name: 'breakwater PerUserRateLimiter check', role: 'ours', loop: repeated, call: (key) => limiter.check(key) },
      { name: 'limiter, a Map of buckets', role: 'peer', loop: repeated, call: bucket },
      { name: 'express-rate-limit, memory store', role: 'peer', loop: sequential, call: (key) => store.increment(key) },
      { name: 'rate-limiter-flexible, memory', role: 'peer', loop: sequential, call: (key) => flexible.consume(key) },
    ],
    stop: () => store.shutdown(),
  };
}

async function keyed(title, known, pick, overFloorNs) {
  const { all, stop } = contestants();
  for (const { call } of all) await Promise.all(known.map((key) => call(key)));
  const met = await compare(
    title,
    all.map(({ name, role, loop, call }) => ({ name, role, calls: CALLS, run: loop(() => call(pick())) })),
    { overFloorNs, text: `at most ${String(overFloorNs)} ns over the floor` },
  );
  stop();
  return met;
}

async function single() {
  const limiter = new RateLimiter(plenty);
  return compare('rate limiter, one bucket without keys', [
    { name: 'one clock read', role: 'floor', calls: CALLS, run: repeated(() => performance.now()) },
    {
      name: 'breakwater RateLimiter tryAcquire',
      role: 'ours',
      calls: CALLS,
      run: repeated(() => limiter.tryAcquire()),
    },
  ]);
}

/** Addresses take the parsing of the address on top. */
async function addresses() {
  const ddos = new DDoSProtection({ threshold: 1e9 });
  const bare = floor();
  const list = Array.from(
    { length: 10_000 },
    (_, i) => `198.${String(18 + (i >> 15))}.${String((i >> 8) & 255)}.${String(i & 255)}`,
  );
  const pick = (i) => list[i % list.length];
  return compare('DDoS protection, 1,000 addresses in turn', [
    { name: 'Map get and set, one clock read', role: 'floor', calls: CALLS, run: repeated((i) => bare(pick(i))) },
    { name: 'breakwater DDoSProtection check', role: 'ours', calls: CALLS, run: repeated((i) => ddos.check(pick(i))) },
  ]);
}

/** All groups; `true` when every budget is met. */
export async function rateLimiterBench() {
  let at = 0;
  const any = () => {
    at = (at + STRIDE) % KEYS;
    return brought[at];
  };
  const met = [
    await keyed('rate limiter, one key', remembered.slice(0, 1), () => brought[0], 60),
    await keyed('rate limiter, 100,000 keys', remembered, any, 80),
    await single(),
    await addresses(),
  ];
  return met.every(Boolean);
}
