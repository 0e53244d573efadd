import { clearTimeout, setTimeout } from 'node:timers';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const REPLICA = fileURLToPath(new URL('replica.js', import.meta.url));
const LONGEST_START_MS = 20_000;
/** So much of what a replica complains about is kept. */
const KEPT_CHARACTERS = 2_000;

/** A server process of the run, and what its clients have open there. */
class Replica {
  #child;
  #exit;
  #complaints = '';
  #leftovers = new Set();

  constructor(child) {
    this.#child = child;
    child.stderr.setEncoding('utf8').on('data', (text) => {
      this.#complaints = (this.#complaints + text).slice(-KEPT_CHARACTERS);
    });
    // A replica that is gone reads no more of its input.
    child.stdin.on('error', () => undefined);
    this.#exit = new Promise((resolve) => {
      child.once('error', (error) => resolve({ code: error.message, signal: null }));
      child.once('exit', (code, signal) => resolve({ code, signal }));
    });
  }

  get complaints() {
    return this.#complaints.trim();
  }

  /** Resolves when the replica serves. */
  async serving() {
    const { stdout } = this.#child;
    let said = '';
    let timer;
    const port = new Promise((resolve, reject) => {
      timer = setTimeout(() => reject(this.#failure('does not start')), LONGEST_START_MS);
      stdout.setEncoding('utf8').on('data', (text) => {
        said = (said + text).slice(-KEPT_CHARACTERS);
        const line = /^\{"port":(\d+)\}$/m.exec(said);
        if (line !== null) resolve(Number(line[1]));
      });
      void this.#exit.then(() => reject(this.#failure('ended instead of starting')));
    });
    try {
      this.port = await port;
    } finally {
      clearTimeout(timer);
    }
    return this;
  }

  #failure(what) {
    return new Error(`a replica ${what}: ${this.complaints || 'it said nothing'}`);
  }

  /** What is to be cleared away once the replica is gone; the returned function takes it back. */
  leftover(clear) {
    this.#leftovers.add(clear);
    return () => this.#leftovers.delete(clear);
  }

  /** Asks the replica to stop and waits until it has, at most `killMs`. */
  async stop(killMs) {
    const startMs = performance.now();
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) throw this.#failure('ended by itself');
    let killed = false;
    const timer = setTimeout(() => {
      killed = true;
      this.#child.kill('SIGKILL');
    }, killMs);
    this.#child.kill('SIGTERM');
    const { code, signal } = await this.#exit;
    clearTimeout(timer);
    const exit = { ms: Math.round(performance.now() - startMs), status: code ?? signal, killed };
    for (const clear of this.#leftovers) clear();
    return exit;
  }

  /** Ends the replica, whatever it is doing. */
  async kill() {
    this.killNow();
    await this.#exit;
    for (const clear of this.#leftovers) clear();
  }

  killNow() {
    this.#child.kill('SIGKILL');
  }

  async gone() {
    await this.#exit;
  }
}

/** The server processes of a run; none outlives it. */
export class Replicas {
  #live = new Set();
  #args;

  constructor({ protocol, driver, delayMs }) {
    this.#args = [REPLICA, protocol, driver.module, driver.id, String(delayMs)];
  }

  /** Resolves to a replica that serves. */
  async start() {
    // No terminal, no orchestrator, no test, no development: a replica sees what a plain service sees.
    const { PATH, BREAKWATER_DIST } = process.env;
    const env = { PATH, ...(BREAKWATER_DIST === undefined ? {} : { BREAKWATER_DIST }) };
    const replica = new Replica(spawn(process.execPath, this.#args, { env, stdio: ['pipe', 'pipe', 'pipe'] }));
    this.#live.add(replica);
    void replica.gone().then(() => this.#live.delete(replica));
    return replica.serving();
  }

  /** Ends all that are left. */
  async end() {
    await Promise.all([...this.#live].map((replica) => replica.kill()));
  }

  /** The same for a process that has no time to wait. */
  endNow() {
    for (const replica of this.#live) replica.killNow();
  }
}
