import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';

/** A request that announces a body, and sends it only when it is told to. */
export class Upload {
  readonly #request: ClientRequest;
  readonly #bytes: number;
  /** Resolves with the head of the answer. */
  readonly answered: Promise<IncomingMessage>;

  constructor(url: string, address: string, bytes: number) {
    this.#bytes = bytes;
    const headers = { 'X-Forwarded-For': address, 'Content-Length': String(bytes) };
    this.#request = request(url, { method: 'POST', headers, timeout: 10_000 });
    this.answered = once(this.#request, 'response').then(([response]) => response as IncomingMessage);
    // Whoever waits for it hears of an error; when nobody does, it is no matter.
    this.answered.catch(() => undefined);
    this.#request.once('timeout', () => this.#request.destroy(new Error('no answer to an upload within 10 s')));
    this.#request.flushHeaders();
  }

  /** What has gone out so far, the head of the request included. */
  get sentBytes(): number {
    return this.#request.socket?.bytesWritten ?? 0;
  }

  send(): void {
    this.#request.end(Buffer.alloc(this.#bytes));
  }

  close(): void {
    this.#request.destroy();
  }
}
