import { machine } from '../machine.js';
import { check } from './check.js';
import { LIBRARIES, load } from './drivers/index.js';
import { measure } from './measure.js';
import { interruptible } from './interruptible.js';
import { BY_HAND_MS, KILL_MS, readOptions } from './options.js';

const options = readOptions(process.argv.slice(2), LIBRARIES);
const { restarts, lagMs, write } = options;
const signal = interruptible();

/** One line, for a terminal. */
function line({ protocol, name, delayMs, requests, failures, failed, exitMs, killed }) {
  const kinds = Object.entries(failed).map(([kind, count]) => `${kind} ${String(count)}`);
  const delay = delayMs > 0 ? ` with ${String(delayMs)} ms by hand` : '';
  const exit = `exit ${String(exitMs.median)} to ${String(exitMs.worst)} ms, killed ${String(killed)}`;
  return `${protocol}  ${name}${delay}: ${String(failures)} of ${String(requests)} failed (${kinds.join(', ')}); ${exit}`;
}

async function run(protocol, library, delayMs) {
  const driver = await load(library);
  const { name, version, means, byHand } = driver;
  const measured = await measure({ protocol, driver, delayMs, restarts, lagMs, killMs: KILL_MS, signal });
  const date = new Date().toISOString().slice(0, 10);
  return { protocol, library, delayMs, name, version, means, byHand, machine: machine(), date, ...measured };
}

async function compare() {
  const drivers = new Map();
  // What is missing shows before anything is measured.
  for (const library of options.libraries) drivers.set(library, await load(library));
  for (const protocol of options.protocols) {
    for (const [library, { byHand }] of drivers) {
      for (const delayMs of protocol === 'h1' && byHand !== undefined ? [0, BY_HAND_MS] : [0]) {
        const result = await run(protocol, library, delayMs);
        console.log(line(result));
        for (const [detail, count] of Object.entries(result.details)) console.log(`      ${String(count)} x ${detail}`);
        if (write) {
          // The formatter belongs to the project around this package.
          const { keep } = await import('./results.js');
          await keep(result);
        }
      }
    }
  }
}
if (options.check) process.exitCode = (await check((protocol) => run(protocol, 'breakwater', 0), line)) ? 0 : 1;
else await compare();
