import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { findBinaries, openToAll, type PostgresBinaries, type RunAs, unprivilegedUser } from './postgres-binaries.js';

/** How to reach the database. */
export interface DatabaseAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '40',
  shared_buffers: '16MB',
  // Files in the data folder, so that nothing is left in /dev/shm and small containers suffice.
  dynamic_shared_memory_type: 'mmap',
  // The data lives for a minute; nobody needs it after a power cut.
  fsync: 'off',
  autovacuum: 'off',
  io_method: 'sync',
  wal_level: 'minimal',
  max_wal_senders: '0',
};

const START_WITHIN_MS = 20_000;
const STOP_WITHIN_MS = 8_000;

/**
 * A private PostgreSQL on a free loopback port, in a temporary folder. It can be frozen, crashed, stopped and started
 * again on the same port with the same data; `remove()` leaves nothing behind, and so does the death of the process.
 */
export class Database {
  readonly address: DatabaseAddress;
  /** Where all its files are; gone when it is removed, and when the process dies. */
  readonly folder: string;
  readonly #binaries: PostgresBinaries;
  readonly #runAs: RunAs | undefined;
  readonly #janitor: ChildProcess;
  #server: ChildProcess | undefined;
  #frozen: number[] = [];
  #removed = false;
  #log = '';

  private constructor(
    folder: string,
    binaries: PostgresBinaries,
    runAs: RunAs | undefined,
    janitor: ChildProcess,
    address: DatabaseAddress,
  ) {
    this.folder = folder;
    this.#binaries = binaries;
    this.#runAs = runAs;
    this.#janitor = janitor;
    this.address = address;
  }

  /** Makes a fresh database and starts it. */
  static async create(): Promise<Database> {
    if (process.platform === 'win32') throw new Error('the demo runs on Linux and macOS');
    const runAs = await unprivilegedUser();
    const folder = await temporaryFolder(runAs);
    const janitor = hireJanitor(folder);
    const password = randomBytes(16).toString('hex');
    try {
      const binaries = await findBinaries(folder, runAs);
      const port = await freePort();
      const address = { host: '127.0.0.1', port, user: 'demo', password, database: 'postgres' };
      const database = new Database(folder, binaries, runAs, janitor, address);
      await database.#initialise();
      await database.start();
      return database;
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      janitor.stdin?.end();
      throw error;
    }
  }

  /** How the server is. */
  get condition(): 'runs' | 'is frozen' | 'is stopped' {
    if (this.#server === undefined) return 'is stopped';
    return this.#frozen.length > 0 ? 'is frozen' : 'runs';
  }

  /** Starts the server, also after a crash, on the port and the data that it had. */
  async start(): Promise<void> {
    if (this.#removed) throw new Error('the database is removed');
    if (this.#server !== undefined) return;
    const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const server = this.#spawn(this.#binaries.postgres, [
      '-D',
      this.#data,
      '-p',
      String(this.address.port),
      ...settings,
    ]);
    this.#server = server;
    server.once('exit', () => {
      if (this.#server === server) this.#server = undefined;
      this.#tellJanitor();
    });
    this.#tellJanitor();
    const ready = new Promise<'ready'>((resolve) => {
      server.stderr?.on('data', () => {
        if (this.#log.includes('ready to accept connections')) resolve('ready');
      });
    });
    if ((await Promise.race([ready, ended(server), after(START_WITHIN_MS)])) === 'ready') return;
    server.kill('SIGKILL');
    throw new Error(`PostgreSQL did not start: ${this.#lastLine()}`);
  }

  /** Stops every process of the server in mid-work: connections stay open, nothing answers any more. */
  async freeze(): Promise<void> {
    const pid = this.#server?.pid;
    if (pid === undefined || this.#frozen.length > 0) return;
    const client = new pg.Client(this.address);
    client.on('error', () => undefined);
    await client.connect();
    // The listener first: afterwards no process can join those that the query lists.
    process.kill(pid, 'SIGSTOP');
    const { rows } = await client.query<{ pid: number }>(
      "select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()",
    );
    this.#frozen = [pid, ...rows.map((row) => row.pid)];
    for (const backend of this.#frozen) signal(backend, 'SIGSTOP');
    this.#tellJanitor();
    await client.end();
  }

  /** Lets a frozen server go on as if nothing had happened. */
  thaw(): void {
    for (const pid of this.#frozen) signal(pid, 'SIGCONT');
    this.#frozen = [];
    this.#tellJanitor();
  }

  /** Ends the server at once: connections are cut, nothing is written back, the next start has to recover. */
  crash(): Promise<void> {
    return this.#end('SIGQUIT');
  }

  /** Ends the server in good order: connections are closed, everything is written back. */
  stop(): Promise<void> {
    return this.#end('SIGINT');
  }

  /** Ends the server and deletes all its files. */
  async remove(): Promise<void> {
    // First, so that nobody starts the server again meanwhile.
    this.#removed = true;
    await this.crash();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
    this.#janitor.stdin?.end();
  }

  get #data(): string {
    return path.join(this.folder, 'data');
  }

  async #initialise(): Promise<void> {
    const passwordFile = path.join(this.folder, 'password');
    await writeFile(passwordFile, this.address.password, { mode: 0o600 });
    if (this.#runAs !== undefined) await chown(passwordFile, this.#runAs.uid, this.#runAs.gid);
    const initdb = this.#spawn(this.#binaries.initdb, [
      `--pgdata=${this.#data}`,
      `--username=${this.address.user}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--no-sync',
      '--no-instructions',
    ]);
    this.#tellJanitor(initdb.pid);
    // Its output is complete only when the pipe is closed.
    const code = await ended(initdb, 'close');
    this.#tellJanitor();
    await rm(passwordFile, { force: true });
    if (code !== 0) throw new Error(`PostgreSQL could not make its data folder: ${this.#lastLine()}`);
  }

  /** A process group of its own, so that Ctrl-C on the terminal reaches the demo and not the server. */
  #spawn(program: string, args: readonly string[]): ChildProcess {
    this.#log = '';
    const child = spawn(program, args, {
      cwd: this.folder,
      detached: true,
      env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', TMPDIR: this.folder },
      stdio: ['ignore', 'ignore', 'pipe'],
      ...this.#runAs,
    });
    child.on('error', (error) => (this.#log += `\n${error.message}`));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#log = (this.#log + text).slice(-8_000)));
    return child;
  }

  /** Keeps the list of processes current that have to end if this one dies; `first` leads it. */
  #tellJanitor(first = this.#server?.pid): void {
    const pids = new Set([first, ...this.#frozen]);
    pids.delete(undefined);
    this.#janitor.stdin?.write(`${[...pids].join(' ')}\n`);
  }

  async #end(how: 'SIGQUIT' | 'SIGINT'): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    const gone = ended(server);
    server.kill(how);
    this.thaw();
    if ((await Promise.race([gone, after(STOP_WITHIN_MS)])) !== 'late') return;
    server.kill('SIGKILL');
    await gone;
  }

  #lastLine(): string {
    const lines = this.#log
      .split('\n')
      .filter((line) => line.trim() !== '')
      .reverse();
    return lines.find((line) => /error|fatal|could not|denied|lock file/i.test(line)) ?? lines[0] ?? 'it said nothing';
  }
}

/** Resolves with the exit code once `child` is gone, `-1` when a signal ended it or it never began. */
async function ended(child: ChildProcess, event: 'exit' | 'close' = 'exit'): Promise<number> {
  if (child.exitCode !== null) return child.exitCode;
  if (child.signalCode !== null || child.pid === undefined) return -1;
  return new Promise((resolve) => {
    child.once(event, (code: number | null) => {
      resolve(code ?? -1);
    });
  });
}

function after(ms: number): Promise<'late'> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms, 'late').unref();
  });
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It is gone already.
  }
}

async function temporaryFolder(runAs: RunAs | undefined): Promise<string> {
  for (const parent of new Set([tmpdir(), '/tmp', '/var/tmp'])) {
    if (runAs !== undefined && !(await openToAll(parent).catch(() => false))) continue;
    const folder = await mkdtemp(path.join(parent, 'breakwater-demo-'));
    if (runAs !== undefined) await chown(folder, runAs.uid, runAs.gid);
    return folder;
  }
  throw new Error('no temporary folder that PostgreSQL may enter; set TMPDIR to one that is open to all');
}

/**
 * A shell that waits for this process to be gone, however it went, and then clears up after it. It hears of that by
 * the end of its standard input, which nothing can keep from happening; each line before says which processes to end,
 * the server first.
 */
function hireJanitor(folder: string): ChildProcess {
  const duty = `pids=; while read -r line; do pids=$line; done
    if [ -n "$pids" ]; then kill -QUIT "\${pids%% *}"; kill -CONT $pids; sleep 1; fi
    rm -rf "$1"`;
  const janitor = spawn('/bin/sh', ['-c', duty, 'breakwater-demo-janitor', folder], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  for (const part of [janitor, janitor.stdin]) part.on('error', () => undefined);
  janitor.unref();
  // The type says stream; the pipe beneath it is what would keep this process alive.
  (janitor.stdin as unknown as { unref?: () => void }).unref?.();
  return janitor;
}

/**
 * A free port below the range of outgoing connections, where no client's own port can take it during a restart.
 *
 * @param among - the first so many of ten thousand.
 */
export async function freePort(among = 10_000): Promise<number> {
  for (;;) {
    const port = 20_000 + (randomBytes(2).readUInt16BE() % among);
    const server = createServer().listen(port, '127.0.0.1');
    const free = await Promise.race([
      once(server, 'listening').then(() => true),
      once(server, 'error').then(() => false),
    ]);
    if (!free) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}
