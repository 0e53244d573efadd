import type { EventEmitter } from 'node:events';
import type { Http2Session, IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { soon } from '../host.js';
import { pathOf } from './describe-request.js';
import { Http2Client } from './http2-client.js';
import type { DrainContext, Drained } from './shapes.js';

/**
 * HTTP/2: a session is told to go away (GOAWAY) at a moment when its client waits for as many answers as it ever does at
 * once. So most probably none of its requests is on the way, which would be refused as never processed (RFC 9113, 6.8).
 * Those for which that moment does not come are told a little after the listener has closed.
 * @internal
 */
export class Http2Drain implements Drained {
  readonly #context: DrainContext;
  readonly #clients = new Map<Http2Session, Http2Client>();
  #isTelling = false;

  constructor(server: EventEmitter, context: DrainContext) {
    this.#context = context;
    server.on('session', (session: Http2Session) => {
      this.#clients.set(session, new Http2Client(this.#context.now()));
      session.once('close', () => {
        this.#clients.get(session)?.gone();
        this.#clients.delete(session);
      });
    });
    server.prependListener('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
      this.#begin(stream, `${headers[':method'] ?? ''} ${pathOf(headers[':path'] ?? '')}`);
    });
  }

  /** No earlier: whoever came back at the beginning would most probably come back to this very process. */
  tell(): void {
    this.#isTelling = true;
    for (const [session, client] of this.#clients) if (client.waitsForAll) this.#goAway(session, client);
  }

  close(): void {
    this.tell();
    const { graceMs } = this.#context;
    for (const [session, client] of this.#clients) {
      for (const stream of client.open) endEventStream(stream);
      const quietMs = this.#context.now() - client.activeAtMs;
      if (graceMs <= 0 || (client.open.size === 0 && quietMs >= graceMs)) this.#goAway(session, client);
      else this.#goAwayWithin(graceMs, session, client);
    }
  }

  destroy(): void {
    for (const session of this.#clients.keys()) session.destroy();
  }

  #begin(stream: ServerHttp2Stream, what: string): void {
    const { session } = stream;
    const client = session === undefined ? undefined : this.#clients.get(session);
    const over = this.#context.requests.add(() => what);
    stream.once('close', () => {
      over();
      client?.end(stream, this.#context.now());
    });
    if (session === undefined || client === undefined) return;
    client.begin(stream, this.#context.now());
    if (this.#isTelling && client.waitsForAll) this.#goAway(session, client);
  }

  #goAwayWithin(ms: number, session: Http2Session, client: Http2Client): void {
    if (client.isTold) return;
    const over = this.#context.requests.add(() => 'an HTTP/2 session');
    const cancel = this.#context.clock.schedule(() => {
      this.#goAway(session, client);
      over();
    }, ms);
    client.onGone = () => {
      cancel();
      over();
    };
  }

  #goAway(session: Http2Session, client: Http2Client): void {
    if (client.isTold) return;
    client.isTold = true;
    const over = this.#context.requests.add(() => 'an HTTP/2 session');
    // Never from within an event of a stream: Node 20 then corrupts its memory.
    soon(() => {
      if (!session.destroyed) session.close();
      client.gone();
      over();
    });
  }
}

function endEventStream(stream: ServerHttp2Stream): void {
  if (!stream.headersSent || stream.writableEnded) return;
  if (!String(stream.sentHeaders['content-type'] ?? '').startsWith('text/event-stream')) return;
  stream.on('error', () => undefined);
  stream.end();
}
