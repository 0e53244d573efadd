import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { judged } from './harness.js';
import { checkCounts, checkWork } from './http/checks.js';
import { load } from './http/load.js';
import { Servers } from './http/servers.js';

const SMOKE = process.argv.includes('--smoke');
const CONNECTIONS = 32;
const ROUNDS = SMOKE ? 1 : 15;
const REQUESTS = SMOKE ? 200 : 2_000;
const WARM_UP = SMOKE ? 200 : 6_000;
/** So many that none is refused. */
const UNLIMITED = 1e9;
const MOST_SHARE = 0.2;

/** Each with its floor; `peer` is what ours is measured by. */
const VARIANTS = [
  { name: 'Express 5', role: 'floor', stack: 'bare' },
  { name: 'breakwater', role: 'ours', stack: 'ours', logs: true },
  { name: 'helmet and the others, pino-http', role: 'peer', stack: 'peers', logs: true },
  { name: 'breakwater, without a log', role: 'ours', stack: 'ours' },
  { name: 'helmet and the others, without pino-http', role: 'peer', stack: 'peers' },
  { name: 'breakwater, fields about limits in each answer', role: 'also', stack: 'ours, told', logs: true },
  { name: 'Koa 3', role: 'floor', stack: 'koa bare' },
  { name: 'breakwater on Koa', role: 'also', stack: 'koa ours', logs: true },
];
const BARE = VARIANTS[0];
const PAIRS = [
  { ours: VARIANTS[1], peers: VARIANTS[2], budget: 'with a log, at most a fifth of what the peers add' },
  { ours: VARIANTS[3], peers: VARIANTS[4], budget: 'without, at most a fifth of what the peers add' },
];

/** CPU time of the server for a request, in µs. */
async function costs({ server }) {
  const before = await server.ask('usage');
  await load(server.port, CONNECTIONS, REQUESTS);
  const after = await server.ask('usage');
  return (after.user + after.system - before.user - before.system) / REQUESTS;
}

function medianOf(rounds, name) {
  return rounds.map((figures) => figures.get(name)).toSorted((a, b) => a - b)[rounds.length >> 1];
}

/** Every round goes through all of them in turn, so that a slow moment of the machine meets each of them. */
async function measured(running) {
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    const figures = new Map();
    for (const variant of running) figures.set(variant.name, await costs(variant));
    rounds.push(figures);
  }
  return rounds;
}

/** What ours adds to bare Express, as a share of what the peers add: by medians, and in the middle half of the rounds. */
function shareOf(rounds, { ours, peers }) {
  const ratio = (us) => (us(ours.name) - us(BARE.name)) / (us(peers.name) - us(BARE.name));
  const each = rounds.map((figures) => ratio((name) => figures.get(name))).toSorted((a, b) => a - b);
  const [low, high] = [each[each.length >> 2], each[each.length - 1 - (each.length >> 2)]];
  return { share: ratio((name) => medianOf(rounds, name)), low, high };
}

function told(rounds) {
  console.log(`\nHTTP, CPU time of the server a request, ${String(CONNECTIONS)} connections`);
  let floor = 0;
  for (const { name, role } of VARIANTS) {
    const us = medianOf(rounds, name);
    if (role === 'floor') floor = us;
    const over = role === 'floor' ? '' : `floor + ${(us - floor).toFixed(1).padStart(6)} us`;
    console.log(`  ${role.padEnd(5)}  ${name.padEnd(48)} ${us.toFixed(1).padStart(7)} us  ${over}`);
  }
  const load = loadavg().map((one) => one.toFixed(2));
  console.log(`  median of ${String(rounds.length)} rounds; load average ${load.join(', ')}`);
}

/** `true` when the budget is met. */
export async function httpBench() {
  const servers = new Servers();
  const directory = mkdtempSync(join(tmpdir(), 'breakwater-bench-'));
  const sinkOf = (name) => join(directory, `${name}.log`);
  try {
    await checkWork(servers, sinkOf);
    const running = [];
    for (const [i, { name, stack, logs = false }] of VARIANTS.entries()) {
      const sink = logs ? sinkOf(String(i)) : undefined;
      const server = await servers.start(stack, { addressLimit: UNLIMITED, userLimit: UNLIMITED, sink });
      running.push({ name, server, sink });
      await load(server.port, CONNECTIONS, WARM_UP);
    }
    const rounds = await measured(running);
    for (const one of running) await checkCounts(one, WARM_UP + ROUNDS * REQUESTS);
    told(rounds);
    const met = PAIRS.map((pair) => {
      const { share, low, high } = shareOf(rounds, pair);
      const text = `${share.toFixed(2)}, half of the rounds ${low.toFixed(2)} to ${high.toFixed(2)}`;
      return judged(`${pair.budget}, which is ${text}`, share <= MOST_SHARE);
    });
    return met.every(Boolean);
  } finally {
    servers.endAll();
    rmSync(directory, { recursive: true, force: true });
  }
}
