import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** The way to a server, as long as it is told to be. */
export class SlowProxy {
  readonly host = '127.0.0.1';
  /** What a byte needs from here to there, and as much back. */
  delayMs = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(port: number) {
    this.#server = createServer((near) => {
      const far = connect(port, this.host);
      this.#pass(near, far);
      this.#pass(far, near);
    });
  }

  static async to({ port }: { readonly port: number }): Promise<SlowProxy> {
    const proxy = new SlowProxy(port);
    proxy.#server.listen(0, proxy.host);
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Ends all connections, with whatever is under way on them; new ones are taken. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async remove(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.cut();
    await closed;
  }

  /** In order, whatever the delay was before. */
  #pass(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    const kept: Buffer[] = [];
    let lastMs = 0;
    from.setNoDelay();
    from.on('data', (bytes: Buffer) => {
      const nowMs = performance.now();
      lastMs = Math.max(kept.length > 0 ? lastMs : 0, nowMs + this.delayMs);
      kept.push(bytes);
      // Timers of almost one moment may change places; what they send does not.
      const next = (): void => void to.write(kept.shift() as Buffer);
      if (lastMs <= nowMs) next();
      else setTimeout(next, lastMs - nowMs);
    });
    from.on('error', () => undefined);
    from.on('close', () => {
      this.#sockets.delete(from);
      to.destroy();
    });
  }
}
