import type { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { follow } from './follow.js';
import type { Drained } from './shapes.js';

/** A close frame of a server that goes away: status 1001 (RFC 6455, 7.4.1). */
const GOING_AWAY = /* @__PURE__ */ Object.freeze([0x88, 0x02, 0x03, 0xe9]);

const UNAVAILABLE =
  'HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n';

/**
 * Connections that speak something else than HTTP since an upgrade. A WebSocket is told that its server goes away, also
 * when nobody has attached whoever serves it.
 * @internal
 */
export class UpgradedDrain implements Drained {
  readonly #server: EventEmitter;
  readonly #sockets = new Map<Duplex, { readonly isWebSocket: boolean }>();
  readonly #onChange: () => void;

  /** @param onUpgrade - hears of each connection that no longer speaks HTTP. */
  constructor(server: EventEmitter, onUpgrade: (socket: Duplex) => void, onChange: () => void) {
    this.#server = server;
    this.#onChange = onChange;
    const upgraded = (request: IncomingMessage, socket: Duplex): void => {
      onUpgrade(socket);
      this.#sockets.set(socket, { isWebSocket: /^websocket$/i.test(request.headers.upgrade ?? '') });
      socket.once('close', () => {
        this.#sockets.delete(socket);
        this.#onChange();
      });
    };
    follow(server, 'upgrade', upgraded);
    follow(server, 'connect', upgraded);
  }

  get size(): number {
    return this.#sockets.size;
  }

  close(): void {
    // On connections that are still open. Whoever served upgrades must not serve this one.
    if (this.#server.listenerCount('upgrade') === 0) return;
    this.#server.removeAllListeners('upgrade');
    this.#server.on('upgrade', (_: unknown, socket: Duplex) => {
      socket.on('error', () => undefined);
      socket.end(UNAVAILABLE);
    });
  }

  /** Says goodbye on each connection; those that somebody else closes have been told already. */
  sayGoodbye(): void {
    for (const [socket, { isWebSocket }] of this.#sockets) {
      if (!socket.writable) continue;
      if (isWebSocket) socket.end(Uint8Array.from(GOING_AWAY));
      else socket.end();
    }
  }

  destroy(): void {
    for (const socket of this.#sockets.keys()) socket.destroy();
  }
}
