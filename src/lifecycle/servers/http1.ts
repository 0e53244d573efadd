import type { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Going } from '../in-flight.js';
import { sayClose, sayKeep } from './connection-close.js';
import { describeRequest } from './describe-request.js';
import { follow } from './follow.js';
import type { DrainContext, Drained } from './shapes.js';

/** A request and its response. Every request makes one, so it holds no more than it must. */
class Exchange implements Going {
  constructor(
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
    readonly connection: Connection,
    readonly startedAtMs: number,
  ) {}

  describe(): string {
    return describeRequest(this.request);
  }
}

/** A connection, and the responses that it waits for. */
interface Connection {
  /** A request may lose its own: Node takes it away when a body is given up half-way, as by `break` in `for await`. */
  readonly socket: Socket;
  readonly open: Set<Exchange>;
  /** What had come in when it last had nothing to do; more than that is a request whose head is not complete. */
  bytesWhenIdle: number;
  activeAtMs: number;
}

/**
 * HTTP/1.1: each response during the drain says `Connection: close`, so that its client goes elsewhere without having
 * lost anything; idle connections end when the listener is closed.
 * @internal
 */
export class Http1Drain implements Drained {
  readonly #context: DrainContext;
  readonly #connections = new Map<Socket, Connection>();
  #state: 'serving' | 'draining' | 'closed' = 'serving';

  constructor(server: EventEmitter, context: DrainContext) {
    this.#context = context;
    const begin = (request: IncomingMessage, response: ServerResponse): void => {
      if (request.httpVersionMajor === 1) this.#begin(request, response);
    };
    for (const event of ['request', 'checkContinue', 'checkExpectation']) follow(server, event, begin);
  }

  /** A connection that may speak HTTP/1.1. */
  add(socket: Socket): Connection {
    const activeAtMs = this.#context.now();
    const connection = { socket, open: new Set<Exchange>(), bytesWhenIdle: socket.bytesRead, activeAtMs };
    this.#connections.set(socket, connection);
    socket.once('close', () => {
      this.#connections.delete(socket);
      // Responses that waited for their turn on it never hear of its end.
      for (const exchange of connection.open) this.#context.requests.end(exchange);
    });
    return connection;
  }

  /** It speaks something else from now on. */
  forget(socket: object): void {
    this.#connections.delete(socket as Socket);
  }

  beginDrain(): void {
    this.#state = 'draining';
    for (const connection of this.#connections.values()) {
      const newest = [...connection.open].at(-1);
      if (newest !== undefined) sayClose(newest.response);
      // Until now nobody needed to know.
      connection.activeAtMs = this.#context.now();
    }
  }

  close(): void {
    this.#state = 'closed';
    for (const [socket, connection] of this.#connections) {
      for (const { response } of connection.open) endEventStream(response);
      if (connection.open.size === 0) this.#endWhenQuiet(socket, connection);
    }
  }

  destroy(): void {
    for (const socket of this.#connections.keys()) socket.destroy();
  }

  #begin(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    const connection = this.#connections.get(socket) ?? this.add(socket);
    if (this.#state !== 'serving') {
      // Of requests that were sent in one go only the last response may close: it would take the others with it.
      for (const earlier of connection.open) sayKeep(earlier.response);
      sayClose(response);
    }
    const exchange = this.#context.requests.begin(new Exchange(request, response, connection, this.#context.now()));
    connection.open.add(exchange);
    response.on('close', () => {
      this.#end(exchange);
    });
  }

  #end(exchange: Exchange): void {
    const { connection } = exchange;
    this.#context.requests.end(exchange);
    connection.open.delete(exchange);
    if (connection.open.size > 0) return;
    const { socket } = connection;
    connection.bytesWhenIdle = socket.bytesRead;
    if (this.#state === 'serving') return;
    connection.activeAtMs = this.#context.now();
    if (this.#state === 'closed' && !socket.destroyed) socket.end();
  }

  /** Ends an idle connection, unless a request of it may be on its way. */
  #endWhenQuiet(socket: Socket, connection: Connection): void {
    const receiving = socket.bytesRead > connection.bytesWhenIdle;
    const { graceMs } = this.#context;
    const waitMs = receiving ? graceMs : graceMs - (this.#context.now() - connection.activeAtMs);
    if (waitMs <= 0) {
      socket.end();
      return;
    }
    const over = this.#context.requests.add(() => 'a request that is being received');
    const cancel = this.#context.clock.schedule(() => {
      over();
      if (connection.open.size === 0) socket.end();
    }, waitMs);
    socket.once('close', () => {
      cancel();
      over();
    });
  }
}

/** A stream of events has no end of its own; ended in order, its client reconnects, and elsewhere. */
function endEventStream(response: ServerResponse): void {
  if (!response.headersSent || response.writableEnded) return;
  if (!EVENT_STREAM.test(sentHead(response))) return;
  // Whoever goes on writing must not bring the process down with it.
  response.on('error', () => undefined);
  response.end();
}

const EVENT_STREAM = /^content-type: *text\/event-stream/im;

/** The head as it was sent: what `writeHead` was given cannot be asked for in any other way. */
function sentHead(response: ServerResponse): string {
  const { _header: head } = response as unknown as { readonly _header?: unknown };
  return typeof head === 'string' ? head : '';
}
