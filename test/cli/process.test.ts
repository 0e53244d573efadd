import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { REQUIRED_VARIABLES } from 'breakwater/deployment';
import { folderWith, written } from './setup.js';

const ROOT = join(import.meta.dirname, '../..');
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const CONFIG = `export const config = ${written('FOUND=1')};`;

/** The real command, in a folder with this configuration. */
async function real(words: readonly string[], { config = CONFIG, files = {}, env = {} } = {}) {
  const child = spawn(process.execPath, ['--import', TSX, join(ROOT, 'src/cli/main.ts'), ...words], {
    cwd: folderWith({ 'breakwater.config.mjs': config, ...files }),
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const [code] = (await once(child, 'close')) as [number];
  return { code, out, err };
}

/** A module with a real validator of PORT and SESSION_KEY. */
const REAL = `
  import { ConfigValidator } from '${pathToFileURL(join(ROOT, 'src/config/index.ts')).href}';
  export const config = new ConfigValidator({ name: 'shop' })
    .register('SHOP_PORT', 'int', { required: true })
    .register('SHOP_SESSION_KEY', 'str', { secret: true, minLength: 32 });`;

const ENDED = "breakwater: loading 'breakwater.config.mjs' ended the process: take process.exit() out of it\n";

const DEPLOYMENT = pathToFileURL(join(ROOT, 'src/deployment/index.ts')).href;

describe('the breakwater process', () => {
  it('runs from the source and finds the package version', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(await real(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
    expect(await real(['chekc'])).toMatchObject({ code: 2, out: '' });
  });

  it('ends without a fuss when its reader closes the pipe first', async () => {
    const child = spawn(process.execPath, ['--import', TSX, join(ROOT, 'src/cli/main.ts'), 'help'], { stdio: 'pipe' });
    child.stdout.destroy();
    let err = '';
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number];
    expect([code, err]).toEqual([0, '']);
  });

  it('an answer that cannot be written is no success', async () => {
    const stdout = openSync(join(ROOT, 'package.json'), 'r');
    onTestFinished(() => closeSync(stdout));
    const child = spawn(process.execPath, ['--import', TSX, join(ROOT, 'src/cli/main.ts'), 'help'], {
      stdio: ['ignore', stdout, 'ignore'],
    });
    expect((await once(child, 'close'))[0]).toBe(1);
  });

  it('ends when it is done, whatever the module left open, with all that it had to say', async () => {
    const config = `
      import { createServer } from 'node:net';
      createServer().listen(0);
      setInterval(() => {}, 1_000);
      export const config = ${written('x'.repeat(300_000))};`;
    const { code, out, err } = await real(['env', 'example'], { config });
    expect([code, out.length, err]).toEqual([0, 300_001, '']);
    const failing = config.replace('ok: true', 'ok: false');
    expect((await real(['env', 'check'], { config: failing })).code).toBe(1);
  });

  it('validates the environment, and what is set wins over the file', async () => {
    const files = { '.env': 'SHOP_PORT=no\nSHOP_SESSION_KEY=correct-horse\n' };
    const words = ['env', 'check', '--dotenv', '.env'];
    const failed = await real(words, { config: REAL, files });
    expect([failed.code, failed.err]).toEqual([1, '']);
    expect(failed.out).toContain('SHOP_PORT');
    const env = { SHOP_PORT: '80', SHOP_SESSION_KEY: 'correct-horse'.repeat(3) };
    const passed = await real([...words, '--format', 'json'], { config: REAL, files, env });
    expect([passed.code, passed.err, JSON.parse(passed.out)]).toEqual([
      0,
      '',
      expect.objectContaining({ name: 'shop', ok: true }),
    ]);
    expect(`${failed.out}${passed.out}`).not.toContain('horse');
  });

  it('probes a service directly, whatever proxy the environment names, and ends at once', async () => {
    const server = createServer((request, response) => {
      response.statusCode = request.url === '/well' ? 200 : 503;
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    const proxy = 'http://127.0.0.1:1';
    // Some lines of Node warn that they heed proxies only on trial.
    const env = {
      NODE_NO_WARNINGS: '1',
      NODE_USE_ENV_PROXY: '1',
      HTTP_PROXY: proxy,
      http_proxy: proxy,
      NO_PROXY: '',
      no_proxy: '',
    };
    const [well, ill, senseless] = await Promise.all([
      real(['probe', `${origin}/well`], { env }),
      real(['probe', `${origin}/ill`], { env }),
      real(['probe', '/ill'], { env }),
    ]);
    expect(well).toEqual({ code: 0, out: expect.stringMatching(/^200 from .* ms\n$/) as string, err: '' });
    expect(ill).toEqual({ code: 1, out: '', err: expect.stringMatching(/^breakwater: 503 from .* ms\n$/) as string });
    expect([senseless.code, senseless.out, senseless.err.trimEnd().split('\n').length]).toEqual([1, '', 1]);
  });

  it('passes nothing without its environment file', async () => {
    const { code, out, err } = await real(['env', 'check', '--dotenv', 'none'], { config: REAL });
    expect([code, out, err]).toEqual([2, '', "breakwater: the file 'none' is not there\n"]);
  });

  it('HLD-61 passes nothing, and waits for nothing, of a file without an end', async (context) => {
    context.skip(process.platform === 'win32', 'Windows has no devices and no named pipes in its folders');
    const folder = folderWith({});
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    const [device, pipe] = await Promise.all(
      ['/dev/zero', join(folder, 'pipe')].map((file) => real(['check', '--dotenv', file, '--format', 'json'])),
    );
    expect([device?.code, device?.err]).toEqual([2, "breakwater: the file '/dev/zero' is no file\n"]);
    expect([pipe?.code, (JSON.parse(pipe?.out ?? '') as { exitCode: number }).exitCode]).toEqual([2, 2]);
  });

  it('is no success when the module left a promise that rejects', async () => {
    const { code, err } = await real(['env', 'example'], {
      config: `${CONFIG}; Promise.reject(new Error('forgotten'));`,
    });
    expect([code, err]).toEqual([3, 'breakwater: Error: forgotten\n']);
  });

  it('keeps what the module prints out of the answer', async () => {
    const config = `console.log('loading'); process.stdout.write('still\\n'); ${CONFIG}`;
    const { code, out, err } = await real(['env', 'example'], { config });
    expect([code, out, err]).toEqual([0, 'FOUND=1\n', 'loading\nstill\n']);
  });

  it.each([
    ['ends the process', `process.exit(0); ${CONFIG}`, ENDED],
    ['ends the process as if it had failed', `process.exit(1); ${CONFIG}`, ENDED],
    ['ends the process and hears no complaint', `try { process.exit(0) } catch {}; ${CONFIG}`, ENDED],
    ['ends the process by another name', `import { exit } from 'node:process'; exit(0); ${CONFIG}`, ENDED],
    [
      'ends the process by force',
      `process.reallyExit(0); ${CONFIG}`,
      'breakwater: the process ended before there was an answer\n',
    ],
    [
      'never finishes loading',
      `await new Promise(() => {}); ${CONFIG}`,
      "breakwater: loading 'breakwater.config.mjs' waits for what never comes: nothing is left to do\n",
    ],
  ])('HLD-61 gives no verdict when the module %s', async (_, config, message) => {
    for (const words of [['env', 'check'], ['check']]) {
      // What is preloaded may have asked for the names of the process before.
      const env = { NODE_OPTIONS: "--import=data:text/javascript,import{exit}from'node:process';exit" };
      const { code, out, err } = await real(words, { config, env });
      expect([code, out, err]).toEqual([3, '', message]);
    }
  });

  it.each([
    ['sets another code', 'process.exitCode = 0'],
    ['ends the process', 'process.exit(0)'],
    ['ends the process by force', 'process.reallyExit(0)'],
  ])('HLD-61 keeps its code when what the module runs at the end %s', async (_, does) => {
    const config = `process.on('exit', () => { console.log('last'); ${does} }); ${CONFIG.replace('ok: true', 'ok: false')}`;
    const { code, err } = await real(['env', 'check'], { config });
    expect([code, err]).toEqual([1, 'last\n']);
  });

  it.each([
    ['the module', "loading 'breakwater.config.mjs'", 'await new Promise(() => setInterval(() => {}, 1_000));'],
    [
      'a checker',
      "what 'breakwater.config.mjs' exports",
      'export const deployment = { runAllChecks: () => new Promise(() => setInterval(() => {}, 1_000)) };',
    ],
  ])('HLD-57 HLD-61 gives up on %s that hangs, and names it', async (_, what, config) => {
    const { code, out, err } = await real(['check', '--timeout', '2500ms', '--format', 'json'], { config });
    const message = `${what} took longer than 2500ms`;
    expect([code, err]).toEqual([3, `breakwater: ${message}\n`]);
    expect(JSON.parse(out)).toMatchObject({ exitCode: 3, allPass: false, results: [{ message, crashed: true }] });
  });

  it.each([
    ['rejects', "Promise.reject(new Error('down, password=hunter22'))"],
    ['throws later', "setTimeout(() => { throw new Error('down, password=hunter22'); }, 0)"],
  ])('gives no verdict when something that the module began %s', async (_, began) => {
    const config = `${began}; await new Promise((resolve) => setTimeout(resolve, 5_000)); ${CONFIG}`;
    const { code, out, err } = await real(['env', 'check'], { config });
    expect([code, out, err]).toEqual([3, '', 'breakwater: Error: down, password=[secret]\n']);
  });

  it('HLD-57 HLD-61 tells of a check that hangs with what it holds open, and ends', async () => {
    const config = `
      import { createServer } from 'node:net';
      import { DeploymentChecker } from '${DEPLOYMENT}';
      createServer().listen(0);
      const hang = () => new Promise(() => setInterval(() => {}, 1_000));
      export const deployment = new DeploymentChecker({
        env: false,
        timeoutMs: 100,
        database: hang,
        checks: [{ id: 'good', name: 'Good', run: () => ({ status: 'PASS', message: 'fine' }) }],
      });`;
    const { code, out, err } = await real(['check', '--format', 'json'], { config });
    const { results, exitCode } = JSON.parse(out) as { results: Record<string, unknown>[]; exitCode: number };
    expect([code, exitCode, err]).toEqual([3, 3, '']);
    expect(results).toMatchObject([
      { id: 'database', timedOut: true, crashed: true },
      { id: 'good', status: 'PASS' },
    ]);
    expect(Number(results[0]?.['durationMs'])).toBeLessThan(200);
  });

  const own = spawnSync('unshare', ['--pid', '--fork', 'true']).status === 0;
  it.for(['SIGTERM', 'SIGINT'] as const)('ends by %s as the first process of a container', async (signal, context) => {
    context.skip(!own, 'no first process: `unshare --pid` is not there or not allowed');
    const folder = folderWith({
      'breakwater.config.mjs': `process.stderr.write('loading'); await new Promise((done) => setTimeout(done, 20_000)); ${CONFIG}`,
    });
    const words = ['--import', TSX, join(ROOT, 'src/cli/main.ts'), 'env', 'check'];
    const child = spawn('unshare', ['--pid', '--fork', process.execPath, ...words], { cwd: folder, stdio: 'pipe' });
    let err = '';
    const loading = new Promise<void>((resolve) => {
      child.stderr.on('data', (chunk: Buffer) => {
        err += chunk.toString();
        if (err.includes('loading')) resolve();
      });
    });
    const closed = once(child, 'close');
    await loading;
    const [inside = ''] = readFileSync(`/proc/${String(child.pid)}/task/${String(child.pid)}/children`, 'utf8').split(
      ' ',
    );
    process.kill(Number(inside), signal);
    const [code] = (await closed) as [number];
    expect([code, err]).toEqual([signal === 'SIGTERM' ? 143 : 130, `loadingbreakwater: ended by ${signal}\n`]);
  });

  it('HLD-58 gives no verdict when a check ends the process', async () => {
    const does = 'process.exit(0)';
    const message =
      "breakwater: what 'breakwater.config.mjs' exports ended the process: take process.exit() out of it\n";

    const config = `
      import { DeploymentChecker } from '${DEPLOYMENT}';
      const run = async () => { ${does}; return { status: 'PASS', message: 'fine' }; };
      export const deployment = new DeploymentChecker({ env: false, checks: [{ id: 'odd', name: 'Odd', run }] });`;
    expect(await real(['check'], { config })).toEqual({ code: 3, out: '', err: message });
  });

  it.each([
    ['at once', "Promise.reject(new Error('forgotten'));", ''],
    [
      'later',
      "setTimeout(() => { throw new Error('forgotten') }, 0); await new Promise((r) => setTimeout(r, 50));",
      '',
    ],
    ['while it is loaded', '', "Promise.reject(new Error('forgotten'));"],
  ])('HLD-58 reports all the same when something fails that nobody waits for, %s', async (_, does, loading) => {
    const config = `
      import { DeploymentChecker } from '${DEPLOYMENT}';
      ${loading}
      const run = async () => { ${does} return { status: 'PASS', message: 'fine' }; };
      export const deployment = new DeploymentChecker({ env: false, checks: [{ id: 'odd', name: 'Odd', run }] });`;
    const { code, out, err } = await real(['check', '--format', 'json'], { config });
    expect([code, err]).toEqual([3, '']);
    expect(JSON.parse(out)).toMatchObject({
      exitCode: 3,
      results: [
        { id: 'odd', status: 'PASS' },
        { id: 'stray.1', status: 'FAIL', crashed: true, message: 'failed on the side: Error: forgotten' },
      ],
    });
  });

  it('checks the defaults where there is no module, in colours of no terminal', async () => {
    const env = Object.fromEntries(REQUIRED_VARIABLES.map((name) => [name, 'set']));
    const nothing = { config: 'export const nothing = 1;', files: {} };
    const right = await real(['check', '--config', 'conf.json'], {
      ...nothing,
      env,
      files: { 'conf.json': '{"deployment":{}}' },
    });
    expect([right.code, right.err]).toEqual([0, '']);
    const wrong = await real(['check'], nothing);
    expect([wrong.code, wrong.out, wrong.err]).toEqual([
      2,
      '',
      expect.stringContaining('exports nothing to check') as string,
    ]);
  });
});
