import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The service that the one on Koa asks for products; it can fail, hang, and come back. */
export class Catalogue {
  /** How it answers. */
  mood: 'well' | 'failing' | 'silent' = 'well';
  readonly #server: Server;
  #waiting: (() => void)[] = [];

  constructor() {
    this.#server = createServer((request, response) => {
      const answer = (): void => {
        const sku = /^\/products\/(\w+)$/.exec(request.url ?? '')?.[1];
        const found = request.url === '/health' || sku === 'kettle';
        response.writeHead(this.mood === 'failing' ? 500 : found ? 200 : 404, { 'Content-Type': 'application/json' });
        response.end(JSON.stringify({ sku, title: 'A kettle', cents: 2_400 }));
      };
      if (this.mood === 'silent') this.#waiting.push(answer);
      else answer();
    }).listen(0, '127.0.0.1');
  }

  async url(): Promise<string> {
    if (!this.#server.listening) await once(this.#server, 'listening');
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  /** How many requests it has not answered yet. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Answers all that wait. */
  speak(): void {
    this.mood = 'well';
    for (const answer of this.#waiting.splice(0)) answer();
  }

  async close(): Promise<void> {
    const gone = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await gone;
  }
}
