// One target under one trace, in a process of its own: prints what came of it as JSON.
import { play, residentAddress, residents, traces } from './traces.js';
import { targets } from './targets.js';

const [targetName, traceName, count] = process.argv.slice(2);
const target = targets[targetName];
const trace = traces[traceName];
const { ordinary = 2_000, heavy = 100 } = trace;
const strangers = Number(count);
const minute = residents({ ordinary, heavy, ordinaryAMinute: target.ordinaryAMinute });
const names = Array.from({ length: ordinary + heavy }, (_, i) => residentAddress(i));
const key = trace.key(target);

/** Plays the trace, and answers how many calls of each resident were admitted and refused. */
function run(make, count) {
  const clock = { nowMs: 0, now: () => clock.nowMs, wallNow: () => clock.nowMs, schedule: () => () => {} };
  const { call, evicted } = make(clock);
  const admitted = new Float64Array(names.length);
  const refused = new Float64Array(names.length);
  play({
    minute,
    strangers: count,
    key,
    clock,
    onStranger: call,
    onResident: (i) => (call(names[i]) ? admitted : refused)[i]++,
  });
  return { admitted, refused, evicted, call };
}

const MIB = 1_048_576;
function memory() {
  for (let i = 0; i < 4; i++) globalThis.gc();
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  return { rss: rss / MIB, kept: (heapUsed + arrayBuffers) / MIB };
}

/** What the residents would get if nobody else came. */
function alone() {
  const known = new Set(names);
  const only = (clock) => {
    const { call, evicted } = target.make(clock);
    return { call: (name) => known.has(name) && call(name), evicted };
  };
  return run(only, strangers).admitted;
}

const nothing = () => ({ call: () => true, evicted: () => 0 });
const ideal = alone();
// The trace by itself: what it costs, and what the engine takes for it.
run(nothing, Math.min(strangers, 1e6));
const idleFrom = performance.now();
run(nothing, Math.min(strangers, 1e6));
const idleNs = ((performance.now() - idleFrom) * 1e6) / Math.min(strangers, 1e6);
const before = memory();
const from = performance.now();
const result = run(target.make, strangers);
const ns = ((performance.now() - from) * 1e6) / strangers - idleNs;
const after = memory();
const ratios = Array.from({ length: heavy }, (_, i) => result.admitted[ordinary + i] / ideal[ordinary + i]).sort(
  (one, other) => one - other,
);
const refusals = Array.from({ length: ordinary }, (_, i) => result.refused[i]);
console.log(
  JSON.stringify({
    keptMiB: after.kept - before.kept,
    rssMiB: after.rss - before.rss,
    held: ratios.filter((ratio) => ratio <= 1.05).length / heavy,
    worst: ratios.at(-1),
    refused: refusals.filter((count) => count > 0).length,
    ns,
    evicted: result.evicted(),
  }),
);
