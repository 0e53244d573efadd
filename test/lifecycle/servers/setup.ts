import { once } from 'node:events';
import { type AddressInfo, connect, type Server, type Socket } from 'node:net';
import { afterEach } from 'vitest';
import { setup, turns } from '../setup.js';

const open: { close: () => void }[] = [];

/** Closes after the test whatever it has opened. */
export function closing<T>(thing: T, close: (thing: T) => void): T {
  open.push({
    close: () => {
      close(thing);
    },
  });
  return thing;
}

afterEach(async () => {
  for (const { close } of open.splice(0)) close();
  await turns();
});

/** A lifecycle that drains for a second of virtual time, ready, with a server on a port of its own. */
export async function serving(server: Server, options: Parameters<typeof setup>[0] = {}) {
  const made = setup({ drainDelayMs: 1_000, budgetMs: 10_000, ...options });
  made.lifecycle.attach(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing(server, () => {
    server.close();
    (server as { closeAllConnections?: () => void }).closeAllConnections?.();
  });
  await made.lifecycle.start();
  return { ...made, port: (server.address() as AddressInfo).port };
}

/** A plain connection, and all that came on it. */
export class Wire {
  readonly socket: Socket;
  received = '';
  /** How it ended: `FIN`, an error's code, or not yet. */
  ended: string | undefined;

  constructor(port: number) {
    this.socket = closing(connect({ port, host: '127.0.0.1', allowHalfOpen: true }), (socket) => socket.destroy());
    this.socket.on('data', (chunk: Buffer) => (this.received += chunk.toString('latin1')));
    this.socket.on('end', () => (this.ended ??= 'FIN'));
    this.socket.on('error', (error: NodeJS.ErrnoException) => (this.ended ??= error.code));
  }

  send(text: string | Uint8Array): this {
    this.socket.write(text);
    return this;
  }

  get(path = '/', headers = ''): this {
    return this.send(`GET ${path} HTTP/1.1\r\nHost: test\r\n${headers}\r\n`);
  }
}

/** Waits, in turns of the event loop, until something holds; real sockets take their time, which no clock here tells. */
export async function until(holds: () => boolean, what: string): Promise<void> {
  for (let turn = 0; turn < 20_000; turn++) {
    if (holds()) return;
    await turns(1);
  }
  throw new Error(`never came: ${what}`);
}
