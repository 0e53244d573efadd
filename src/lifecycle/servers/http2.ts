import type { EventEmitter } from 'node:events';
import type { Http2Session, IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { soon } from '../host.js';
import type { InFlight } from '../in-flight.js';
import { pathOf } from './describe-request.js';
import type { Drained } from './shapes.js';

/** A session, and how many streams its client has open at most. */
interface Client {
  readonly open: Set<ServerHttp2Stream>;
  peak: number;
  told: boolean;
}

/**
 * HTTP/2: a session is told to go away (GOAWAY) at a moment when its client waits for as many answers as it ever does at
 * once. So none of its requests is on the way, which would be refused as never processed (RFC 9113, 6.8): the message
 * comes before any of the answers. Sessions for which that moment does not come are told when the listener closes.
 * @internal
 */
export class Http2Drain implements Drained {
  readonly #requests: InFlight;
  readonly #clients = new Map<Http2Session, Client>();
  #isTelling = false;

  constructor(server: EventEmitter, requests: InFlight) {
    this.#requests = requests;
    server.on('session', (session: Http2Session) => {
      this.#clients.set(session, { open: new Set(), peak: 0, told: false });
      session.once('close', () => this.#clients.delete(session));
    });
    server.prependListener('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
      this.#begin(stream, `${headers[':method'] ?? ''} ${pathOf(headers[':path'] ?? '')}`);
    });
  }

  /** What clients do is watched from now on: how many requests they once had open at a time says little. */
  beginDrain(): void {
    for (const client of this.#clients.values()) client.peak = client.open.size;
  }

  /** Those who come back now are sent to somebody else, so it is time to tell them. */
  tell(): void {
    this.#isTelling = true;
    for (const [session, client] of this.#clients) this.#tellIfWaiting(session, client);
  }

  close(): void {
    for (const [session, client] of this.#clients) {
      for (const stream of client.open) endEventStream(stream);
      this.#goAway(session, client);
    }
  }

  destroy(): void {
    for (const session of this.#clients.keys()) session.destroy();
  }

  #begin(stream: ServerHttp2Stream, what: string): void {
    const { session } = stream;
    const client = session === undefined ? undefined : this.#clients.get(session);
    const over = this.#requests.add(() => what);
    stream.once('close', () => {
      over();
      client?.open.delete(stream);
    });
    if (session === undefined || client === undefined) return;
    client.open.add(stream);
    client.peak = Math.max(client.peak, client.open.size);
    if (this.#isTelling) this.#tellIfWaiting(session, client);
  }

  #tellIfWaiting(session: Http2Session, client: Client): void {
    // An answer that was sent may be on its way, and the next request after it.
    const waiting = [...client.open].filter((stream) => !stream.writableEnded).length;
    if (waiting > 0 && waiting >= client.peak) this.#goAway(session, client);
  }

  #goAway(session: Http2Session, client: Client): void {
    if (client.told) return;
    client.told = true;
    const over = this.#requests.add(() => 'an HTTP/2 session');
    // Never from within an event of a stream: Node 20 then corrupts its memory.
    soon(() => {
      if (!session.destroyed) session.close();
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
