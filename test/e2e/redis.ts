import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../examples/demo/database.js';

/**
 * A real Redis, or `undefined` on a machine that has none: its tests are then skipped with one printed line. With
 * `CI=true` that is a failure.
 */
export async function tryRedis(): Promise<RedisServer | undefined> {
  return hasRedis() ? await startRedis() : undefined;
}

/** Whether there is one; the line that says there is none is printed here. */
export function hasRedis(): boolean {
  if (spawnSync('redis-server', ['--version']).status === 0) return true;
  const text = 'no redis-server on this machine; bash scripts/services.sh installs it';
  if (process.env['CI'] === 'true') throw new Error(text);
  process.stderr.write(`skipped: ${text}\n`);
  return false;
}

/** Starts one with more settings, such as `--maxmemory 3mb`. */
export async function startRedis(settings: readonly string[] = [], port?: number): Promise<RedisServer> {
  const redis = new RedisServer(port ?? (await freePort()), settings);
  await redis.start();
  return redis;
}

/** Three masters that share the keys. */
export async function startCluster(): Promise<{ readonly nodes: readonly RedisServer[]; remove(): Promise<void> }> {
  const settings = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000'];
  // Each has a second one for the others, ten thousand above: that must be below the range of outgoing connections as well.
  const node = async () => startRedis(settings, await freePort(2_000));
  const nodes = [await node(), await node(), await node()];
  const addresses = nodes.map(({ host, port }) => `${host}:${String(port)}`);
  const made = spawnSync('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-yes'], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`no cluster: ${made.stdout}${made.stderr}`);
  return {
    nodes,
    async remove() {
      await Promise.all(nodes.map((node) => node.remove()));
    },
  };
}

/** A master, a replica, and three that watch over them. */
export async function startSentinels() {
  const master = await startRedis();
  const replica = await startRedis(['--replicaof', master.host, String(master.port)]);
  const watched = `sentinel monitor main ${master.host} ${String(master.port)} 2`;
  const rules = ['sentinel down-after-milliseconds main 400', 'sentinel failover-timeout main 2000'];
  const sentinels: RedisServer[] = [];
  for (let i = 0; i < 3; i++) {
    const sentinel = new RedisServer(await freePort(), [], [watched, ...rules]);
    await sentinel.start();
    sentinels.push(sentinel);
  }
  return {
    master,
    replica,
    sentinels,
    async remove() {
      await Promise.all([...sentinels, replica, master].map((server) => server.remove()));
    },
  };
}

/** Runs the server until standard input ends, as it does also when the tests die, and then ends it. */
const KEEPER = '"$@" </dev/null & echo "pid=$!"; cat >/dev/null; kill -KILL "$!"; wait "$!"';
const START_WITHIN_MS = 10_000;

/**
 * A Redis of its own: on a loopback port, in a folder of its own, keeping nothing. It can be paused, stopped and started
 * again on the same port; nothing of it is left when it is removed, nor when this process dies.
 */
export class RedisServer {
  readonly host = '127.0.0.1';
  readonly port: number;
  readonly #dir = mkdtempSync(join(tmpdir(), 'breakwater-redis-'));
  #keeper: ChildProcess | undefined;
  #pid = 0;

  readonly #settings: readonly string[];
  readonly #sentinel: readonly string[] | undefined;

  /** @param sentinel - makes a sentinel of it, with these lines. */
  constructor(port: number, settings: readonly string[] = [], sentinel?: readonly string[]) {
    this.port = port;
    this.#settings = settings;
    this.#sentinel = sentinel;
  }

  get url(): string {
    return `redis://${this.host}:${String(this.port)}`;
  }

  async start(): Promise<void> {
    if (this.#keeper !== undefined) return;
    const args = ['-c', KEEPER, 'redis-keeper', 'redis-server', ...this.#arguments()];
    const keeper = spawn('/bin/sh', args, { stdio: ['pipe', 'pipe', 'ignore'] });
    keeper.stdin.on('error', () => undefined);
    this.#keeper = keeper;
    let said = '';
    const ready = new Promise<boolean>((resolve) => {
      keeper.stdout.on('data', (text: Buffer) => {
        said += text.toString();
        if (/Ready to accept connections|Sentinel ID is/.test(said)) resolve(true);
      });
      keeper.once('close', () => {
        resolve(false);
      });
      setTimeout(resolve, START_WITHIN_MS, false).unref();
    });
    if (!(await ready)) {
      await this.stop();
      throw new Error(`Redis did not start: ${said.slice(-500)}`);
    }
    this.#pid = Number(/^pid=(\d+)$/m.exec(said)?.[1]);
  }

  #arguments(): readonly string[] {
    const where = ['--bind', this.host, '--port', String(this.port), '--dir', this.#dir];
    if (this.#sentinel === undefined) return [...where, '--save', '', '--appendonly', 'no', ...this.#settings];
    const file = join(this.#dir, 'sentinel.conf');
    // It writes down there what it learns.
    if (!existsSync(file)) writeFileSync(file, [...this.#sentinel, ''].join('\n'));
    return [file, '--sentinel', ...where];
  }

  /** Stops it in mid-work: connections stay open, nothing answers any more. */
  pause(): void {
    process.kill(this.#pid, 'SIGSTOP');
  }

  /** Lets it go on as if nothing had happened. */
  resume(): void {
    if (this.#keeper !== undefined) process.kill(this.#pid, 'SIGCONT');
  }

  /** Ends it at once. */
  async stop(): Promise<void> {
    const keeper = this.#keeper;
    if (keeper === undefined) return;
    this.#keeper = undefined;
    const gone = once(keeper, 'close');
    keeper.stdin?.end();
    await gone;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.#dir, { recursive: true, force: true });
  }
}
