import type { EventEmitter } from 'node:events';
import type { Http2Session, IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { InFlight } from '../in-flight.js';
import { pathOf } from './describe-request.js';
import type { Drained } from './shapes.js';

/**
 * HTTP/2: a session is told to go away (GOAWAY) while it waits for a single response. So the message comes before the
 * response does, and a client that sends one request after the other has none on its way that would be refused. Sessions
 * that never have a single one open are told when the listener closes; what they send meanwhile is refused as never
 * processed (RFC 9113, 6.8).
 * @internal
 */
export class Http2Drain implements Drained {
  readonly #sessions = new Map<Http2Session, Set<ServerHttp2Stream>>();
  #draining = false;

  constructor(server: EventEmitter, requests: InFlight) {
    server.on('session', (session: Http2Session) => {
      this.#sessions.set(session, new Set());
      session.once('close', () => this.#sessions.delete(session));
    });
    server.prependListener('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
      this.#begin(stream, requests, `${headers[':method'] ?? ''} ${pathOf(headers[':path'] ?? '')}`);
    });
  }

  beginDrain(): void {
    this.#draining = true;
    for (const [session, open] of this.#sessions) if (open.size === 1) session.close();
  }

  close(): void {
    for (const [session, open] of this.#sessions) {
      for (const stream of open) endEventStream(stream);
      session.close();
    }
  }

  destroy(): void {
    for (const session of this.#sessions.keys()) session.destroy();
  }

  #begin(stream: ServerHttp2Stream, requests: InFlight, what: string): void {
    const { session } = stream;
    const open = session === undefined ? undefined : this.#sessions.get(session);
    const over = requests.add(() => what);
    open?.add(stream);
    if (this.#draining && open?.size === 1) session?.close();
    stream.once('close', () => {
      over();
      open?.delete(stream);
    });
  }
}

function endEventStream(stream: ServerHttp2Stream): void {
  if (!stream.headersSent || stream.writableEnded) return;
  if (!String(stream.sentHeaders['content-type'] ?? '').startsWith('text/event-stream')) return;
  stream.on('error', () => undefined);
  stream.end();
}
