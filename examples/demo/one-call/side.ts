import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client } from '../client.js';
import { type LogBook, type LogLine, read } from '../log-book.js';
import { watch } from '../stage.js';

/** One of the two shops, as it is served. */
export class Side {
  readonly #book: LogBook;
  readonly #clients: Client[] = [];
  readonly #server;

  constructor(listener: RequestListener, book: LogBook) {
    this.#server = createServer(listener);
    this.#book = book;
  }

  async listen(): Promise<void> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  /** Somebody with this address. */
  client(address: string): Client {
    const client = new Client(this.url, address);
    this.#clients.push(client);
    return client;
  }

  /** All lines so far, as they were written. */
  text(): readonly string[] {
    return this.#book.since(0);
  }

  /** The lines so far that are such. */
  lines(such: (line: LogLine) => boolean): readonly LogLine[] {
    return this.text().map(read).filter(such);
  }

  /** Waits for so many of them: the line of a request is written when its answer has left, perhaps after it came in. */
  async written(count: number, such: (line: LogLine) => boolean): Promise<readonly LogLine[]> {
    const look = () => Promise.resolve(this.lines(such));
    return (await watch(look, ({ length }) => length >= count, 2_000)).seen;
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.close();
    const gone = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await gone;
  }
}
