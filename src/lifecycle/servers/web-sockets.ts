import type { Drained, WebSocketServerShape, WebSocketShape } from './shapes.js';

/** The WebSockets of one server of the package `ws`. @internal */
export class WebSocketDrain implements Drained {
  readonly #server: WebSocketServerShape;
  readonly #onChange: () => void;
  #closed = false;
  #gone = false;

  constructor(server: WebSocketServerShape, onChange: () => void) {
    this.#server = server;
    this.#onChange = onChange;
  }

  get size(): number {
    return this.#gone ? 0 : [...this.#server.clients].length;
  }

  get listening(): boolean {
    return !this.#closed;
  }

  close(): void {
    this.#closed = true;
    try {
      this.#server.close(() => {
        this.#gone = true;
        this.#onChange();
      });
    } catch {
      // It was closed by its owner.
    }
    // 1001: the server goes away (RFC 6455, 7.4.1).
    this.#each((client) => {
      client.close(1001, 'going away');
    });
  }

  destroy(): void {
    this.#each((client) => {
      client.terminate();
    });
  }

  /** One that throws keeps no other from hearing it. */
  #each(tell: (client: WebSocketShape) => void): void {
    for (const client of this.#server.clients) {
      try {
        tell(client);
      } catch {
        // It is gone, or no connection.
      }
    }
  }
}
