import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { passedUntil, setup, stepsOf, turns } from '../setup.js';
import { closing, serving, until, Wire } from './setup.js';

/** A client that notes how its connection ended. */
async function client(port: number): Promise<{ socket: WebSocket; closed: () => number | undefined; said: string[] }> {
  const socket = closing(new WebSocket(`ws://127.0.0.1:${String(port)}`), (one) => {
    one.terminate();
  });
  let code: number | undefined;
  const said: string[] = [];
  socket.on('close', (reason) => (code = reason));
  socket.on('error', () => undefined);
  socket.on('message', (data) => said.push(String(data as Buffer)));
  await once(socket, 'open');
  return { socket, closed: () => code, said };
}

const UPGRADE =
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n';

describe('WebSockets', () => {
  it('HLD-42 go on during the drain, are closed with 1001 after it, and their ends are waited for', async () => {
    const server = createServer();
    const webSockets = new WebSocketServer({ server });
    webSockets.on('connection', (socket) => {
      socket.on('message', (data) => socket.send(`echo ${String(data as Buffer)}`));
    });
    const { lifecycle, port, clock, exits } = await serving(server);
    lifecycle.attach(webSockets);
    const first = await client(port);
    const stop = lifecycle.stop();
    const late = await client(port);
    late.socket.send('late');
    await until(() => late.said.length === 1, 'the echo');
    expect(late.said).toEqual(['echo late']);
    await clock.advanceAsync(999);
    await turns(20);
    expect(first.closed()).toBeUndefined();
    await clock.advanceAsync(1);
    await until(() => first.closed() !== undefined && late.closed() !== undefined, 'both ends');
    expect([first.closed(), late.closed()]).toEqual([1001, 1001]);
    const report = await stop;
    expect(stepsOf(report.steps)).toEqual(['drain while accepting', 'WebSockets']);
    expect([report.steps[1]?.message, exits]).toEqual(['2 told to go', [0]]);
  });

  it('HLD-42 that do not answer are ended, and that is no failure', async () => {
    const server = createServer();
    const webSockets = new WebSocketServer({ server });
    const { lifecycle, port, clock, exits } = await serving(server);
    lifecycle.attach(webSockets);
    const deaf = new Wire(port).get('/', UPGRADE);
    await until(() => deaf.received.includes('101'), 'the upgrade');
    const stop = lifecycle.stop();
    expect(await passedUntil(clock, stop)).toBe(3_000);
    expect((await stop).steps[1]?.message).toBe('1 told to go, 1 did not answer and were ended');
    await until(() => deaf.ended !== undefined, 'its end');
    expect(exits).toEqual([0]);
  });

  it('HLD-42 are told to go also when only their server is attached', async () => {
    const server = createServer();
    const webSockets = new WebSocketServer({ server });
    const { lifecycle, port, clock, exits } = await serving(server);
    const one = await client(port);
    const stop = lifecycle.stop();
    await clock.advanceAsync(1_000);
    await until(() => one.closed() !== undefined, 'its end');
    expect(one.closed()).toBe(1001);
    await passedUntil(clock, stop);
    expect([exits, webSockets.clients.size]).toEqual([[0], 0]);
  });

  it('HLD-42 new ones get 503 once the listener is closed', async () => {
    const server = createServer((request, response) => {
      if (request.url === '/wait') return;
      response.end('plain');
    });
    const webSockets = new WebSocketServer({ server });
    const { lifecycle, port, clock } = await serving(server, { budgetMs: 3_000 });
    lifecycle.attach(webSockets);
    const kept = new Wire(port).send('G');
    await turns(50);
    const stop = lifecycle.stop();
    await clock.advanceAsync(1_000);
    expect(server.listening).toBe(false);
    kept.send(`ET / HTTP/1.1\r\nHost: test\r\n${UPGRADE}\r\n`);
    await until(() => kept.ended !== undefined, 'the refusal');
    expect(kept.received).toMatch(/^HTTP\/1.1 503 Service Unavailable\r\n[\s\S]*Retry-After: 1\r\n/);
    await passedUntil(clock, stop);
  });

  it('with a port of their own need no other server', async () => {
    const webSockets = closing(new WebSocketServer({ port: 0, host: '127.0.0.1' }), (one) => {
      one.close();
    });
    await once(webSockets, 'listening');
    const { lifecycle, clock, exits } = setup({ drainDelayMs: 'auto' });
    lifecycle.attach(webSockets);
    lifecycle.attach(webSockets);
    await lifecycle.start();
    const { port } = webSockets.address() as AddressInfo;
    const one = await client(port);
    const stop = lifecycle.stop();
    await until(() => one.closed() !== undefined, 'its end');
    expect(one.closed()).toBe(1001);
    await passedUntil(clock, stop);
    expect(exits).toEqual([0]);
    await expect(client(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('a server without upgrades answers such requests as before', async () => {
    const server = createServer((_, response) => response.end('plain'));
    const { lifecycle, port, clock } = await serving(server);
    const wire = new Wire(port).get('/', UPGRADE);
    await until(() => wire.received.endsWith('plain'), 'the plain answer');
    expect(server.listenerCount('upgrade')).toBe(0);
    await passedUntil(clock, lifecycle.stop());
  });

  it('other upgrades are ended with FIN', async () => {
    const server = createServer();
    const upgraded: Duplex[] = [];
    server.on('upgrade', (_, socket: Duplex) => {
      upgraded.push(socket);
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: own\r\nConnection: Upgrade\r\n\r\n');
      socket.on('end', () => socket.end());
    });
    const { lifecycle, port, clock, exits } = await serving(server);
    const wire = new Wire(port).get('/', 'Connection: Upgrade\r\nUpgrade: own\r\n');
    await until(() => wire.received.includes('101'), 'the upgrade');
    const stop = lifecycle.stop();
    await clock.advanceAsync(1_000);
    await until(() => wire.ended !== undefined, 'its end');
    expect(wire.ended).toBe('FIN');
    wire.socket.end();
    await passedUntil(clock, stop);
    expect([exits, upgraded.length]).toEqual([[0], 1]);
  });
});

describe('a plain TCP server', () => {
  it('is no longer listening after the drain, and its connections are waited for', async () => {
    const server = createTcpServer((socket) => {
      socket.on('data', (data) => socket.end(createHash('sha1').update(data).digest('hex')));
    });
    const { lifecycle, port, clock, exits } = await serving(server);
    const wire = new Wire(port);
    await until(() => lifecycle.report().requestsInFlight === 1, 'the connection');
    const stop = lifecycle.stop();
    await clock.advanceAsync(2_000);
    expect([server.listening, exits]).toEqual([false, []]);
    wire.send('x');
    await until(() => wire.ended === 'FIN', 'its answer');
    wire.socket.end();
    await passedUntil(clock, stop);
    expect([exits, wire.received.length]).toEqual([[0], 40]);
  });
});
