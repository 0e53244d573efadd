import { type Hardening } from 'breakwater/http';
import { harden, hardenUpgrade } from 'breakwater/node-http';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** A listener for upgrades. */
export type Handler = (request: IncomingMessage, socket: Duplex, head: Buffer) => unknown;

export const SWITCH = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n';
export const ASKED = 'GET /chat?token=secret HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n';

/** Accepts, and sends back what comes. */
export const echo: Handler = (_, socket, head) => {
  socket.write(SWITCH);
  socket.write(head);
  socket.pipe(socket);
};

const closing: (() => void)[] = [];

/** Calls `close` when the test is over. */
export function later(close: () => void): void {
  closing.push(close);
}

/** Closes everything that was started. */
export function closeAll(): void {
  for (const close of closing.splice(0)) close();
}

export async function start(hardening: Hardening, ...handlers: readonly Handler[]) {
  const server = createServer(harden((_, response) => response.end('hello'), hardening));
  const hardened = handlers.map((handler) => hardenUpgrade(handler, hardening));
  for (const handler of hardened) server.on('upgrade', handler);
  const sockets: Socket[] = [];
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    server.closeAllConnections();
    server.close();
  });
  return { server, hardened, port: await portOf(server), raw: (text?: string) => raw(server, sockets, text) };
}

export async function portOf(server: Server): Promise<number> {
  if (!server.listening) await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

/** A connection that has asked for an upgrade, and everything that came back. */
export function raw(server: Server, sockets: Socket[], text = ASKED) {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  sockets.push(socket);
  const got = { text: '', socket, closed: once(socket, 'close') };
  socket.on('data', (chunk: Buffer) => (got.text += chunk.toString()));
  socket.on('error', () => undefined);
  socket.write(text);
  return got;
}

export function parsed(text: string) {
  const [head = '', body = ''] = text.split('\r\n\r\n', 2);
  const [status = '', ...lines] = head.split('\r\n');
  const headers = lines.map((line) => [
    line.slice(0, line.indexOf(':')).toLowerCase(),
    line.slice(line.indexOf(':') + 2),
  ]);
  return { status, headers: Object.fromEntries(headers) as Record<string, string>, body };
}
