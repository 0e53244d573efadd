/* global AbortController */
import { resilience, testing } from '../conformance/library.js';
import { World } from '../conformance/world.js';

const { CircuitBreaker, pipeline, slowCallRate, timeout } = resilience;
const { ManualClock } = testing;

const PER_SECOND = 200;
const CALLER_TIMEOUT_MS = 30_000;
const SLOW_AFTER_MS = 2_000;
const RUN_MS = 60_000;
/** A dependency that stops answering has answered before: what it did then is still in the window. */
const HEALTHY_MS = 60_000;

const never = new Promise(() => undefined);

/** A dependency that answers for a minute, and from then on accepts every call and answers none. */
async function run(breakerOptions) {
  const clock = new ManualClock();
  const breaker = new CircuitBreaker({ clock, recoveryTimeoutMs: HEALTHY_MS + RUN_MS, ...breakerOptions });
  const guard = pipeline(breaker, timeout(CALLER_TIMEOUT_MS, { clock }));
  let exposed = 0;
  let openedAtMs = Infinity;
  breaker.on('stateChange', ({ to }) => {
    if (to === 'OPEN') openedAtMs = Math.min(openedAtMs, clock.now() - HEALTHY_MS);
  });
  const swallow = () => undefined;
  for (let atMs = 0; atMs < HEALTHY_MS; atMs += 1_000 / PER_SECOND) {
    guard.execute(() => 'fine').catch(swallow);
    await clock.advanceAsync(1_000 / PER_SECOND);
  }
  for (let atMs = 0; atMs < RUN_MS; atMs += 1_000 / PER_SECOND) {
    guard
      .execute(() => {
        exposed++;
        return never;
      })
      .catch(swallow);
    await clock.advanceAsync(1_000 / PER_SECOND);
  }
  return { openedAtMs, exposed };
}

/** A peer's breaker, which opens after five failures, around the caller's timeout; with the platform's time replaced. */
async function runPeer(driver) {
  const world = new World();
  world.enter();
  try {
    const guard = driver.breaker({ opensAfter: 5, probeWaitMs: CALLER_TIMEOUT_MS, breakMs: RUN_MS });
    let exposed = 0;
    let openedAtMs = Infinity;
    guard.onOpen(() => {
      openedAtMs = Math.min(openedAtMs, world.now());
    });
    const op = () => {
      exposed++;
      return never;
    };
    while (world.now() < RUN_MS) {
      guard.call(op, { signal: new AbortController().signal }).catch(() => undefined);
      await world.advance(1_000 / PER_SECOND);
    }
    return { openedAtMs, exposed };
  } finally {
    world.leave();
  }
}

/** The peers that are installed. */
async function peers() {
  const found = await Promise.allSettled([
    import('../conformance/drivers/opossum.js').then(({ opossum }) => opossum),
    import('../conformance/drivers/cockatiel.js').then(({ cockatiel }) => cockatiel),
  ]);
  if (found.some(({ status }) => status === 'rejected')) console.log('  (a peer is missing: npm --prefix bench ci)');
  return found.flatMap(({ status, value }) => (status === 'fulfilled' ? [value] : []));
}

const line = (name, { openedAtMs, exposed }) =>
  console.log(`  ${name.padEnd(44)} open after ${(openedAtMs / 1_000).toFixed(2)} s, ${String(exposed)} calls exposed`);

/** How soon a breaker notices a dependency that never answers. */
export async function blackHole() {
  console.log(
    `black hole: ${String(PER_SECOND)} calls/s, none answered after a minute of health, caller timeout ${String(CALLER_TIMEOUT_MS / 1_000)} s`,
  );
  const rule = { ratio: 0.8, slowAfterMs: SLOW_AFTER_MS };
  const slow = await run({ trip: slowCallRate({ ...rule, windowMs: SLOW_AFTER_MS }) });
  line('slow calls in flight count, window of 2 s', slow);
  line('the same, window of 30 s (the default)', await run({ trip: slowCallRate(rule) }));
  const completed = await run({ trip: slowCallRate({ ...rule, windowMs: SLOW_AFTER_MS, countInFlight: false }) });
  line('slow calls count once they are complete', completed);
  line('5 failures in a row', await run({ failureThreshold: 5 }));
  for (const driver of await peers()) line(`${driver.name}, 5 failures`, await runPeer(driver));
  const met = slow.openedAtMs <= 2_300 && slow.exposed <= 500;
  console.log(`  target: open within 2.3 s, at most 500 calls exposed: ${met ? 'met' : 'MISSED'}`);
  return met;
}
