import { InvalidArgumentError } from '../../core/errors.js';
import { describe, hasMethod } from '../../core/options.js';
import { InFlight } from '../in-flight.js';
import { AttachedServer } from './attached-server.js';
import type { AttachableServer, DrainContext, WebSocketServerShape } from './shapes.js';
import { WebSocketDrain } from './web-sockets.js';

/** All servers of a lifecycle, as one. @internal */
export class Servers {
  readonly requests: InFlight;
  readonly #context: DrainContext;
  readonly #attached = new Map<object, AttachedServer | WebSocketDrain>();
  #waiting: (() => void)[] = [];

  constructor(context: Omit<DrainContext, 'requests'>) {
    this.requests = new InFlight(context.now);
    this.#context = { ...context, requests: this.requests };
  }

  /** @throws {@link InvalidArgumentError} */
  attach(server: AttachableServer | WebSocketServerShape): void {
    if (this.#attached.has(server)) return;
    if (isWebSocketServer(server)) this.#attached.set(server, new WebSocketDrain(server, this.#changed));
    else if (isServer(server)) {
      this.#attached.set(server, new AttachedServer(server, this.#context, this.#changed));
    } else {
      throw new InvalidArgumentError(
        `attach: expected an http, https, http2, net or WebSocket server, got ${describe(server)}`,
      );
    }
  }

  get size(): number {
    return this.#attached.size;
  }

  /** Whether clients can reach any of them. */
  get listening(): boolean {
    return [...this.#attached.values()].some((one) => one.listening);
  }

  beginDrain(): void {
    for (const one of this.#servers) one.beginDrain();
  }

  tell(): void {
    for (const one of this.#servers) one.tell();
  }

  close(): void {
    // What serves upgrades takes its listener away, and an upgrade would then be answered as a plain request.
    for (const one of this.#servers) one.close();
    for (const one of this.#webSockets) one.close();
    if (this.#webSockets.length === 0) this.sayGoodbye();
  }

  /** On connections of an upgrade that nobody else has said it on. */
  sayGoodbye(): void {
    for (const one of this.#servers) one.upgraded.sayGoodbye();
  }

  /** How many WebSockets and other upgraded connections are open; of a WebSocket both its servers may know. */
  get upgraded(): number {
    const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0);
    return Math.max(
      sum(this.#servers.map(({ upgraded }) => upgraded.size)),
      sum(this.#webSockets.map(({ size }) => size)),
    );
  }

  /** Resolves as soon as none of them is open. */
  whenDowngraded(): Promise<void> {
    if (this.upgraded === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  destroy(): void {
    for (const one of this.#attached.values()) one.destroy();
  }

  readonly #changed = (): void => {
    if (this.#waiting.length === 0 || this.upgraded > 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const done of waiting) done();
  };

  get #servers(): AttachedServer[] {
    return [...this.#attached.values()].filter((one) => one instanceof AttachedServer);
  }

  get #webSockets(): WebSocketDrain[] {
    return [...this.#attached.values()].filter((one) => one instanceof WebSocketDrain);
  }
}

function isServer(value: unknown): value is AttachableServer {
  return hasMethod(value, 'on') && hasMethod(value, 'close') && hasMethod(value, 'prependListener');
}

function isWebSocketServer(value: unknown): value is WebSocketServerShape {
  if (!hasMethod(value, 'close')) return false;
  const { clients } = value as { readonly clients?: unknown };
  return typeof clients === 'object' && clients !== null && Symbol.iterator in clients;
}
