/**
 * The harness must see every way in which a restart can fail, and none where nothing does: replicas that are broken on
 * purpose must fail in their way, and one that is written by hand for this service must not.
 */
import * as broken from './broken.js';
import { faults, undisturbed } from './check.js';
import { naive } from './drivers/naive.js';
import { interruptible } from './interruptible.js';
import { measure } from './measure.js';
import { KILL_MS, LAG_MS } from './options.js';
import { reference } from './reference.js';

/** Broken replicas are told apart on a busy machine as well; whole ones are measured one after the other. */
const AT_ONCE = 3;
const STAYING = 60;

const fails = (least) => [
  Object.entries(least)
    .map(([kind, count]) => `at least ${String(count)} ${kind}`)
    .join(', '),
  ({ failed, ...result }) =>
    Object.entries(least).every(([kind, count]) => failed[kind] >= count) && faults({ failed, ...result }).length > 0,
];
const whole = [
  'no failure',
  ({ requests, ...result }) => requests > 100 && faults({ requests, ...result }).length === 0,
];
const killed = ['a replica that is killed', (result) => result.killed === 1 && faults(result).length > 0];
const exits1 = ['exit code 1', (result) => result.exits['1'] === 1 && faults(result).length > 0];

const WHOLE = ['h1', 'h2', 'sse', 'ws'].map((protocol) => [protocol, reference, whole]);
const BROKEN = [
  ['h1', naive, fails({ refused: 1 })],
  ['h1', broken.deaf, killed],
  ['h1', broken.unhappy, exits1],
  ['h1', broken.abrupt, fails({ refused: 1, reset: 1 })],
  ['h1', broken.unavailable, fails({ unavailable: 1 })],
  ['h1', broken.curt, fails({ other: 1 })],
  ['h2', broken.abrupt, fails({ refused: 1, reset: 1 })],
  ['h2', broken.unavailable, fails({ unavailable: 1 })],
  ['h2', broken.curt, fails({ other: 1 })],
  ['h2', broken.declining, fails({ reset: 1 })],
  ['h2', broken.hasty, fails({ reset: 1 })],
  ['sse', broken.abrupt, fails({ reset: STAYING })],
  ['sse', broken.cutting, fails({ reset: STAYING })],
  ['sse', broken.interrupting, fails({ other: STAYING })],
  ['ws', broken.abrupt, fails({ reset: STAYING })],
  ['ws', broken.cutting, fails({ reset: STAYING })],
  ['ws', broken.farewell, fails({ other: STAYING })],
  ['ws', broken.mute, fails({ other: STAYING })],
];

const signal = interruptible();
let blind = 0;

async function put([protocol, driver, [what, seen]]) {
  const run = () => measure({ protocol, driver, restarts: 1, lagMs: LAG_MS, killMs: KILL_MS, signal });
  const result = await (driver === reference ? undisturbed(run) : run());
  const sees = seen(result);
  if (!sees) blind++;
  const found = `${String(result.failures)} of ${String(result.requests)} failed: ${JSON.stringify(result.failed)}`;
  const rest = `exits ${JSON.stringify(result.exits)}, ${JSON.stringify(result.details)}`;
  const verdict = sees ? 'ok    ' : 'BLIND ';
  console.log(`${verdict}${protocol} ${driver.name}: ${what}${sees ? '' : `; but ${found}, ${rest}`}`);
}

async function inTurn(queue) {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) await put(next);
}

await inTurn([...WHOLE]);
const queue = [...BROKEN];
await Promise.all(Array.from({ length: AT_ONCE }, () => inTurn(queue)));
console.log(`${String(WHOLE.length + BROKEN.length - blind)} of ${String(WHOLE.length + BROKEN.length)} are told`);
process.exitCode = blind === 0 ? 0 : 1;
