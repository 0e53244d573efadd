import { createTerminus } from '@godaddy/terminus';
import { Agent, createServer, request } from 'node:http';
import { HealthCheckService, healthResponse } from '../dist/health.js';
import { compare, garbage, judged, sequential } from './harness.js';

const SMOKE = process.argv.includes('--smoke');
const CHECKS = 10;
const PROBES = SMOKE ? 1_000 : 10_000;
const TIMED = SMOKE ? 1_000 : 200_000;
const CALLS = 1_000;

const lookUp = async () => undefined;

/** A service whose results stay what they are, so that only the cached path is measured. */
function service(options = { ttlMs: 600_000, maxAgeMs: 600_000 }) {
  const runs = { count: 0 };
  const health = new HealthCheckService({ defaults: options });
  for (let i = 0; i < CHECKS; i++) {
    health.register(
      `dependency-${String(i)}`,
      () => {
        runs.count++;
        return lookUp();
      },
      { critical: i < 3 },
    );
  }
  return { health, runs };
}

async function inProcess() {
  const { health } = service();
  const prepared = await health.readiness();
  const cases = [
    { name: 'await of a prepared report', role: 'floor', call: () => Promise.resolve(prepared) },
    { name: 'breakwater readiness(), cached', role: 'ours', call: () => health.readiness() },
    {
      name: 'the same as an answer over HTTP',
      role: 'also',
      call: async () => healthResponse(await health.readiness()),
    },
    { name: 'breakwater liveness()', role: 'also', call: () => health.liveness() },
  ];
  const timed = await compare(
    `health, ${String(CHECKS)} checks, one after the other`,
    cases.map(({ name, role, call }) => ({ name, role, calls: CALLS, run: sequential(call, CALLS) })),
    { mostNs: 10_000, text: 'at most 10 us' },
  );
  const left = await garbage(
    `health, garbage of a call, ${String(CHECKS)} checks`,
    cases,
    // A report is an object of eleven fields for each check, so that whoever got one may keep it.
    { mostBytes: 4_000, text: 'at most 4,000 B' },
  );
  return timed && left;
}

/** Each call timed by itself, since what a probe waits for is the slowest, not the mean. */
async function percentiles() {
  const { health } = service();
  await health.readiness();
  const took = new Float64Array(TIMED);
  for (let i = 0; i < TIMED; i++) {
    const before = performance.now();
    await health.readiness();
    took[i] = performance.now() - before;
  }
  took.sort();
  const at = (share) => took[Math.floor(TIMED * share)] * 1_000;
  console.log(`\nhealth, cached readiness() with ${String(CHECKS)} checks, of ${String(TIMED)} calls`);
  console.log(`  p50 ${at(0.5).toFixed(1)} us, p99 ${at(0.99).toFixed(1)} us, p99.9 ${at(0.999).toFixed(1)} us`);
  return judged('p99 below 1 ms', at(0.99) < 1_000);
}

/** What probes cost those who are checked. */
async function runs() {
  const { health, runs: ran } = service({ ttlMs: 1_000 });
  const before = performance.now();
  await Promise.all(Array.from({ length: PROBES / 10 }, () => health.readiness()));
  for (let i = PROBES / 10; i < PROBES; i++) await health.readiness();
  const tookMs = performance.now() - before;
  const most = CHECKS * (1 + Math.floor(tookMs / 1_000));
  console.log(`\nhealth, ${String(PROBES)} probes in ${tookMs.toFixed(0)} ms, of which ${String(PROBES / 10)} at once`);
  console.log(`  ${String(ran.count)} runs of ${String(CHECKS)} checks`);
  return judged('each check at most once a second', ran.count <= most);
}

async function listening(server) {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const { port } = server.address();
  return {
    ask: () =>
      new Promise((resolve, reject) => {
        request({ port, host: '127.0.0.1', path: '/health', agent }, (response) => {
          response.resume().on('end', () => resolve(response.statusCode));
        })
          .on('error', reject)
          .end();
      }),
    close: () => {
      agent.destroy();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

async function overLoopback() {
  const { health } = service();
  const answering = (options) =>
    createServer(async (_, response) => {
      const { statusCode, headers, body } = healthResponse(await health.readiness(), options);
      response.writeHead(statusCode, headers).end(body);
    });
  const bare = createServer((_, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"status":"ok"}');
  });
  // It wraps the listener that there is.
  const theirs = createServer((_, response) => response.writeHead(404).end());
  createTerminus(theirs, {
    healthChecks: { '/health': () => Promise.all(Array.from({ length: CHECKS }, lookUp)) },
    signals: [],
    useExit0: true,
  });
  const servers = [bare, answering(), answering({ details: true }), theirs];
  const [floor, ours, full, terminus] = await Promise.all(servers.map(listening));
  const run = ({ ask }) => ({ calls: 100, run: sequential(ask, 100) });
  await compare(`health, over loopback, ${String(CHECKS)} checks that answer at once`, [
    { name: 'a server that says ok', role: 'floor', ...run(floor) },
    { name: 'breakwater, the status', role: 'ours', ...run(ours) },
    { name: 'breakwater, all details', role: 'also', ...run(full) },
    { name: '@godaddy/terminus 4, which runs all each time', role: 'peer', ...run(terminus) },
  ]);
  await Promise.all([floor, ours, full, terminus].map(({ close }) => close()));
  return true;
}

/** All groups; `true` when every budget is met. */
export async function healthBench() {
  const met = [await inProcess(), await percentiles(), await runs(), await overLoopback()];
  return met.every(Boolean);
}
