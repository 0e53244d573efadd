import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdtemp, readdir, readFile, realpath, rm, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findBinaries, installedNative } from '../../examples/demo/postgres-binaries.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tryPostgres } from './postgres.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const postgres = await tryPostgres();
await postgres?.remove();

/** Temporary files of the demo go here, so that each test sees what is left of them. */
let scratch: string;
const running = new Set<ChildProcess>();

beforeEach(async () => {
  scratch = await mkdtemp(path.join(await realpath(tmpdir()), 'breakwater-e2e-'));
  await chmod(scratch, 0o755);
});
afterEach(async () => {
  for (const child of running) child.kill('SIGKILL');
  await rm(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
});

interface Demo {
  readonly child: ChildProcess;
  readonly ended: Promise<{
    readonly code: number | null;
    readonly out: string;
    readonly err: string;
    readonly ms: number;
  }>;
  /** Resolves with the first match in standard output. */
  readonly prints: (pattern: RegExp) => Promise<RegExpExecArray>;
}

function demo(...args: string[]): Demo {
  const startedMs = performance.now();
  const child = spawn(process.execPath, ['--import', 'tsx', 'examples/demo/main.ts', ...args], {
    cwd: root,
    env: { ...process.env, TMPDIR: scratch, FORCE_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const ended = once(child, 'close').then(([code]) => {
    running.delete(child);
    return { code: code as number | null, out, err, ms: performance.now() - startedMs };
  });
  const prints = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const match = pattern.exec(out);
        if (match !== null) resolve(match);
      };
      child.stdout.on('data', look);
      look();
      void ended.then(({ code }) => {
        reject(new Error(`the demo ended with ${String(code)} before it printed ${String(pattern)}: ${out}${err}`));
      });
    });
  return { child, ended, prints };
}

/** The folders of the demo's databases; tsx keeps a cache beside them. */
async function folders(): Promise<string[]> {
  return (await readdir(scratch)).filter((name) => name.startsWith('breakwater-demo-'));
}

/** The janitor may need a moment more than the demo itself. */
async function expectNothingLeft(): Promise<void> {
  await expect.poll(folders, { timeout: 10_000 }).toEqual([]);
}

async function serverPid(): Promise<number> {
  const [folder = ''] = await folders();
  return parseInt(await readFile(path.join(scratch, folder, 'data', 'postmaster.pid'), 'utf8'), 10);
}

/** The processes of replicas that a demo has started. */
async function replicasOf({ pid }: ChildProcess): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,args=']);
  const found = stdout.split('\n').map((line) => /^\s*(\d+)\s+(\d+)\s.*replica\.ts/.exec(line));
  return found.filter((match) => Number(match?.[2]) === pid).map((match) => Number(match?.[1]));
}

function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('the demo: usage', () => {
  it.each([
    [['--serv'], /--serv.*the options are --koa, --redis URL, --serve, --port N, --log FILE/],
    [
      ['nonsense'],
      /"nonsense".*the words are "all", "configuration", "deployment", "one-call", "processes", "restart"/,
    ],
    [['--port', '3'], /add --serve/],
    [['--log', 'lines'], /--log says where --serve writes; add --serve/],
    [['--serve', '--log='], /the name of a file/],
    [['--serve', '--port', '65536'], /0 to 65535/],
    [['--serve', '--port', 'http'], /0 to 65535/],
    [['all', '--serve'], /leave out "all" or --serve/],
    [['--serve', 'configuration'], /leave out "configuration" or --serve/],
    [['deployment', '--serve'], /leave out "deployment" or --serve/],
    [['one-call', '--serve'], /leave out "one-call" or --serve/],
    [['restart', '--serve'], /leave out "restart" or --serve/],
    [['processes'], /add --redis redis:/],
    [['--serve', '--redis', 'redis://127.0.0.1'], /leave out --serve/],
    [['processes', '--redis', '127.0.0.1:6379'], /--redis must be an address such as redis:/],
  ])('refuses %j with exit code 2 and one line that helps', async (args, hint) => {
    const { code, out, err } = await demo(...args).ended;
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err.trim().split('\n')).toHaveLength(1);
    expect(err).toMatch(hint);
  });

  it('prints its help', async () => {
    const { code, out } = await demo('--help').ended;
    expect(code).toBe(0);
    expect(out).toMatch(/Usage: npm run demo/);
  });
});

describe.skipIf(postgres === undefined)('the demo: on a real PostgreSQL', () => {
  const MAIN = [
    'Normal traffic',
    'The database stops',
    'The database returns',
    'One client floods',
    'Two users beside one abuser',
    'What it looks like from outside',
  ];

  it.each([
    ['Express 5', [], 30_000, MAIN],
    ['Koa 3', ['--koa'], 30_000, MAIN],
    [
      'Express 5',
      ['all'],
      90_000,
      [
        ...MAIN,
        'Rotating addresses',
        'A retry storm',
        'A dependency never answers',
        'A feature degrades and recovers',
        'Configuration and a rotated secret',
        'A build at the gate',
        'One call hardens a service',
        'A rolling restart under load',
      ],
    ],
  ])(
    'plays its scenes on %s %j, keeps every promise within %i ms, leaves nothing',
    async (framework, args, within, scenes) => {
      const { code, out, err, ms } = await demo(...args).ended;
      expect((out + err).split('\n').filter((line) => line.includes('BROKEN'))).toEqual([]);
      expect(code, out + err).toBe(0);
      expect(ms).toBeLessThan(within);
      expect(out).toContain(`${framework} service on PostgreSQL`);
      const summary = out.slice(out.indexOf('Summary'));
      for (const title of scenes) {
        expect(summary).toMatch(new RegExp(`${title} +(\\d+) of \\1 `));
      }
      expect(summary.match(/\d+ of \d+/g)).toHaveLength(scenes.length);
      expect(summary).toMatch(/All kept: \d+ promises/);
      expect(out).toContain('the metrics count what the visitors counted');
      expect(out).toMatch(/^ {4}breakwater_circuit_calls_total\{breaker="database",outcome="rejected"\} [1-9]/m);
      // Real lines of the log, as wide as a terminal.
      const quoted = out.split('\n').filter((line) => line.startsWith('    '));
      const lines = quoted.filter((line) => line.startsWith('    {"level":"'));
      expect(lines).toHaveLength(scenes.includes('One call hardens a service') ? 5 : 4);
      expect(Math.max(...quoted.map((line) => line.length))).toBeLessThanOrEqual(120);
      expect(err).toBe('');
      // Not a terminal: no colours, whatever the environment says.
      expect(out).not.toContain('\u001b');
      await expectNothingLeft();
    },
  );

  it.each(['Express 5', 'Koa 3'])(
    'plays the scene of the configuration alone on %s, and leaves nothing',
    async (on) => {
      const { code, out, err } = await demo('configuration', ...(on === 'Koa 3' ? ['--koa'] : [])).ended;
      expect([code, err], out).toEqual([0, '']);
      expect(out).toContain(`${on} service on PostgreSQL`);
      expect(out).toMatch(/^ {6}INVALID +SECRET_KEY +needs at least 32 characters$/m);
      const summary = out.slice(out.indexOf('Summary'));
      expect(summary).toMatch(/Configuration and a rotated secret +(\d+) of \1 /);
      expect(summary.match(/\d+ of \d+/g)).toHaveLength(1);
      await expectNothingLeft();
    },
  );

  it.each([
    ['Express 5', [], '404 with 2 of 5', 'also X-Powered-By: Express, on all 3'],
    ['Koa 3', ['--koa'], '404 with 0 of 5', 'no X-Powered-By'],
  ])('plays the scene of the one call alone on %s, and leaves nothing', async (on, args, bare, powered) => {
    const { code, out, err } = await demo('one-call', ...args).ended;
    expect([code, err], out).toEqual([0, '']);
    expect(out).toContain(`A shop on ${on} runs twice`);
    expect(out).toContain(`(200 with 0 of 5, ${bare}, 500 with 0 of 5; after the call 200 with 5 of 5,`);
    expect(out).toContain(powered);
    expect(out).toMatch(/100 x 200, 50 x 429 with Retry-After 900, .*; bare 150 x 200\)$/m);
    expect(out).toMatch(/2000 of them unmatched; (\d+) series before, \1 after\)$/m);
    const summary = out.slice(out.indexOf('Summary'));
    expect(summary).toMatch(/One call hardens a service +12 of 12 /);
    expect(summary.match(/\d+ of \d+/g)).toHaveLength(1);
    await expectNothingLeft();
  });

  it('plays the scene of the gate alone, and leaves nothing', async () => {
    const { code, out, err } = await demo('deployment').ended;
    expect([code, err], out).toEqual([0, '']);
    expect(out).toMatch(/^ {6}FAIL +Environment variables +1 of 3 required variables is missing: SECRET_KEY$/m);
    expect(out).toMatch(/^ {6}TIMEOUT +Payments +timed out after 500 ms$/m);
    expect(out.match(/\(exit code \d/g)).toEqual(['(exit code 1', '(exit code 4', '(exit code 0']);
    const summary = out.slice(out.indexOf('Summary'));
    expect(summary).toMatch(/A build at the gate +7 of 7 /);
    expect(summary.match(/\d+ of \d+/g)).toHaveLength(1);
    await expectNothingLeft();
  });

  it('plays the scene of the restart alone, and leaves nothing', async () => {
    const { code, out, err } = await demo('restart').ended;
    expect([code, err], out).toEqual([0, '']);
    expect(out).toMatch(/^ {4} *\S+ ms +\S+ ms {2}DONE {2}requests in flight$/m);
    expect(out).toMatch(/^ {4}not everything stopped: SIGTERM; requests in flight: 1 cut off: GET \/stuck$/m);
    const summary = out.slice(out.indexOf('Summary'));
    expect(summary).toMatch(/A rolling restart under load +(\d+) of \1 /);
    expect(summary.match(/\d+ of \d+/g)).toHaveLength(1);
    await expectNothingLeft();
  });

  it.each(['SIGINT', 'SIGKILL'] as const)('leaves no replica behind when %s ends it', async (signal) => {
    const { child, ended, prints } = demo('restart');
    await prints(/Two processes serve/);
    const replicas = await replicasOf(child);
    expect(replicas.length).toBeGreaterThanOrEqual(2);
    child.kill(signal);
    expect((await ended).code).toBe(signal === 'SIGINT' ? 1 : null);
    await expect.poll(() => replicas.filter(runs), { timeout: 10_000 }).toEqual([]);
    await expectNothingLeft();
  });

  it.each([
    ['Express 5', []],
    ['Koa 3', ['--koa']],
  ])('serves on %s and limits users and addresses as documented', async (_, args) => {
    const { child, ended, prints } = demo('--serve', '--port', '0', ...args);
    const [, url = ''] = await prints(/at (http:\/\/localhost:\d+)\./);
    const base = url.replace('localhost', '127.0.0.1');

    // for i in {1..110}; do curl -H "X-User-ID: 1" …/api/users; done
    const user: number[] = [];
    for (let n = 0; n < 110; n++)
      user.push((await fetch(`${base}/api/users`, { headers: { 'X-User-ID': '1' } })).status);
    expect(user.slice(0, 100)).toEqual(Array(100).fill(200));
    // The bucket fills up while the loop runs, by less than two a second.
    expect(user.filter((status) => status === 429).length).toBeGreaterThanOrEqual(5);
    const other = await fetch(`${base}/api/users`, { headers: { 'X-User-ID': '2' } });
    expect(other.status).toBe(200);

    // for i in {1..101}; do curl …/api/health; done
    const statuses: number[] = [];
    for (let n = 0; n < 101; n++) statuses.push((await fetch(`${base}/api/health`)).status);
    expect(statuses).toEqual([...(Array(100).fill(200) as number[]), 429]);
    const blocked = await fetch(`${base}/api/health`);
    expect(blocked.status).toBe(429);
    const retryAfter = blocked.headers.get('retry-after');
    expect(retryAfter).toMatch(/^\d+$/);
    expect(Number(retryAfter)).toBeGreaterThan(840);
    expect(Number(retryAfter)).toBeLessThanOrEqual(900);
    const elsewhere = await fetch(`${base}/api/health`, { headers: { 'X-Forwarded-For': '198.51.100.7' } });
    expect(elsewhere.status).toBe(200);
    expect((await fetch(`${base}/health/live`)).status).toBe(200);

    // curl …/metrics, from the address that is blocked.
    const scrape = await fetch(`${base}/metrics`);
    expect(scrape.status).toBe(200);
    expect(scrape.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const refused = user.filter((status) => status === 429).length;
    const text = await scrape.text();
    expect(text).toContain(
      `\nbreakwater_rate_limit_decisions_total{limiter="per-user",outcome="rejected"} ${String(refused)}\n`,
    );
    expect(text).toContain('\nbreakwater_ddos_blocked{protection="ddos"} 1\n');
    expect(text).toContain('\nprocess_resident_memory_bytes ');
    const openmetrics = await fetch(`${base}/metrics`, { headers: { Accept: 'application/openmetrics-text' } });
    expect(openmetrics.headers.get('content-type')).toMatch(/^application\/openmetrics-text/);
    expect(await openmetrics.text()).toMatch(/\n# EOF\n$/);
    const outside = await fetch(`${base}/metrics`, { headers: { 'X-Forwarded-For': '198.51.100.7' } });
    expect(outside.status).toBe(404);
    const secret = 'a-token-of-a-visitor-0123456789';
    await fetch(`${base}/api/feedback?token=${secret}`, {
      method: 'POST',
      headers: { 'X-Forwarded-For': '198.51.100.8', Authorization: `Bearer ${secret}` },
      body: `Authorization: Bearer ${secret}`,
    });

    child.kill('SIGINT');
    const { code, out, err } = await ended;
    expect(code).toBe(0);
    const lines = err
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines[0]).toMatchObject({ msg: 'listening', database: { user: 'demo', password: '[secret]' } });
    expect(lines.map(({ msg }) => msg)).toEqual(expect.arrayContaining(['ddos-protection ddos: blocked', 'feedback']));
    expect(err + text).not.toContain(secret);
    expect(out).toMatch(/curl -s http:\/\/localhost:\d+\/metrics/);
    expect(out).toMatch(/Ending\.\n$/);
    await expect(fetch(`${base}/api/health`)).rejects.toThrow();
    await expectNothingLeft();
  });

  it('writes the log of --serve to a file that is named', async () => {
    const file = path.join(scratch, 'lines.jsonl');
    const { child, ended, prints } = demo('--serve', '--port', '0', '--log', file);
    await prints(/Look around/);
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse((await readFile(file, 'utf8')).split('\n')[0] ?? '')).toMatchObject({ msg: 'listening' });
    await expectNothingLeft();
  });

  it('says in one line that it cannot write its log there', async () => {
    const { code, err } = await demo('--serve', '--port', '0', '--log', scratch).ended;
    expect(code).toBe(1);
    expect(err).toMatch(/^demo: EISDIR: .*\n$/);
    await expectNothingLeft();
  });

  it('says in one line when the port is taken', async () => {
    const first = demo('--serve', '--port', '0');
    const [, port = ''] = await first.prints(/localhost:(\d+)\./);
    const { code, err } = await demo('--serve', '--port', port).ended;
    expect(code).toBe(1);
    expect(err).toBe('demo: the port is taken; choose another one with --port N\n');
    first.child.kill('SIGTERM');
    expect((await first.ended).code).toBe(0);
    await expectNothingLeft();
  });

  it.each(['SIGINT', 'SIGKILL'] as const)(
    'leaves nothing behind when %s ends it while the database is frozen',
    async (signal) => {
      const { child, ended, prints } = demo();
      await prints(/The server is frozen/);
      const pid = await serverPid();
      expect(runs(pid)).toBe(true);
      child.kill(signal);
      const { code, err } = await ended;
      expect(code).toBe(signal === 'SIGINT' ? 1 : null);
      expect(err).toBe('');
      await expectNothingLeft();
      await expect.poll(() => runs(pid), { timeout: 10_000 }).toBe(false);
    },
  );

  it('runs a copy of PostgreSQL when the package has not made its library links', async () => {
    const native = path.join(scratch, 'as-installed', 'native');
    await cp(await installedNative(), native, { recursive: true, verbatimSymlinks: true });
    const links = JSON.parse(await readFile(path.join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]')) as {
      target: string;
    }[];
    for (const { target } of links) await unlink(path.join(native, '..', target)).catch(() => undefined);
    const { postgres: program } = await findBinaries(scratch, undefined, native);
    expect(program.startsWith(native)).toBe(links.length === 0);
    const { stdout } = await promisify(execFile)(program, ['--version']);
    expect(stdout).toMatch(/^postgres \(PostgreSQL\) 18/);
  });
});
