import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
let folder = '';
const children = new Set<ChildProcess>();
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'breakwater-lifecycle-'));
});
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

interface Program {
  readonly child: ChildProcess;
  /** Standard output and standard error so far. */
  out(): string;
  err(): string;
  /** Resolves when the program has said it. */
  says(text: string): Promise<void>;
  /** Exit code or signal. */
  readonly ended: Promise<number | string | null>;
}

/** A program of its own with the built lifecycle, on a machine that is neither a terminal nor a test. */
function program(code: string, env: Record<string, string> = {}): Program {
  const file = join(folder, `program-${String(children.size)}.mjs`);
  const imports = `import { ApplicationLifecycle } from '${join(ROOT, 'dist/lifecycle.js')}';
    import { createServer } from 'node:http';
    const log = { event: (type, message, fields) => console.log(type, message, JSON.stringify(fields)) };`;
  writeFileSync(file, `${imports}\n${code}\n`);
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [file], { env: { PATH, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const ended = once(child, 'close').then(([exit, signal]) => (exit as number | null) ?? (signal as string));
  return {
    child,
    out: () => out,
    err: () => err,
    ended,
    async says(text) {
      for (let i = 0; i < 1_000 && !out.includes(text); i++) await sleep(10);
      expect(out + err).toContain(text);
    },
  };
}

const SERVER = `const server = createServer((request, response) => {
    console.log('got', request.url);
    if (request.url.startsWith('/hang')) return;
    setTimeout(() => response.end('ok'), request.url === '/slow' ? 600 : 0);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  console.log('port', server.address().port);`;

async function portOf(running: Program): Promise<number> {
  await running.says('ready');
  return Number(/port (\d+)/.exec(running.out())?.[1]);
}

function ask(port: number, path: string): Promise<string> {
  return new Promise((resolve) => {
    get({ port, host: '127.0.0.1', path }, (response) => {
      response.resume();
      response.on('end', () => {
        resolve(`${String(response.statusCode)} ${response.headers.connection ?? ''}`);
      });
    }).on('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code ?? 'error');
    });
  });
}

describe('a process with a lifecycle', () => {
  it('HLD-35 HLD-45 drains, answers what is in flight and ends with 0 on SIGTERM', async () => {
    const running = program(`${SERVER}
      const lifecycle = new ApplicationLifecycle({ logger: log, drainDelayMs: 300 });
      lifecycle.attach(server);
      lifecycle.onStop('resources', 'database', () => console.log('closed the database'));
      await lifecycle.start(); console.log('ready');`);
    const port = await portOf(running);
    const slow = ask(port, '/slow');
    await running.says('got /slow');
    running.child.kill('SIGTERM');
    await running.says('SYSTEM_EVENT stopping');
    expect(await ask(port, '/')).toBe('200 close');
    expect(await slow).toBe('200 close');
    expect([await running.ended, running.err()]).toEqual([0, '']);
    const order = [
      'stopping',
      'stop: drain while accepting',
      'stop: requests in flight',
      'closed the database',
      'stopped',
    ];
    const places = order.map((text) => running.out().indexOf(text));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places).not.toContain(-1);
  });

  it('HLD-40 HLD-41 ends at the deadline with 1 when a request hangs, and names it', async () => {
    const running = program(`${SERVER}
      const lifecycle = new ApplicationLifecycle({ logger: log, drainDelayMs: 0, budgetMs: 500 });
      lifecycle.attach(server); await lifecycle.start(); console.log('ready');`);
    const port = await portOf(running);
    const hangs = ask(port, '/hang?token=abcdef123456');
    await running.says('got /hang');
    running.child.kill('SIGTERM');
    expect(await running.ended).toBe(1);
    expect(await hangs).toBe('ECONNRESET');
    expect(running.out()).toContain('ERROR_EVENT stop: requests in flight');
    const told = running.out().replace(/^got .*$/gm, '');
    expect(told).toContain('GET /hang');
    expect(told).not.toContain('abcdef123456');
  });

  it('HLD-44 ends at once with 1 on a second signal', async () => {
    const running = program(`
      const lifecycle = new ApplicationLifecycle({ logger: log });
      lifecycle.onStop('work', 'slow', () => new Promise((resolve) => setTimeout(resolve, 20_000)));
      await lifecycle.start(); console.log('ready'); setInterval(() => undefined, 1_000);`);
    await running.says('ready');
    running.child.kill('SIGTERM');
    await running.says('stopping');
    await sleep(200);
    running.child.kill('SIGINT');
    expect(await running.ended).toBe(1);
    expect(running.out()).toContain('ERROR_EVENT the process ends at once: a second signal, SIGINT');
  });

  it('HLD-48 waits for a hook that hangs with nothing else alive, until its time is over', async () => {
    const running = program(`
      const lifecycle = new ApplicationLifecycle({ logger: log, budgetMs: 400 });
      lifecycle.onStop('work', 'hangs', () => new Promise(() => undefined));
      lifecycle.onStop('telemetry', 'last', () => console.log('the last hook'));
      await lifecycle.start(); console.log('ready'); await lifecycle.stop('done');`);
    expect(await running.ended).toBe(1);
    expect(running.out()).toContain('the last hook');
    expect(running.out()).toContain('"name":"stop hangs","status":"TIMED_OUT"');
  });

  it('HLD-52 stops on an uncaught error with 1, and at once on a second', async () => {
    const first = program(`
      const lifecycle = new ApplicationLifecycle();
      lifecycle.onStop('work', 'hook', () => console.log('stopped in order'));
      await lifecycle.start(); console.log('ready', lifecycle.phase);
      setTimeout(() => { throw new Error('boom with token=abcdef123456'); }, 10); setInterval(() => undefined, 1_000);`);
    expect(await first.ended).toBe(1);
    expect(first.out()).toContain('stopped in order');
    expect(first.err()).toMatch(/BREAKWATER_W_FATAL_ERROR[\s\S]*uncaughtException: Error: boom[\s\S]*at /);
    expect(first.err()).not.toContain('abcdef123456');
    const second = program(`
      const lifecycle = new ApplicationLifecycle({ logger: log });
      lifecycle.onStop('work', 'slow', () => new Promise((resolve) => setTimeout(resolve, 20_000)));
      await lifecycle.start();
      setTimeout(() => { void Promise.reject(new Error('first')); }, 10);
      setTimeout(() => { throw new Error('second'); }, 60);`);
    expect(await second.ended).toBe(1);
    expect(second.out()).toContain('the process ends at once: a second error, uncaughtException');
    const optedOut = program(`
      const lifecycle = new ApplicationLifecycle({ fatalErrors: [] });
      lifecycle.onStop('work', 'hook', () => console.log('stopped in order'));
      await lifecycle.start(); throw new Error('as Node does it');`);
    expect(await optedOut.ended).toBe(1);
    expect(optedOut.out()).not.toContain('stopped in order');
    expect(optedOut.err()).toContain('as Node does it');
  });

  it('HLD-50 two lifecycles, also of two copies of the package, end the process only together', async () => {
    const running = program(`
      import { createRequire } from 'node:module';
      const other = createRequire(import.meta.url)('${join(ROOT, 'dist/lifecycle.cjs')}');
      const one = new ApplicationLifecycle({ name: 'one' });
      const two = new other.ApplicationLifecycle({ name: 'two' });
      two.onStop('work', 'slow', async () => { await new Promise((r) => setTimeout(r, 300)); console.log('two is done'); });
      await one.start(); await two.start(); console.log('ready'); setInterval(() => undefined, 1_000);`);
    await running.says('ready');
    running.child.kill('SIGTERM');
    expect(await running.ended).toBe(0);
    expect(running.out()).toContain('two is done');
  });

  it('HLD-54 gives up a start on a signal, stops what was started, and goes no further', async () => {
    const running = program(`
      const lifecycle = new ApplicationLifecycle({ logger: log });
      lifecycle.onStart('database', () => undefined);
      lifecycle.onStart('slow', ({ signal }) => new Promise((_, reject) => {
        const timer = setTimeout(() => undefined, 20_000);
        signal.addEventListener('abort', () => { clearTimeout(timer); reject(signal.reason); });
        console.log('ready');
      }));
      lifecycle.onStop('resources', 'database', () => console.log('closed the database'));
      lifecycle.onStop('resources', 'slow', () => console.log('closed what was never open'));
      await lifecycle.start(); console.log('went on');`);
    await running.says('ready');
    running.child.kill('SIGTERM');
    expect(await running.ended).toBe(0);
    expect(running.out()).toContain('closed the database');
    expect(running.out()).not.toMatch(/never open|went on/);
  });

  it('HLD-45 a start that fails says why and ends with 1, also without a logger', async () => {
    const running = program(`
      const lifecycle = new ApplicationLifecycle();
      lifecycle.onStart('database', () => { throw new Error('connect ECONNREFUSED'); });
      await lifecycle.start(); console.log('went on');`);
    expect(await running.ended).toBe(1);
    expect(running.err()).toContain('the start failed at start database: connect ECONNREFUSED');
    expect(running.err()).not.toContain('node:internal');
    expect(running.out()).toBe('');
  });

  it('HLD-47 says without a logger what did not stop, and that a second signal ended it', async () => {
    const failing = program(`
      const lifecycle = new ApplicationLifecycle();
      lifecycle.onStop('work', 'bad', () => { throw new Error('no access with token=abcdef123456'); });
      await lifecycle.start(); await lifecycle.stop();`);
    expect(await failing.ended).toBe(1);
    expect(failing.err()).toMatch(/BREAKWATER_W_STOP_NOT_CLEAN.*stop bad: no access with token=\[secret\]/);
    const forced = program(`
      const lifecycle = new ApplicationLifecycle();
      lifecycle.onStop('work', 'slow', () => new Promise((resolve) => setTimeout(resolve, 20_000)));
      lifecycle.on('phaseChange', ({ to }) => console.log(to));
      await lifecycle.start(); setInterval(() => undefined, 1_000);`);
    await forced.says('READY');
    forced.child.kill('SIGTERM');
    await forced.says('DRAINING');
    await sleep(200);
    forced.child.kill('SIGTERM');
    expect(await forced.ended).toBe(1);
    expect(forced.err()).toContain('the process ends at once: a second signal, SIGTERM');
  });

  it('HLD-45 ends of the signal itself when that is asked for', async () => {
    const running = program(`
      const lifecycle = new ApplicationLifecycle({ reraiseSignal: true });
      await lifecycle.start(); console.log('ready'); setInterval(() => undefined, 1_000);`);
    await running.says('ready');
    running.child.kill('SIGTERM');
    expect(await running.ended).toBe('SIGTERM');
  });

  it('HLD-56 names what would have kept the process alive, and nothing when nothing would', async () => {
    const leaking = program(`
      import { createServer as tcp } from 'node:net';
      tcp().listen(0, '127.0.0.1'); setInterval(() => undefined, 60_000); setTimeout(() => undefined, 60_000);
      const lifecycle = new ApplicationLifecycle({ logger: log });
      await lifecycle.start(); console.log('ready'); await lifecycle.stop('done');`);
    expect(await leaking.ended).toBe(0);
    const kept = JSON.parse(/"keptAlive":(\{[^}]*\})/.exec(leaking.out())?.[1] ?? '{}') as Record<string, number>;
    expect(kept).toEqual({ TCPServerWrap: 1, Timeout: 2 });
    const clean = program(`${SERVER}
      const lifecycle = new ApplicationLifecycle({ logger: log, drainDelayMs: 0 });
      lifecycle.attach(server); await lifecycle.start(); console.log('ready');`);
    expect(await ask(await portOf(clean), '/')).toBe('200 keep-alive');
    clean.child.kill('SIGTERM');
    expect(await clean.ended).toBe(0);
    expect(clean.out()).toContain('"keptAlive":{}');
  });

  it('HLD-34 keeps no process alive that has nothing else to do', async () => {
    const running = program(`
      const lifecycle = new ApplicationLifecycle(); await lifecycle.start(); console.log('ready');`);
    expect([await running.ended, running.out()]).toEqual([0, 'ready\n']);
    const stopped = program(`
      const lifecycle = new ApplicationLifecycle(); await lifecycle.start();
      process.on('exit', () => console.log(JSON.stringify(lifecycle.report().stop.keptAlive))); await lifecycle.stop();`);
    expect([await stopped.ended, stopped.out()]).toEqual([0, '{}\n']);
  });

  it('HLD-53 warns in Kubernetes of a budget that SIGKILL cuts off', async () => {
    const running = program(`new ApplicationLifecycle({ budgetMs: 40_000 });`, { KUBERNETES_SERVICE_HOST: '10.0.0.1' });
    expect(await running.ended).toBe(0);
    expect(running.err()).toContain('BREAKWATER_W_GRACE_PERIOD');
  });
});
