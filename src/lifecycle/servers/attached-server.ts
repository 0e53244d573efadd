import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { stopListening } from '../host.js';
import { Http1Drain } from './http1.js';
import { Http2Drain } from './http2.js';
import type { AttachableServer, DrainContext, Drained } from './shapes.js';
import { UpgradedDrain } from './upgrades.js';

/** What is left of the servers of Node's own modules, whichever it is. */
interface NodeServer extends EventEmitter {
  readonly listening: boolean;
  close: () => unknown;
  closeAllConnections?: () => void;
}

/** An `http`, `https`, `http2` or `net` server that is told to go, one step after the other. @internal */
export class AttachedServer implements Drained {
  readonly upgraded: UpgradedDrain;
  readonly #server: NodeServer;
  readonly #http1: Http1Drain;
  readonly #http2: Http2Drain | undefined;
  readonly #sockets = new Set<Socket>();

  constructor(server: AttachableServer, context: DrainContext, onUpgradedChange: () => void) {
    const emitter = (this.#server = server as unknown as NodeServer);
    const has = (property: string): boolean => property in server;
    const speaksHttp2 = has('updateSettings');
    const speaksHttp = speaksHttp2 || has('headersTimeout');
    const isSecure = has('setSecureContext');
    this.#http1 = new Http1Drain(emitter, context);
    this.#http2 = speaksHttp2 ? new Http2Drain(emitter, context) : undefined;
    this.upgraded = new UpgradedDrain(
      emitter,
      (socket) => {
        this.#http1.forget(socket);
      },
      onUpgradedChange,
    );
    const follow = (socket: Socket): void => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    };
    emitter.on('connection', (socket: Socket) => {
      follow(socket);
      if (speaksHttp) {
        if (!isSecure && !speaksHttp2) this.#http1.add(socket);
        return;
      }
      // What is said on it nobody here understands, so only its end says that it is done.
      const over = context.requests.add(() => 'a connection');
      socket.once('close', over);
    });
    if (isSecure) {
      emitter.on('secureConnection', (socket: TLSSocket) => {
        follow(socket);
        if (speaksHttp && socket.alpnProtocol !== 'h2') this.#http1.add(socket);
      });
    }
  }

  get listening(): boolean {
    return this.#server.listening;
  }

  beginDrain(): void {
    this.#http1.beginDrain();
  }

  tell(): void {
    this.#http2?.tell();
  }

  close(): void {
    stopListening(this.#server);
    this.#http1.close();
    this.#http2?.close();
    this.upgraded.close();
  }

  destroy(): void {
    stopListening(this.#server);
    this.#http2?.destroy();
    for (const socket of this.#sockets) socket.destroy();
    // Those of before it was attached.
    this.#server.closeAllConnections?.();
  }
}
