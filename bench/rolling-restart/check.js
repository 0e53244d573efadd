import { PROTOCOLS } from './options.js';

/** What must not be, in the words of a gate. */
export function faults({ protocol, failures, details, exits, killed, restarts, complaints, lateMs }) {
  const found = [];
  if (failures > 0)
    found.push(
      `${String(failures)} requests failed: ${JSON.stringify(details)}; clients moved at most ${String(lateMs)} ms late`,
    );
  if (killed > 0) found.push(`${String(killed)} replicas had to be killed`);
  if (exits['0'] !== restarts) found.push(`replicas exited with ${JSON.stringify(exits)}: ${complaints ?? ''}`);
  return found.map((fault) => `${protocol}: ${fault}`);
}

/**
 * This library alone, at every protocol: no request fails, every replica exits with 0, and the page is what the results
 * make of it.
 */
export async function check(run, line) {
  const found = [];
  for (const protocol of PROTOCOLS) {
    const result = await run(protocol);
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
