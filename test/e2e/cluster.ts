import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

const ROOT = join(import.meta.dirname, '../..');
const dist = (file: string): string => JSON.stringify(pathToFileURL(join(ROOT, 'dist', file)).href);

/** What every program of a cluster begins with: the primary and its workers run the same file. */
const BEGINNING = `
  import cluster from 'node:cluster';
  import { writeFileSync } from 'node:fs';
  import { setTimeout as pause } from 'node:timers/promises';
  import { createClusterStore } from ${dist('cluster.js')};
  import { SharedPerUserRateLimiter } from ${dist('rate-limiter.js')};
  import { createMemoryStore, ManualClock, storeConformance } from ${dist('testing.js')};
  /** Keeps a result where the tests find it, whatever happens to the process afterwards. */
  const tell = (name, result) => writeFileSync(process.env.RESULTS + '/' + name + '.json', JSON.stringify(result));
  const workers = () => Object.values(cluster.workers ?? {});`;

/** A program in several processes, with the built package. */
export class ClusterProgram {
  readonly child: ChildProcess;
  /** Exit code or signal of the primary. */
  readonly ended: Promise<number | string | null>;
  readonly #dir = mkdtempSync(join(tmpdir(), 'breakwater-cluster-'));
  #said = '';

  constructor(code: string, env: Record<string, string> = {}) {
    const file = join(this.#dir, 'program.mjs');
    writeFileSync(file, `${BEGINNING}\n${code}\n`);
    const { PATH = '' } = process.env;
    const stdio = ['ignore', 'ignore', 'pipe'] as const;
    const child = spawn(process.execPath, [file], { env: { PATH, RESULTS: this.#dir, ...env }, stdio: [...stdio] });
    child.stderr.on('data', (chunk: Buffer) => (this.#said += chunk.toString()));
    this.child = child;
    this.ended = once(child, 'exit').then(([exit, signal]) => (exit as number | null) ?? (signal as string));
  }

  /** What its processes wrote to standard error. */
  get said(): string {
    return this.#said;
  }

  /** What has been told under names that begin so. */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
  results<T>(prefix: string): readonly T[] {
    return this.#files(prefix).map((file) => JSON.parse(readFileSync(join(this.#dir, file), 'utf8')) as T);
  }

  /** Waits until as many results are there. */
  async told<T>(prefix: string, count = 1, withinMs = 30_000): Promise<readonly T[]> {
    let untilMs = performance.now() + withinMs;
    while (this.#files(prefix).length < count) {
      const { exitCode, signalCode } = this.child;
      // Workers may have something to tell after it, but for no longer than a load takes.
      if (exitCode !== null || signalCode !== null) untilMs = Math.min(untilMs, performance.now() + 30_000);
      if (performance.now() > untilMs) throw new Error(`${prefix} is missing: ${this.#said}`);
      await pause(20);
    }
    await pause(50);
    return this.results<T>(prefix);
  }

  signal(name: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL' | 'SIGTERM'): void {
    this.child.kill(name);
  }

  /** Ends the primary, with which its workers end. */
  async remove(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.signal('SIGKILL');
      await this.ended;
    }
    for (const { pid } of this.results<{ readonly pid: number }>('pid-')) kill(pid);
    rmSync(this.#dir, { recursive: true, force: true });
  }

  #files(prefix: string): readonly string[] {
    return readdirSync(this.#dir).filter((file) => file.startsWith(prefix) && file.endsWith('.json'));
  }
}

/** Ends a worker that outlived its primary, if there is still one. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** One decision of a worker under load. */
export interface Decided {
  readonly atMs: number;
  readonly ms: number;
  /** By how much the process's own loop was late meanwhile. */
  readonly lagMs: number;
  readonly allowed: boolean;
  readonly degraded: boolean;
}

/** What a worker under load tells when it ends. */
export interface Load {
  readonly pid: number;
  readonly seen: readonly Decided[];
  readonly events: readonly string[];
}

/**
 * In a worker: many that ask, one after the other each, for `forMs`; what they saw is told when the process ends, however it does
 * but by a signal.
 */
export const UNDER_LOAD = `
  async function underLoad(store, { forMs, capacity, askers = 20, everyMs = 5, instances = 3, storeTimeoutMs = 200 }) {
    tell('pid-' + process.pid, { pid: process.pid });
    const limiter = new SharedPerUserRateLimiter({ capacity, refillPerSecond: 0.01, store, instances, storeTimeoutMs });
    const [seen, events, ticks] = [[], [], []];
    limiter.on('storeLost', ({ reason }) => events.push('lost: ' + reason));
    limiter.on('storeRestored', () => events.push('restored'));
    const told = () => {
      for (const one of seen) {
        const meanwhile = ticks.filter(({ atMs }) => atMs >= one.atMs && atMs - one.atMs - one.ms <= 100);
        one.lagMs = Math.max(0, ...meanwhile.map(({ lagMs }) => lagMs));
      }
      tell('load-' + process.pid, { pid: process.pid, seen, events });
    };
    process.on('exit', told);
    const endMs = Date.now() + forMs;
    const watch = (async () => {
      while (Date.now() < endMs) {
        const fromMs = performance.now();
        await pause(2);
        const lagMs = performance.now() - fromMs - 2;
        if (lagMs > 1) ticks.push({ atMs: Date.now(), lagMs });
      }
    })();
    const ask = async () => {
      while (Date.now() < endMs) {
        const [atMs, fromMs] = [Date.now(), performance.now()];
        const { degraded, allowed } = await limiter.check('somebody');
        seen.push({ atMs, ms: performance.now() - fromMs, degraded, allowed });
        await pause(everyMs);
      }
    };
    await Promise.all([watch, ...Array.from({ length: askers }, ask)]);
  }`;

/** Longer than what a busy machine keeps a process from answering. */
const DEADLINE_MS = 200;
/** The budget's ten, and what the clocks of two processes that are compared leave open. */
const GRACE_MS = 10;

/** How many decisions of a thousand took longer than they may. */
export function late(seen: readonly Decided[]): number {
  const slow = seen.filter(({ ms, lagMs }) => ms > DEADLINE_MS + GRACE_MS + lagMs);
  return (slow.length / seen.length) * 1_000;
}
