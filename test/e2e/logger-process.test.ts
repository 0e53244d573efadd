import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'breakwater-logger-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A program of its own, with the built logger. */
function program(code: string): ChildProcess {
  const file = join(folder, `program-${String(Math.trunc(performance.now() * 1_000))}.mjs`);
  writeFileSync(file, `import { StructuredLogger } from '${join(ROOT, 'dist/logger.js')}';\n${code}\n`);
  return spawn(process.execPath, [file], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
}

async function run(code: string): Promise<{ code: number | null; out: string; err: string }> {
  const child = program(code);
  let [out, err] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const [exit] = (await once(child, 'close')) as [number | null];
  return { code: exit, out, err };
}

it('OBS-L14 what was logged before the process exits is there: at once, after flush, and when it crashes', async () => {
  const many = 'for (let i = 0; i < 2_000; i++) log.systemEvent("line", { i, text: "x".repeat(200) });';
  const atOnce = await run(`const log = new StructuredLogger(); ${many} log.userAction("last"); process.exit(3);`);
  expect([atOnce.code, atOnce.err]).toEqual([3, '']);
  expect(atOnce.out.trim().split('\n')).toHaveLength(2_001);
  expect(atOnce.out).toContain('"msg":"last"');
  const crashed = await run(
    `const log = new StructuredLogger(); ${many} log.userAction("last"); throw new Error("crash");`,
  );
  expect(crashed.out.trim().split('\n')).toHaveLength(2_001);
  const slow = `import { pino } from '${join(ROOT, 'node_modules/pino/pino.js')}';`;
  const path = join(folder, 'async.log');
  const flushed = await run(
    `${slow} const log = new StructuredLogger({ destination: pino.destination({ dest: ${JSON.stringify(path)}, sync: false, minLength: 4096 }) });
     ${many} log.userAction("last"); if (!(await log.flush())) process.exitCode = 9; process.exit();`,
  );
  expect([flushed.code, flushed.err]).toEqual([0, '']);
  expect(readFileSync(path, 'utf8').trim().split('\n')).toHaveLength(2_001);
});

it('OBS-L14 keeps no process alive, and flush no longer than its time', async () => {
  const idle = await run('const log = new StructuredLogger(); log.systemEvent("x"); log.startOperation("never ends");');
  expect([idle.code, idle.err]).toEqual([0, '']);
  const stuck = await run(
    `const log = new StructuredLogger({ destination: { write() {}, flush() {} } });
     console.log(await log.flush(50));`,
  );
  expect([stuck.code, stuck.out]).toEqual([0, 'false\n']);
});

if (!existsSync('/dev/full')) process.stderr.write('skipped: no /dev/full on this machine\n');
it.runIf(existsSync('/dev/full'))('OBS-L14 flush ends also when the disk is full', async () => {
  const { code, out } = await run(
    `const log = new StructuredLogger({ destination: '/dev/full', onListenerError: () => {} });
     for (let i = 0; i < 10; i++) log.systemEvent('x');
     console.log(await log.flush(500), JSON.stringify(log.snapshot()));`,
  );
  expect([code, out]).toEqual([0, 'false {"written":0,"dropped":10,"leftOut":0,"truncated":0}\n']);
});

it('OBS-L13 goes on when nobody reads standard output any more', async () => {
  const child = program(
    `import { writeFileSync } from 'node:fs';
     const log = new StructuredLogger({ onListenerError: () => {} });
     log.systemEvent("first");
     await new Promise((resolve) => setTimeout(resolve, 300));
     for (let i = 0; i < 100; i++) log.systemEvent("nobody reads");
     await new Promise((resolve) => setTimeout(resolve, 50));
     const { dropped } = log.snapshot();
     const flushed = await log.flush();
     writeFileSync(${JSON.stringify(join(folder, 'epipe.json'))}, JSON.stringify({ dropped, flushed }));`,
  );
  child.stdout?.once('data', () => child.stdout?.destroy());
  const [exit] = (await once(child, 'exit')) as [number | null];
  expect(exit).toBe(0);
  const { dropped, flushed } = JSON.parse(readFileSync(join(folder, 'epipe.json'), 'utf8')) as {
    dropped: number;
    flushed: boolean;
  };
  expect(dropped).toBeGreaterThanOrEqual(99);
  expect(flushed).toBe(false);
});

it('writes through a pino transport with several targets, by their levels', async () => {
  const [all, errors] = [join(folder, 'all.log'), join(folder, 'errors.log')];
  const { code, err } = await run(
    `import { pino } from '${join(ROOT, 'node_modules/pino/pino.js')}';
     const transport = pino.transport({ targets: [
       { target: 'pino/file', level: 'info', options: { destination: ${JSON.stringify(all)} } },
       { target: 'pino/file', level: 'error', options: { destination: ${JSON.stringify(errors)} } },
     ] });
     const log = new StructuredLogger({ destination: transport });
     log.systemEvent('fine');
     log.error('failed');
     if (!(await log.flush())) process.exitCode = 9;`,
  );
  expect([code, err]).toEqual([0, '']);
  expect(readFileSync(all, 'utf8').trim().split('\n')).toHaveLength(2);
  expect(readFileSync(errors, 'utf8')).toMatch(/^\{"level":50.*"msg":"failed"\}\n$/);
});

it('a path that cannot be opened is told, by an error or through onListenerError', async () => {
  writeFileSync(join(folder, 'file'), '');
  const { out } = await run(
    `let log;
     try { log = new StructuredLogger({ destination: ${JSON.stringify(join(folder, 'file', 'app.log'))}, onListenerError: (error) => console.log('told', error.code) }); log.systemEvent('x'); }
     catch (error) { console.log('told', error.code); }`,
  );
  expect(out).toMatch(/^told E/);
});
