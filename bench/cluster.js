import cluster from 'node:cluster';
import { fileURLToPath } from 'node:url';
import limiters from 'rate-limiter-flexible';
import { createClusterStore } from '../dist/cluster.js';

const SMOKE = process.argv.includes('--smoke');
const ROUNDS = SMOKE ? 1 : 9;
const WORKERS = 4;
const IN_FLIGHT = 100;
const CASES = [
  ['floor', 'echo', 'one message there and one back, nothing else'],
  ['ours', 'store', 'createClusterStore take'],
  ['ours', 'check', 'SharedPerUserRateLimiter check on it'],
  ['peer', 'peer', 'rate-limiter-flexible, RateLimiterCluster consume'],
  ['here', 'memory', 'the same take on a store in memory, no cluster'],
  ['here', 'memoryCheck', 'the same check on a store in memory, no cluster'],
];

/** The next message of a worker that has such a word. */
function said(worker, word) {
  return new Promise((resolve) => {
    const hear = (message) => {
      if (message?.[word] === undefined) return;
      worker.off('message', hear);
      resolve(message[word]);
    };
    worker.on('message', hear);
  });
}

/** Microseconds that pass for each call of all those workers together. */
async function time(workers, run, calls, inFlight) {
  const fromMs = performance.now();
  const done = Promise.all(workers.map((worker) => said(worker, 'ranMs')));
  for (const worker of workers) worker.send({ run, calls: Math.ceil(calls / workers.length), inFlight });
  await done;
  return ((performance.now() - fromMs) * 1_000) / calls;
}

/** What a decision costs that the primary of a cluster makes, beside a bare message and the peer, in one run. */
export async function clusterBench() {
  const store = createClusterStore();
  new limiters.RateLimiterClusterMaster();
  cluster.setupPrimary({ exec: fileURLToPath(new URL('cluster-worker.js', import.meta.url)) });
  cluster.on('message', (worker, message) => {
    if (message?.echo !== undefined) worker.send({ echo: message.echo });
  });
  const workers = Array.from({ length: WORKERS }, () => cluster.fork());
  await Promise.all(workers.map((worker) => said(worker, 'ready')));
  const settings = [
    ['one worker, one after the other', workers.slice(0, 1), 1, SMOKE ? 50 : 3_000],
    [`one worker, ${String(IN_FLIGHT)} in flight`, workers.slice(0, 1), IN_FLIGHT, SMOKE ? 500 : 20_000],
    [`${String(WORKERS)} workers, ${String(IN_FLIGHT)} in flight in each`, workers, IN_FLIGHT, SMOKE ? 500 : 40_000],
  ];
  for (const [title, some, inFlight, calls] of settings) {
    const us = new Map(CASES.map(([, run]) => [run, Infinity]));
    for (let round = 0; round < ROUNDS; round++) {
      for (const [, run] of CASES) us.set(run, Math.min(us.get(run), await time(some, run, calls, inFlight)));
    }
    console.log(`\na decision of a cluster: ${title}`);
    for (const [role, run, name] of CASES) {
      const [each, ours] = [us.get(run), us.get('store')];
      const ratio = role === 'peer' ? `${(each / ours).toFixed(1)}x ours` : '';
      const rate = `${(1_000 / each).toFixed(0).padStart(6)} a ms`;
      console.log(`  ${role.padEnd(5)}  ${name.padEnd(50)} ${each.toFixed(2).padStart(8)} us  ${rate}  ${ratio}`);
    }
  }
  for (const worker of workers) worker.disconnect();
  await store.close();
  return true;
}
