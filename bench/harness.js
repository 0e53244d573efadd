import { execFileSync } from 'node:child_process';
import { measure } from 'mitata';

/**
 * @typedef {object} Case
 * @property {string} name
 * @property {'floor' | 'ours' | 'peer'} role
 * @property {number} calls - how many calls one `run` makes
 * @property {() => unknown} run
 */

/** Rounds go through all cases in turn, so that a slow moment of the machine meets each of them. */
const SMOKE = process.argv.includes('--smoke');
const ROUNDS = SMOKE ? 1 : 7;
const CASE_NS = SMOKE ? 1e6 : 60e6;

/** One group of cases, timed in one run: the best round of each counts, in nanoseconds a call. */
export async function compare(title, cases, budget) {
  const best = new Map(cases.map(({ name }) => [name, Infinity]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const { name, calls, run } of cases) {
      const { p50 } = await measure(run, { min_cpu_time: CASE_NS, min_samples: 5 });
      best.set(name, Math.min(best.get(name), p50 / calls));
    }
  }
  const floorNs = best.get(cases.find(({ role }) => role === 'floor').name);
  const oursNs = best.get(cases.find(({ role }) => role === 'ours').name);
  console.log(`\n${title}`);
  for (const { name, role } of cases) {
    const ns = best.get(name);
    const over = role === 'floor' ? '' : `floor + ${(ns - floorNs).toFixed(0).padStart(6)} ns`;
    const ratio = role === 'peer' ? `${(ns / oursNs).toFixed(1)}x ours` : '';
    console.log(
      `  ${role.padEnd(5)}  ${name.padEnd(44)} ${ns.toFixed(1).padStart(9)} ns  ${over.padEnd(18)}  ${ratio}`,
    );
  }
  return budget === undefined ? true : judge(budget, { floorNs, oursNs, peerNs: fastestPeer(cases, best) });
}

function fastestPeer(cases, best) {
  return Math.min(...cases.filter(({ role }) => role === 'peer').map(({ name }) => best.get(name)));
}

function judge(budget, { floorNs, oursNs, peerNs }) {
  const { overFloorNs = Infinity, mostRatio = Infinity, mostNs = Infinity, beatsPeers = false, text } = budget;
  const within = oursNs - floorNs <= overFloorNs && oursNs <= floorNs * mostRatio && oursNs <= mostNs;
  return judged(text, within && (!beatsPeers || oursNs <= peerNs));
}

/** Says whether a budget is met. One short round shows that everything runs, and nothing else. */
export function judged(text, met) {
  console.log(`  budget: ${text}: ${met ? 'met' : 'MISSED'}`);
  return met || SMOKE;
}

/** Calls that make less garbage together than the collector waits for. */
const CALLS_AT_ONCE = 200;
const GARBAGE_ROUNDS = SMOKE ? 5 : 101;

/** What `calls` calls leave behind, in bytes: the median of many rounds, so that a collection spoils few. */
async function left(call, calls) {
  const rounds = [];
  for (let round = 0; round < GARBAGE_ROUNDS; round++) {
    globalThis.gc?.();
    const first = process.memoryUsage().heapUsed;
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < calls; i++) await call(i);
    // Looking makes garbage as well.
    rounds.push(process.memoryUsage().heapUsed - before - (before - first));
  }
  return rounds.sort((a, b) => a - b)[GARBAGE_ROUNDS >> 1];
}

/**
 * One group of cases, in bytes of garbage a call: by how much more calls leave more. What a round leaves by itself is not
 * theirs: after a collection the engine compiles again what it had compiled before.
 */
export async function garbage(title, cases, { mostBytes, text }) {
  console.log(`\n${title}`);
  let met = true;
  for (const { name, role, call } of cases) {
    const [few, many] = [await left(call, CALLS_AT_ONCE), await left(call, 3 * CALLS_AT_ONCE)];
    const bytes = (many - few) / (2 * CALLS_AT_ONCE);
    if (role === 'ours') met = bytes <= mostBytes;
    console.log(`  ${role.padEnd(5)}  ${name.padEnd(44)} ${bytes.toFixed(0).padStart(9)} B`);
  }
  console.log(`  budget: ${text}: ${met ? 'met' : 'MISSED'}`);
  return met || SMOKE;
}

/** Bytes that each of `count` things takes that `make` makes. */
export function bytesEach(title, count, mostBytes, make) {
  const collect = () => {
    for (let i = 0; i < 3; i++) globalThis.gc?.();
  };
  collect();
  const used = () => process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
  const before = used();
  const kept = make();
  collect();
  const bytes = (used() - before) / count;
  const met = bytes <= mostBytes;
  console.log(`\n${title}`);
  console.log(`  ours   ${bytes.toFixed(0)} B, of ${count} (${kept.size})`);
  console.log(`  budget: at most ${mostBytes} B: ${met ? 'met' : 'MISSED'}`);
  return met || SMOKE;
}

/**
 * By how much the memory of the process grows while `count` strangers come, and whether what mattered before is still known.
 *
 * @param make - answers `call`, once for each of them, and `holds`.
 */
export function growth(title, count, mostMiB, make) {
  const strangers = SMOKE ? 1e5 : count;
  const used = () => {
    for (let i = 0; i < 3; i++) globalThis.gc?.();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return (heapUsed + arrayBuffers) / 1_048_576;
  };
  const before = used();
  const { call, holds } = make();
  for (let i = 0; i < strangers; i++) call(i);
  const grownMiB = used() - before;
  const held = holds();
  const met = grownMiB <= mostMiB && held;
  console.log(`\n${title}`);
  console.log(
    `  ours   ${grownMiB.toFixed(1)} MiB after ${String(strangers)}, the busy one ${held ? 'is known' : 'is LOST'}`,
  );
  console.log(`  budget: at most ${String(mostMiB)} MiB: ${met ? 'met' : 'MISSED'}`);
  return met || SMOKE;
}

const IMPORT_ROUNDS = SMOKE ? 1 : 15;
const TIMED_IMPORT = `
  const before = performance.now();
  for (const url of process.argv.slice(1)) await import(url);
  console.log(performance.now() - before);
`;

/**
 * What it costs to import something in a fresh process: the best of many, in ms, one process of each in turn.
 *
 * @param cases - with `urls`, imported one after the other.
 * @param budget - left out where the figure is only stated.
 */
export function imports(title, cases, budget) {
  const best = new Map(cases.map(({ name }) => [name, Infinity]));
  for (let round = 0; round < IMPORT_ROUNDS; round++) {
    for (const { name, urls } of cases) {
      const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', TIMED_IMPORT, ...urls], {
        encoding: 'utf8',
        timeout: 60_000,
      });
      best.set(name, Math.min(best.get(name), Number(printed)));
    }
  }
  console.log(`\n${title}`);
  for (const { name, role } of cases) {
    console.log(`  ${role.padEnd(5)}  ${name.padEnd(44)} ${best.get(name).toFixed(1).padStart(9)} ms`);
  }
  const ours = best.get(cases.find(({ role }) => role === 'ours').name);
  return budget === undefined || judged(budget.text, ours <= budget.mostMs);
}

/** Awaits `call` `calls` times, one after the other. */
export function sequential(call, calls = 1_000) {
  return async () => {
    for (let i = 0; i < calls; i++) await call(i);
  };
}

/** Calls `call` `calls` times. */
export function repeated(call, calls = 1_000) {
  return () => {
    for (let i = 0; i < calls; i++) call(i);
  };
}
