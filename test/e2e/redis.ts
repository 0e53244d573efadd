import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../examples/demo/database.js';

/**
 * A real Redis, or `undefined` on a machine that has none: its tests are then skipped with one printed line. With
 * `CI=true` that is a failure.
 */
export async function tryRedis(): Promise<RedisServer | undefined> {
  if (spawnSync('redis-server', ['--version']).status !== 0) {
    const text = 'no redis-server on this machine; bash scripts/services.sh installs it';
    if (process.env['CI'] === 'true') throw new Error(text);
    process.stderr.write(`skipped: ${text}\n`);
    return undefined;
  }
  const redis = new RedisServer(await freePort());
  await redis.start();
  return redis;
}

/** Runs the server until standard input ends, as it does also when the tests die, and then ends it. */
const KEEPER = '"$@" </dev/null & echo "pid=$!"; cat >/dev/null; kill -KILL "$!"; wait "$!"';
const START_WITHIN_MS = 10_000;

/**
 * A Redis of its own: on a loopback port, in a folder of its own, keeping nothing. It can be paused, stopped and started
 * again on the same port; nothing of it is left when it is removed, nor when this process dies.
 */
class RedisServer {
  readonly host = '127.0.0.1';
  readonly port: number;
  readonly #dir = mkdtempSync(join(tmpdir(), 'breakwater-redis-'));
  #keeper: ChildProcess | undefined;
  #pid = 0;

  constructor(port: number) {
    this.port = port;
  }

  get url(): string {
    return `redis://${this.host}:${String(this.port)}`;
  }

  async start(): Promise<void> {
    if (this.#keeper !== undefined) return;
    const settings = ['--bind', this.host, '--port', String(this.port), '--dir', this.#dir, '--save', ''];
    const args = ['-c', KEEPER, 'redis-keeper', 'redis-server', ...settings, '--appendonly', 'no'];
    const keeper = spawn('/bin/sh', args, { stdio: ['pipe', 'pipe', 'ignore'] });
    keeper.stdin.on('error', () => undefined);
    this.#keeper = keeper;
    let said = '';
    const ready = new Promise<boolean>((resolve) => {
      keeper.stdout.on('data', (text: Buffer) => {
        said += text.toString();
        if (said.includes('Ready to accept connections')) resolve(true);
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
