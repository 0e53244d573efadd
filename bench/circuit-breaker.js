import { circuitBreaker, ConsecutiveBreaker, handleAll } from 'cockatiel';
import Opossum from 'opossum';
import { CircuitBreaker, CircuitBreakerRegistry, failureRate, slowCallRate } from '../dist/circuit-breaker.js';
import { bytesEach, compare, repeated, sequential } from './harness.js';

const CALLS = 1_000;
const never = 1e9;
const succeed = async () => 1;
const error = new Error('down');
const fail = async () => {
  throw error;
};
const swallow = () => undefined;

/** Closed circuit, the operation succeeds. */
async function closed() {
  const ours = new CircuitBreaker();
  const wrapped = ours.wrap(succeed);
  const cockatiel = circuitBreaker(handleAll, { halfOpenAfter: 60_000, breaker: new ConsecutiveBreaker(5) });
  const bare = new Opossum(succeed, { timeout: false });
  const full = new Opossum(succeed);
  const met = await compare(
    'circuit breaker, closed, success',
    [
      { name: 'bare await', role: 'floor', calls: CALLS, run: sequential(succeed) },
      { name: 'breakwater execute', role: 'ours', calls: CALLS, run: sequential(() => ours.execute(succeed)) },
      { name: 'breakwater wrap', role: 'also', calls: CALLS, run: sequential(wrapped) },
      { name: 'cockatiel, consecutive', role: 'peer', calls: CALLS, run: sequential(() => cockatiel.execute(succeed)) },
      { name: 'opossum, no timeout', role: 'peer', calls: CALLS, run: sequential(() => bare.fire()) },
      { name: 'opossum, defaults', role: 'peer', calls: CALLS, run: sequential(() => full.fire()) },
    ],
    { overFloorNs: 150, beatsPeers: true, text: 'at most 150 ns over bare await, faster than every peer' },
  );
  bare.shutdown();
  full.shutdown();
  return met;
}

/** Closed circuit, the operation fails and the failure is counted. */
async function failing() {
  const ours = new CircuitBreaker({ failureThreshold: never });
  const cockatiel = circuitBreaker(handleAll, { halfOpenAfter: 60_000, breaker: new ConsecutiveBreaker(never) });
  const opossum = new Opossum(fail, { timeout: false, volumeThreshold: never });
  const hour = new CircuitBreaker({ trip: failureRate({ ratio: 1, minimumCalls: never, windowMs: 3_600_000 }) });
  const last = new CircuitBreaker({ trip: failureRate({ ratio: 1, minimumCalls: 1e6, lastCalls: 1e6 }) });
  // Something that succeeds now and then keeps both from opening.
  await Promise.all([hour, last].map((breaker) => breaker.execute(succeed)));
  const slow = new CircuitBreaker({ trip: slowCallRate({ slowAfterMs: 1_000, minimumCalls: never }) });
  const met = await compare(
    'circuit breaker, a failure recorded',
    [
      { name: 'bare await and catch', role: 'floor', calls: CALLS, run: sequential(() => fail().catch(swallow)) },
      {
        name: 'breakwater execute',
        role: 'ours',
        calls: CALLS,
        run: sequential(() => ours.execute(fail).catch(swallow)),
      },
      ...Object.entries({ 'rate of an hour': hour, 'rate of a million calls': last, 'slow calls': slow }).map(
        ([rule, breaker]) => ({
          name: `breakwater execute, ${rule}`,
          role: 'also',
          calls: CALLS,
          run: sequential(() => breaker.execute(fail).catch(swallow)),
        }),
      ),
      {
        name: 'cockatiel, consecutive',
        role: 'peer',
        calls: CALLS,
        run: sequential(() => cockatiel.execute(fail).catch(swallow)),
      },
      { name: 'opossum, no timeout', role: 'peer', calls: CALLS, run: sequential(() => opossum.fire().catch(swallow)) },
    ],
    { overFloorNs: 1_000, text: 'at most 1 us' },
  );
  opossum.shutdown();
  return met;
}

async function opened() {
  const ours = new CircuitBreaker({ failureThreshold: 1, recoveryTimeoutMs: never });
  await ours.attempt(fail);
  const cockatiel = circuitBreaker(handleAll, { halfOpenAfter: never, breaker: new ConsecutiveBreaker(1) });
  await cockatiel.execute(fail).catch(swallow);
  const opossum = new Opossum(fail, { timeout: false, resetTimeout: 2 ** 31 - 1 });
  opossum.open();
  const asked = await compare(
    'circuit breaker, open, asked without a promise',
    [
      { name: 'one clock read', role: 'floor', calls: CALLS, run: repeated(() => performance.now()) },
      { name: 'breakwater tryAcquire', role: 'ours', calls: CALLS, run: repeated(() => ours.tryAcquire()) },
    ],
    { overFloorNs: 20, text: 'at most one clock read and 20 ns' },
  );
  const refused = await compare(
    'circuit breaker, open, refused',
    [
      { name: 'bare await and catch', role: 'floor', calls: CALLS, run: sequential(() => fail().catch(swallow)) },
      {
        name: 'breakwater execute',
        role: 'ours',
        calls: CALLS,
        run: sequential(() => ours.execute(succeed).catch(swallow)),
      },
      {
        name: 'cockatiel',
        role: 'peer',
        calls: CALLS,
        run: sequential(() => cockatiel.execute(succeed).catch(swallow)),
      },
      { name: 'opossum', role: 'peer', calls: CALLS, run: sequential(() => opossum.fire().catch(swallow)) },
    ],
    { overFloorNs: 2_000, text: 'at most 2 us' },
  );
  opossum.shutdown();
  return asked && refused;
}

/** What one of many breakers takes. */
function keyed() {
  const KEYS = 100_000;
  const keys = Array.from({ length: KEYS }, (_, i) => `tenant-${String(i)}`);
  return bytesEach('circuit breakers by key, memory of each', KEYS, 400, () => {
    const registry = new CircuitBreakerRegistry({ maxEntries: KEYS });
    for (const key of keys) registry.for(key);
    return registry;
  });
}

/** All groups; `true` when every budget is met. */
export async function circuitBreakerBench() {
  const met = [keyed(), await closed(), await failing(), await opened()];
  return met.every(Boolean);
}
