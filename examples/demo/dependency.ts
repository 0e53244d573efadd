import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How a dependency behaves: it answers, answers 503, or accepts and never answers. */
export type Mood = 'fine' | 'failing' | 'silent';

/** A service that ours depends on, over HTTP on a free loopback port; what reaches it is counted. */
export class Dependency {
  mood: Mood = 'fine';
  requests = 0;
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((_, res) => {
      this.requests++;
      if (this.mood === 'silent') return;
      res.statusCode = this.mood === 'fine' ? 200 : 503;
      res.end(JSON.stringify({ rate: 1.1 }));
    });
  }

  static async start(): Promise<Dependency> {
    const dependency = new Dependency();
    dependency.#server.listen(0, '127.0.0.1');
    await once(dependency.#server, 'listening');
    return dependency;
  }

  /** Asks it, as a client of our service does. */
  async ask(signal?: AbortSignal): Promise<number> {
    const { port } = this.#server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${String(port)}/`, signal === undefined ? {} : { signal });
    const { rate } = (await answer.json()) as { readonly rate: number };
    if (!answer.ok) throw new Error(`the dependency answered ${String(answer.status)}`);
    return rate;
  }

  /** Requests that `play` leads to. */
  async reachedBy(play: () => Promise<unknown>): Promise<number> {
    const before = this.requests;
    await play();
    return this.requests - before;
  }

  async close(): Promise<void> {
    const gone = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await gone;
  }
}
