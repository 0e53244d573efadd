import type { ResponseShape } from '../../http/index.js';
import { onFirstStatus } from './first-status.js';
import type { UpgradeSocket } from './upgrade-socket.js';

const RESPONSE = /* @__PURE__ */ Symbol.for('breakwater.http.socket-response');

const REASONS: Readonly<Record<number, string>> = /* @__PURE__ */ Object.freeze({
  403: 'Forbidden',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
});

/** What no header may hold. */
const UNSENDABLE = /[^\t\x20-\x7e]/g;

/** The answer to a request for an upgrade: raw text on its connection. @internal */
export class SocketResponse implements ResponseShape {
  statusCode = 200;
  headersSent = false;
  writableFinished = false;
  /** Whether the pipeline has answered itself, so that nobody else may. */
  ended = false;
  readonly #socket: UpgradeSocket;
  readonly #headers = new Map<string, readonly [name: string, value: string]>();

  /** The one of a connection, however many listeners there are. */
  static of(socket: UpgradeSocket): SocketResponse {
    const holder = socket as UpgradeSocket & { [RESPONSE]?: SocketResponse };
    if (holder[RESPONSE] === undefined) {
      Object.defineProperty(holder, RESPONSE, { value: new SocketResponse(socket), enumerable: false });
    }
    return holder[RESPONSE] as SocketResponse;
  }

  private constructor(socket: UpgradeSocket) {
    this.#socket = socket;
    // A client that resets a connection that nobody listens to would end the process.
    socket.on('error', ignore);
    onFirstStatus(socket, (status) => {
      // Whoever is upgraded has the whole answer; of another, the rest is the listener's.
      if (!this.headersSent) this.writeHead(status);
      this.writableFinished = true;
    });
  }

  get destroyed(): boolean {
    return this.#socket.destroyed;
  }

  hasHeader(name: string): boolean {
    return this.#headers.has(name.toLowerCase());
  }

  getHeader(name: string): string | undefined {
    return this.#headers.get(name.toLowerCase())?.[1];
  }

  setHeader(name: string, value: string): void {
    this.#headers.set(name.toLowerCase(), [name, value]);
  }

  writeHead(statusCode: number): void {
    this.statusCode = statusCode;
    this.headersSent = true;
  }

  /** Sends all of it and closes the connection, which is of no use any more. */
  end(body = ''): void {
    this.ended = true;
    this.writeHead(this.statusCode);
    this.setHeader('Connection', 'close');
    const lines = [...this.#headers.values()].map(([name, value]) => `${name}: ${value.replace(UNSENDABLE, '')}\r\n`);
    const status = `${String(this.statusCode)} ${REASONS[this.statusCode] ?? ''}`;
    // What is left unread when a connection closes makes the client lose the answer.
    this.#socket.resume();
    this.#socket.end(`HTTP/1.1 ${status}\r\n${lines.join('')}\r\n${body}`, () => {
      this.#socket.destroy();
    });
  }

  once(event: 'close', listener: () => void): void {
    this.#socket.once(event, listener);
  }
}

function ignore(): void {
  // It closes all the same, and its record with it.
}
