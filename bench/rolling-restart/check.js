import { LAG_MS, PROTOCOLS } from './options.js';

/** Where the clients stood still for so long, the replicas may have as well: what came of it is the machine's. */
const STALL_MS = LAG_MS / 2;
const MOST_TRIES = 3;

/** What must not be, in the words of a gate. */
export function faults({ protocol, failures, details, exits, killed, restarts, complaints, lateMs, stallMs }) {
  const found = [];
  if (failures > 0)
    found.push(
      `${String(failures)} requests failed: ${JSON.stringify(details)}; clients moved up to ${String(lateMs)} ms late, and stood still for up to ${String(stallMs)} ms`,
    );
  if (killed > 0) found.push(`${String(killed)} replicas had to be killed`);
  if (exits['0'] !== restarts) found.push(`replicas exited with ${JSON.stringify(exits)}: ${complaints ?? ''}`);
  return found.map((fault) => `${protocol}: ${fault}`);
}

/** The result of a run; a bad one in which the machine stood still is none, and the run is made again, a few times. */
export async function undisturbed(run) {
  let result = await run();
  for (let i = 1; i < MOST_TRIES && faults(result).length > 0 && result.stallMs >= STALL_MS; i++) {
    console.log(`the machine stood still for ${String(result.stallMs)} ms, and some of it failed: once more`);
    result = await run();
  }
  return result;
}

/**
 * This library alone, at every protocol: no request fails, every replica exits with 0, and the page is what the results
 * make of it.
 */
export async function check(run, line) {
  const found = [];
  for (const protocol of PROTOCOLS) {
    const result = await undisturbed(() => run(protocol));
    console.log(line(result));
    found.push(...faults(result));
  }
  const { pageIsCurrent } = await import('./results.js');
  if (!(await pageIsCurrent())) {
    found.push('docs/rolling-restarts.md is not made of results.json as it is: measure with --write');
  }
  for (const fault of found) console.error(fault);
  return found.length === 0;
}
