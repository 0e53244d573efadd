import { resilience, testing } from '../conformance/library.js';

const { CircuitBreaker, pipeline, retry, RetryBudget } = resilience;
const { ManualClock, seededRandom } = testing;

const CALLS = 1_000;
const EVERY_MS = 100;
const TIERS = 3;
const BURST = 10;
const SEEDS = [1, 2, 3];

const down = () => Promise.reject(new Error('down'));

/** Three services in a row, each of which retries its calls to the next; the last one is down. */
function tiers(clock, seed, { budget, breaker }) {
  let reached = 0;
  let call = () => {
    reached++;
    return down();
  };
  for (let tier = 0; tier < TIERS; tier++) {
    const next = call;
    const parts = [
      retry({
        clock,
        random: seededRandom(seed * 10 + tier),
        budget: budget ? new RetryBudget({ ratio: 0.1, burst: BURST }) : false,
      }),
    ];
    if (breaker) parts.push(new CircuitBreaker({ clock }));
    const guard = pipeline(...parts);
    call = () => guard.execute(() => next());
  }
  return { call, reached: () => reached };
}

async function amplification(seed, variant) {
  const clock = new ManualClock();
  const { call, reached } = tiers(clock, seed, variant);
  for (let i = 0; i < CALLS; i++) {
    call().catch(() => undefined);
    await clock.advanceAsync(EVERY_MS);
  }
  await clock.advanceAsync(600_000);
  return reached();
}

const VARIANTS = [
  { name: 'no budget', budget: false, breaker: false },
  { name: 'no budget, a breaker in each tier', budget: false, breaker: true },
  { name: 'budget, the default', budget: true, breaker: false },
  { name: 'budget and a breaker in each tier', budget: true, breaker: true },
];

/** How many calls reach a service that is down, for each call that enters three tiers above it. */
export async function retryStorm() {
  console.log(
    `retry storm: ${String(CALLS)} calls, ${String(TIERS)} tiers of 3 attempts each, the last service is down`,
  );
  const most = 1.1 * CALLS + TIERS * BURST;
  let met = true;
  for (const variant of VARIANTS) {
    const reached = [];
    for (const seed of SEEDS) reached.push(await amplification(seed, variant));
    const worst = Math.max(...reached);
    if (variant.budget && worst > most) met = false;
    console.log(
      `  ${variant.name.padEnd(36)} ${String(worst).padStart(6)} calls arrive, ${(worst / CALLS).toFixed(2)}x`,
    );
  }
  console.log(
    `  target with a budget: at most 1.1x and a burst of ${String(BURST)} for each tier: ${met ? 'met' : 'MISSED'}`,
  );
  return met;
}
