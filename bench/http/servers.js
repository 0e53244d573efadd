/* global AbortSignal */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const SERVER = fileURLToPath(new URL('server.js', import.meta.url));
const LONGEST_ANSWER_MS = 20_000;

/** A server in a process of its own. */
class ServerProcess {
  #child;
  #gone;

  constructor(child) {
    this.#child = child;
    this.#gone = once(child, 'exit').then(([code, why]) => {
      throw new Error(`a server ended with ${String(code ?? why)}`);
    });
    // At the end of the run they all go.
    this.#gone.catch(() => undefined);
  }

  /** The next thing that it says. */
  async heard() {
    const signal = AbortSignal.timeout(LONGEST_ANSWER_MS);
    const [said] = await Promise.race([once(this.#child, 'message', { signal }), this.#gone]);
    return said;
  }

  /** @param what - `usage`: CPU time so far; `report`: what was counted. */
  ask(what) {
    this.#child.send(what);
    return this.heard();
  }

  end() {
    this.#child.kill('SIGKILL');
  }
}

/** Servers that end with `endAll`, whatever became of the run. */
export class Servers {
  #all = [];

  /** Starts a stack; resolves when it serves. */
  async start(stack, settings) {
    const child = fork(SERVER, [stack, JSON.stringify(settings)], {
      execArgv: [],
      env: { ...process.env, NODE_ENV: 'production' },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const server = new ServerProcess(child);
    this.#all.push(server);
    server.port = (await server.heard()).port;
    return server;
  }

  endAll() {
    for (const server of this.#all) server.end();
  }
}
