import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { DeploymentChecker } from '../dist/deployment.js';
import { compare, imports, judged, sequential } from './harness.js';

const SMOKE = process.argv.includes('--smoke');
const CHECKS = 20;
const RUNS = 20;
const HANGING_RUNS = SMOKE ? 2 : 40;
const TIMEOUT_MS = 50;
/** How much later than its longest limit a run may end. */
const MOST_LATE_MS = 100;
const PROBES = SMOKE ? 1 : 15;

const passes = () => ({ status: 'PASS', message: 'it is well' });
const hangs = () => new Promise(() => undefined);

function checkerOf(runs) {
  const checks = runs.map((run, i) => ({ id: `check-${String(i)}`, name: `Check ${String(i)}`, run }));
  return new DeploymentChecker({ env: false, checks, timeoutMs: TIMEOUT_MS });
}

/** What the checker adds to checks that answer at once. */
function runner() {
  const runs = Array.from({ length: CHECKS }, () => async () => passes());
  const checker = checkerOf(runs);
  const cases = [
    { name: 'Promise.all of the same functions', role: 'floor', call: () => Promise.all(runs.map((run) => run())) },
    { name: 'breakwater runAllChecks', role: 'ours', call: () => checker.runAllChecks() },
  ];
  return compare(
    `deployment, ${String(CHECKS)} checks that answer at once, for each check`,
    cases.map(({ name, role, call }) => ({ name, role, calls: RUNS * CHECKS, run: sequential(call, RUNS) })),
  );
}

/** By how much the report is later than the limit of the one check that never answers. */
async function oneHangs() {
  const checker = checkerOf([hangs, ...Array.from({ length: CHECKS - 1 }, () => passes)]);
  const late = [];
  for (let i = 0; i < HANGING_RUNS; i++) {
    const before = performance.now();
    const { results } = await checker.runAllChecks();
    late.push(performance.now() - before - TIMEOUT_MS);
    const failed = results.filter(({ status }) => status === 'FAIL');
    if (failed.length !== 1 || failed[0].timedOut !== true) throw new Error('not one check timed out');
  }
  const { median, worst } = spread(late);
  console.log(
    `\ndeployment, 1 of ${String(CHECKS)} checks hangs, limit ${String(TIMEOUT_MS)} ms: the report is later by`,
  );
  console.log(`  ours   median ${median.toFixed(1)} ms, worst of ${String(HANGING_RUNS)} ${worst.toFixed(1)} ms`);
  return judged(`at most ${String(MOST_LATE_MS)} ms`, worst <= MOST_LATE_MS);
}

function importCost() {
  const url = (name) => import.meta.resolve(name);
  return imports(
    'deployment, import in a fresh process, best of many',
    [
      { name: 'an empty module', role: 'floor', urls: ['data:text/javascript,'] },
      { name: 'breakwater/deployment', role: 'ours', urls: [url('../dist/deployment.js')] },
      { name: 'breakwater/core', role: 'also', urls: [url('../dist/core.js')] },
      { name: 'breakwater/health', role: 'also', urls: [url('../dist/health.js')] },
    ],
    { mostMs: 10, text: 'at most 10 ms' },
  );
}

/** A whole process that asks once, as the health check of an image does; each of them in turn. */
async function probes() {
  const server = createServer((_, res) => res.end('ok')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${String(server.address().port)}/`;
  const fetched = `fetch(${JSON.stringify(url)}).then((res) => process.exit(res.ok ? 0 : 1), () => process.exit(1))`;
  const got = `require('node:http').get(${JSON.stringify(url)}, (res) => process.exit(res.statusCode < 300 ? 0 : 1)).on('error', () => process.exit(1))`;
  const cases = [
    { name: 'node that does nothing', role: 'floor', words: ['--eval', ''] },
    {
      name: 'breakwater probe',
      role: 'ours',
      words: [fileURLToPath(import.meta.resolve('../dist/cli.js')), 'probe', url],
    },
    { name: 'node --eval with http.get', role: 'peer', words: ['--eval', got] },
    { name: 'node --eval with fetch', role: 'peer', words: ['--eval', fetched] },
  ].map((one) => ({ ...one, times: [] }));
  try {
    for (let round = 0; round < PROBES; round++)
      for (const { words, times } of cases) times.push(await processMs(words));
  } finally {
    server.close();
    server.closeAllConnections();
  }
  console.log('\ndeployment, one probe as a process of its own, over loopback');
  for (const { name, role, times } of cases) {
    const { best, median } = spread(times);
    console.log(
      `  ${role.padEnd(5)}  ${name.padEnd(44)} ${best.toFixed(1).padStart(9)} ms  median ${median.toFixed(1)}`,
    );
  }
}

async function processMs(words) {
  const before = performance.now();
  const child = spawn(process.execPath, words, { stdio: 'ignore', timeout: 60_000 });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`a process ended with ${String(code)}: node ${words.join(' ')}`);
  return performance.now() - before;
}

function spread(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return { best: sorted[0], median: sorted[sorted.length >> 1], worst: sorted.at(-1) };
}

/** All groups; `true` when every budget is met. */
export async function deploymentBench() {
  const met = [await runner(), await oneHangs(), importCost()];
  await probes();
  return met.every(Boolean);
}
