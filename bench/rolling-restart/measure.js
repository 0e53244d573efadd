import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { startLoad } from './load/index.js';
import { Replicas } from './replicas.js';

/** Undisturbed traffic before the first restart and between two of them, in milliseconds. */
const CALM_MS = 300;

/**
 * Restarts a service again and again under load, and tells what its clients saw of it.
 *
 * @param driver - whose way to stop is used.
 * @param delayMs - a wait before the stop that is added by hand.
 * @param lagMs - for so long after SIGTERM requests still go to the old replica: nobody knows at once.
 * @param killMs - a replica that has not stopped by then is killed.
 * @param signal - ends the run when it aborts.
 */
export async function measure({ protocol, driver, delayMs = 0, restarts, lagMs, killMs, signal }) {
  const replicas = new Replicas({ protocol, driver, delayMs });
  const endNow = () => replicas.endNow();
  signal?.addEventListener('abort', endNow);
  try {
    return await restartAll({ protocol, replicas, restarts, lagMs, killMs, signal });
  } finally {
    await replicas.end();
    signal?.removeEventListener('abort', endNow);
  }
}

async function restartAll({ protocol, replicas, restarts, lagMs, killMs, signal }) {
  let old = await replicas.start();
  const load = startLoad(protocol, old);
  const exits = [];
  const delays = monitorEventLoopDelay();
  delays.enable();
  let lateMs = 0;
  try {
    let starting = replicas.start();
    // Whoever waits for it is told; until then it is nobody's.
    starting.catch(() => undefined);
    await sleep(CALM_MS);
    for (let i = 0; i < restarts; i++) {
      const fresh = await starting;
      signal?.throwIfAborted();
      const termMs = performance.now();
      const stopping = old.stop(killMs);
      stopping.catch(() => undefined);
      await sleep(lagMs);
      load.route(fresh);
      lateMs = Math.max(lateMs, performance.now() - termMs - lagMs);
      if (i + 1 < restarts) {
        // Starts while the old one still drains, which saves its time.
        starting = replicas.start();
        starting.catch(() => undefined);
      }
      exits.push({ ...(await stopping), complaints: old.complaints });
      old = fresh;
      await sleep(CALM_MS);
    }
  } finally {
    delays.disable();
    await load.stop();
  }
  return { ...summary(load.tally, exits), lateMs: Math.round(lateMs), stallMs: Math.round(delays.max / 1e6) };
}

function summary(tally, exits) {
  const times = exits.map(({ ms }) => ms).sort((a, b) => a - b);
  const complaints = exits.map((exit) => exit.complaints).find((text) => text !== '');
  return {
    restarts: exits.length,
    requests: tally.requests,
    failures: tally.failures,
    failed: { ...tally.failed },
    crossed: tally.crossed,
    details: Object.fromEntries(tally.details),
    exitMs: { median: times[Math.floor((times.length - 1) / 2)], worst: times.at(-1) },
    exits: counted(exits.map(({ status, killed }) => (killed ? 'killed' : String(status)))),
    killed: exits.filter(({ killed }) => killed).length,
    ...(complaints === undefined ? {} : { complaints }),
  };
}

function counted(words) {
  const counts = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
