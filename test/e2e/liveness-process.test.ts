import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** A process with a liveness server that prints its port; `code` is what it does besides. */
function program(code: string, options = ''): { child: ChildProcess; lines: AsyncIterator<string> } {
  const source = `
    import { LivenessServer } from ${JSON.stringify(join(ROOT, 'src/health/index.ts'))};
    const busy = (ms) => { const end = performance.now() + ms; while (performance.now() < end); };
    const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    const liveness = new LivenessServer({ port: 0, host: '127.0.0.1', ${options} });
    const { port } = await liveness.start();
    console.log(port);
    ${code}`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', source], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const reader = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  return { child, lines: reader[Symbol.asyncIterator]() };
}

function probe(port: number): Promise<{ status: number; ms: number; body: string }> {
  const beforeMs = performance.now();
  return new Promise((resolve, reject) => {
    request({ port, host: '127.0.0.1', path: '/health/live', agent: false }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, ms: performance.now() - beforeMs, body });
      });
    })
      .on('error', reject)
      .end();
  });
}

const portOf = async (lines: AsyncIterator<string>): Promise<number> => Number((await lines.next()).value);

/** Probes for as long as the process is blocked; the time that 99 of 100 took at most. */
async function probesOf(port: number): Promise<number> {
  const startMs = performance.now();
  const found: { ms: number; status: number; ageMs: number }[] = [];
  while (performance.now() - startMs < 2_700) {
    const { status, ms, body } = await probe(port);
    found.push({ ms, status, ageMs: (JSON.parse(body) as { heartbeatAgeMs: number }).heartbeatAgeMs });
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(found.every(({ status }) => status === 200)).toBe(true);
  expect(found.length).toBeGreaterThan(20);
  // It was blocked all the time, or this shows nothing.
  expect(found.at(-1)?.ageMs).toBeGreaterThan(2_000);
  const ms = found.map((one) => one.ms).sort((a, b) => a - b);
  return ms[Math.floor(ms.length * 0.99)] ?? Infinity;
}

it('HLD-28 with the main thread blocked for 3 s it answers 200, within 50 ms, with the age of the heartbeat', async () => {
  const { lines } = program('for (let i = 0; i < 5; i++) { await later(300); console.log("busy"); busy(3_000); }');
  const port = await portOf(lines);
  // What the machine does besides makes a round slow, and not all of them; what waits for the main thread would.
  let best = Infinity;
  for (let round = 0; round < 5 && best >= 50; round++) {
    await lines.next();
    best = Math.min(best, await probesOf(port));
  }
  expect(best).toBeLessThan(50);
});

it('HLD-28 with the main thread blocked for longer than stalledAfterMs it answers 503, and then 200 again', async () => {
  const { lines } = program(
    `liveness.on('stall', ({ blockedMs, reported }) => console.log(JSON.stringify({ blockedMs, reported })));
     await later(100); console.log("busy"); busy(2_000); await later(60_000);`,
    'heartbeatMs: 50, stalledAfterMs: 800',
  );
  const port = await portOf(lines);
  await lines.next();
  const first = await probe(port);
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  const second = await probe(port);
  expect([first.status, second.status]).toEqual([200, 503]);
  const said = JSON.parse(second.body) as { status: string; busySinceMs: number };
  expect(said.status).toBe('UNHEALTHY');
  expect(said.busySinceMs).toBeGreaterThanOrEqual(800);
  const stall = JSON.parse(String((await lines.next()).value)) as { blockedMs: number; reported: boolean };
  expect(stall.reported).toBe(true);
  expect(stall.blockedMs).toBeGreaterThan(1_800);
  expect((await probe(port)).status).toBe(200);
});

it('HLD-34 neither its thread nor its timer keeps the process alive', async () => {
  const { child, lines } = program('console.log("last");');
  await portOf(lines);
  const startMs = performance.now();
  const [code] = (await once(child, 'exit')) as [number | null];
  expect(code).toBe(0);
  expect(performance.now() - startMs).toBeLessThan(5_000);
});
