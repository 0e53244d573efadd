import { resilience, testing } from '../conformance/library.js';

const { CircuitBreaker, failureRate } = resilience;
const { ManualClock, seededRandom } = testing;

const OFFERED_PER_SECOND = 180;
const FULL_PER_SECOND = 200;
const COLD_RATIO = 0.1;
const DOWN_MS = 20_000;
const WARM_UP_MS = 30_000;
const PATIENCE_MS = 1_000;
const RUN_MS = 90_000;
const SEEDS = [1, 2, 3, 4, 5];

/** Calls a second that the service can answer: none while it is down, then more as it warms up. */
function capacityAt(atMs) {
  if (atMs < DOWN_MS) return 0;
  return FULL_PER_SECOND * Math.min(1, COLD_RATIO + ((1 - COLD_RATIO) * (atMs - DOWN_MS)) / WARM_UP_MS);
}

/** A service that answers one call after the other; a caller waits for a second, then its call has failed. */
function coldService(clock) {
  let freeAtMs = 0;
  return () =>
    new Promise((resolve, reject) => {
      const nowMs = clock.now();
      const answerMs = Math.max(nowMs, freeAtMs) + 1_000 / capacityAt(nowMs) - nowMs;
      if (answerMs <= PATIENCE_MS) {
        freeAtMs = nowMs + answerMs;
        clock.schedule(resolve, answerMs);
      } else clock.schedule(() => reject(new Error('too late')), PATIENCE_MS);
    });
}

async function run(seed, rampUp) {
  const clock = new ManualClock();
  const random = seededRandom(seed);
  const serve = coldService(clock);
  const breaker = new CircuitBreaker({
    clock,
    recoveryTimeoutMs: 5_000,
    trip: failureRate({ ratio: 0.5, minimumCalls: 20, windowMs: 10_000 }),
    rampUp,
  });
  let opened = 0;
  breaker.on('stateChange', ({ from, to }) => {
    if (from === 'CLOSED' && to === 'OPEN' && clock.now() > DOWN_MS) opened++;
  });
  const seconds = Array.from({ length: RUN_MS / 1_000 }, () => ({ offered: 0, arrived: 0, served: 0 }));
  while (clock.now() < RUN_MS) {
    const second = seconds[Math.floor(clock.now() / 1_000)];
    second.offered++;
    breaker
      .execute(() => {
        second.arrived++;
        return serve();
      })
      .then(
        () => second.served++,
        () => undefined,
      );
    // Arrivals are up to twice their mean apart.
    await clock.advanceAsync((random.next() * 2_000) / OFFERED_PER_SECOND);
  }
  await clock.advanceAsync(2 * PATIENCE_MS);
  const back = seconds.slice(DOWN_MS / 1_000);
  const peak = Math.max(...back.map(({ arrived }, i) => arrived / capacityAt(DOWN_MS + (i + 0.5) * 1_000)));
  const fullAfterS = back.findLastIndex(({ offered, served }) => served < 0.99 * offered) + 1;
  const wasted = back.reduce((sum, { arrived, served }) => sum + arrived - served, 0);
  return { peak, opened, fullAfterS, wasted };
}

async function worst(rampUp) {
  const runs = [];
  for (const seed of SEEDS) runs.push(await run(seed, rampUp));
  return Object.fromEntries(Object.keys(runs[0]).map((key) => [key, Math.max(...runs.map((one) => one[key]))]));
}

const line = (name, { peak, opened, fullAfterS, wasted }) =>
  console.log(
    `  ${name.padEnd(12)} peak load ${(peak * 100).toFixed(0).padStart(4)} % of capacity, opened again ` +
      `${String(opened)} times, ${String(wasted)} calls failed, full service after ${String(fullAfterS)} s`,
  );

/** What the return of a service that must warm up looks like, with and without a ramp. */
export async function coldRecovery() {
  console.log(
    `cold recovery: ${String(OFFERED_PER_SECOND)} calls/s, capacity grows from ` +
      `${String(COLD_RATIO * FULL_PER_SECOND)}/s to ${String(FULL_PER_SECOND)}/s over ${String(WARM_UP_MS / 1_000)} s`,
  );
  const plain = await worst(undefined);
  const ramped = await worst({ fromRatio: COLD_RATIO, overMs: WARM_UP_MS });
  line('no ramp', plain);
  line('with a ramp', ramped);
  const met = ramped.peak <= 1.1 && ramped.opened === 0;
  console.log(`  target with a ramp: at most 110 % of capacity, recovery in one cycle: ${met ? 'met' : 'MISSED'}`);
  return met;
}
