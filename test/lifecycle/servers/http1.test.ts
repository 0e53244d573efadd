import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { passedUntil, stepsOf, turns } from '../setup.js';
import { closing, serving, until, Wire } from './setup.js';

/** A server whose responses wait until the test lets them go, but for `/at-once`. */
function heldServer() {
  const requests: { request: IncomingMessage; response: ServerResponse }[] = [];
  const server = createServer((request, response) => {
    if (request.url === '/at-once') response.end('at once');
    else requests.push({ request, response });
  });
  return { server, requests };
}

async function refused(port: number): Promise<string | undefined> {
  const socket = closing(connect(port, '127.0.0.1'), (one) => one.destroy());
  return once(socket, 'connect').then(
    () => 'connected',
    (error: unknown) => (error as NodeJS.ErrnoException).code,
  );
}

describe('an HTTP/1.1 server', () => {
  it('HLD-35 HLD-38 HLD-39 accepts during the drain, refuses after it, and waits for what is in flight', async () => {
    const { server, requests } = heldServer();
    const { lifecycle, clock, port, exits } = await serving(server);
    const inFlight = new Wire(port).get('/slow');
    await until(() => requests.length === 1, 'the request');
    let hookAt = '';
    lifecycle.onStop('ingress', 'hook', () => {
      hookAt = lifecycle.report().requestsInFlight === 0 ? 'after' : 'before';
    });
    const stop = lifecycle.stop('SIGTERM');
    await clock.advanceAsync(900);
    expect(server.listening).toBe(true);
    const late = new Wire(port).get('/at-once');
    await until(() => late.ended !== undefined, 'the answer to the late request');
    expect(late.received).toMatch(/^HTTP\/1.1 200 OK\r\n/);
    expect(late.received).toMatch(/\r\nConnection: close\r\n/);
    await clock.advanceAsync(100);
    expect([server.listening, await refused(port)]).toEqual([false, 'ECONNREFUSED']);
    await clock.advanceAsync(3_000);
    expect([exits, hookAt]).toEqual([[], '']);
    requests[0]?.response.end('slow, but here');
    await until(() => inFlight.ended !== undefined, 'the slow answer');
    expect(inFlight.received).toMatch(/\r\nConnection: close\r\n/);
    expect(inFlight.received).toMatch(/slow, but here/);
    const report = await stop;
    expect(stepsOf(report.steps)).toEqual(['drain while accepting', 'requests in flight', 'stop hook']);
    expect([hookAt, exits, report.requestsInFlight]).toEqual(['after', [0], 1]);
  });

  it('outlives handlers that stop reading a body half-way, which takes the socket from their request', async () => {
    const requests: IncomingMessage[] = [];
    const server = createServer((request, response) => {
      requests.push(request);
      void (async () => {
        for await (const _chunk of request) break;
        response.writeHead(413, { 'Content-Length': '0' }).end();
      })();
    });
    const { lifecycle, clock, port, exits } = await serving(server);
    const wire = new Wire(port).send('POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 3\r\n\r\nabc');
    await until(() => wire.received.includes('413'), 'the first answer');
    await until(() => lifecycle.snapshot().requestsInFlight === 0, 'its end');
    expect(requests.map(({ socket }) => socket)).toEqual([null]);
    expect(lifecycle.phase).toBe('READY');
    wire.received = '';
    wire.get('/next');
    await until(() => wire.received.includes('413'), 'the second answer');
    const stop = lifecycle.stop();
    await passedUntil(clock, stop);
    await until(() => wire.ended !== undefined, 'the end of the connection');
    expect([wire.ended, exits]).toEqual(['FIN', [0]]);
  });

  it('HLD-36 says Connection: close on every response of the drain, also of handlers that write at once', async () => {
    const server = createServer();
    // Before it is attached, and so before ours.
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      if (request.url === '/kept') response.setHeader('Connection', 'keep-alive');
      response.writeHead(200, { 'Content-Length': '2' });
      response.end('ok');
    });
    const { lifecycle, port, clock } = await serving(server);
    const kept = new Wire(port).get('/first');
    await until(() => kept.received.endsWith('ok'), 'the first answer');
    expect(kept.received).toMatch(/\r\nConnection: keep-alive\r\n/i);
    const stop = lifecycle.stop();
    kept.received = '';
    kept.get('/second');
    await until(() => kept.ended === 'FIN', 'the end of the connection');
    expect(kept.received).toMatch(/^HTTP\/1.1 200 OK\r\n[\s\S]*Connection: close\r\n/);
    await passedUntil(clock, stop);
  });

  it.each([
    ['setHeader', (response: ServerResponse) => response.setHeader('connection', 'keep-alive').end('ok')],
    [
      'writeHead',
      (response: ServerResponse) => response.writeHead(200, { CONNECTION: 'keep-alive', 'X-A': '1' }).end('ok'),
    ],
    [
      'writeHead, text',
      (response: ServerResponse) => response.writeHead(200, 'Fine', { Connection: 'keep-alive' }).end('ok'),
    ],
    [
      'a list',
      (response: ServerResponse) => response.writeHead(200, ['Connection', 'keep-alive', 'X-A', '1']).end('ok'),
    ],
  ])(
    'HLD-36 says so also when a handler passes on what another server said of its connection: %s',
    async (_, answer) => {
      const server = createServer((_request, response) => answer(response));
      const { lifecycle, port, clock } = await serving(server);
      const stop = lifecycle.stop();
      const wire = new Wire(port).get();
      await until(() => wire.ended !== undefined, 'the end');
      expect(wire.received.match(/^connection: .*$/gim)).toEqual(['Connection: close']);
      expect(wire.received).toMatch(/\r\n\r\n(2\r\n)?ok/);
      await passedUntil(clock, stop);
    },
  );

  it('HLD-37 ends an idle connection with FIN after the drain delay, and no earlier', async () => {
    const { server } = heldServer();
    const { lifecycle, port, clock } = await serving(server);
    const idle = new Wire(port).get('/at-once');
    await until(() => idle.received.endsWith('at once'), 'the answer');
    const stop = lifecycle.stop();
    await clock.advanceAsync(999);
    await turns(20);
    expect(idle.ended).toBeUndefined();
    await clock.advanceAsync(1);
    await until(() => idle.ended !== undefined, 'the end');
    expect(idle.ended).toBe('FIN');
    await passedUntil(clock, stop);
  });

  it('HLD-40 HLD-41 cuts off a request that does not end, names its method and route, and exits with 1', async () => {
    const { server, requests } = heldServer();
    const { lifecycle, port, clock, exits, lines } = await serving(server);
    new Wire(port).get('/orders/17?token=abcdef123456');
    const streaming = new Wire(port).get('/download');
    await until(() => requests.length === 2, 'the requests');
    // What a router notes on its way.
    Object.assign(requests[0]?.request ?? {}, { route: { path: '/:id' }, baseUrl: '/orders' });
    requests[1]?.response.write('a part');
    const stop = lifecycle.stop();
    expect(await passedUntil(clock, stop)).toBe(10_000);
    const report = await stop;
    expect(report.unfinished.map(({ what }) => what)).toEqual(['GET /orders/:id', 'GET /download']);
    await until(() => streaming.ended !== undefined, 'the end of the stream');
    expect(exits).toEqual([1]);
    const line = lines.find(({ message }) => message === 'stop: requests in flight');
    expect([line?.type, line?.fields['message']]).toEqual(['ERROR_EVENT', '2 cut off: GET /orders/:id, GET /download']);
    expect(JSON.stringify(lines)).not.toContain('abcdef123456');
  });

  it('HLD-41 ends a stream of events in order when the listener is closed, and bears one who goes on writing', async () => {
    const { server, requests } = heldServer();
    const { lifecycle, port, clock, exits } = await serving(server);
    const stream = new Wire(port).get('/events');
    await until(() => requests.length === 1, 'the request');
    const { response } = requests[0] ?? {};
    response?.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' });
    response?.write('data: 1\n\n');
    const stop = lifecycle.stop();
    await clock.advanceAsync(900);
    response?.write('data: 2\n\n');
    await turns(20);
    expect(stream.ended).toBeUndefined();
    await clock.advanceAsync(100);
    response?.write('data: 3\n\n');
    await until(() => stream.ended !== undefined, 'the end of the stream');
    expect([stream.ended, stream.received.endsWith('0\r\n\r\n')]).toEqual(['FIN', true]);
    expect(stream.received).toContain('data: 2');
    expect(stream.received).not.toContain('data: 3');
    await passedUntil(clock, stop);
    expect(exits).toEqual([0]);
  });

  it('serves a request that was being received when the listener was closed', async () => {
    const { server } = heldServer();
    const { lifecycle, port, clock, exits } = await serving(server);
    const partial = new Wire(port).send('GET /at-once HTTP/1.1\r\n');
    const silent = new Wire(port);
    await until(() => silent.socket.readyState === 'open', 'the connections');
    await turns(20);
    const stop = lifecycle.stop();
    await clock.advanceAsync(1_000);
    expect(server.listening).toBe(false);
    await clock.advanceAsync(500);
    partial.send('Host: test\r\n\r\n');
    await until(() => partial.ended !== undefined, 'the answer');
    expect(partial.received).toMatch(/at once$/);
    await passedUntil(clock, stop);
    await until(() => silent.ended !== undefined, 'the end of the silent one');
    expect([silent.ended, exits]).toEqual(['FIN', [0]]);
  });

  it('answers all requests that were sent in one go', async () => {
    const { server, requests } = heldServer();
    const { lifecycle, port, clock } = await serving(server);
    const stop = lifecycle.stop();
    const wire = new Wire(port);
    wire.get('/1').get('/2').get('/3');
    await until(() => requests.length === 3, 'all three');
    requests.forEach(({ response }, i) => response.end(`answer ${String(i)}`));
    await until(() => wire.ended !== undefined, 'the end');
    expect(wire.received.match(/answer \d/g)).toEqual(['answer 0', 'answer 1', 'answer 2']);
    expect(wire.received.match(/Connection: close/g)).toHaveLength(1);
    await passedUntil(clock, stop);
  });

  it('forgets requests that waited for their turn on a connection that is gone', async () => {
    const { server, requests } = heldServer();
    const { lifecycle, port, clock, exits } = await serving(server);
    const wire = new Wire(port);
    wire.get('/1').get('/2').get('/3');
    await until(() => requests.length === 3, 'all three');
    wire.socket.destroy();
    await until(() => lifecycle.report().requestsInFlight === 0, 'their end');
    expect(await passedUntil(clock, lifecycle.stop())).toBe(1_000);
    expect(exits).toEqual([0]);
  });

  it('is not held by requests that came behind one whose answer closes the connection', async () => {
    const server = createServer((request, response) => response.end(request.url));
    const { lifecycle, port, clock, exits } = await serving(server);
    const stop = lifecycle.stop();
    const wire = new Wire(port).send('GET /a HTTP/1.1\r\nHost: t\r\n\r\nGET /b HTTP/1.1\r\nHost: t\r\n\r\n');
    await until(() => wire.ended !== undefined, 'the end');
    expect(wire.received).toMatch(/Connection: close\r\n[\s\S]*\/a/);
    expect(await passedUntil(clock, stop)).toBe(1_000);
    expect(exits).toEqual([0]);
  });

  it.each([
    ['/reset/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0', '/reset/…'],
    ['/u/alice@example.com;sid=abc', '/u/…'],
    ['//user:secretword@host/p?x=1', '//…/p'],
    ['/orders/17;sid=secretword/lines?token=1', '/orders/17/lines'],
    ['/a%20b', '/…'],
  ])('HLD-40 shows of a path what can be no secret: %s', async (path, shown) => {
    const { server, requests } = heldServer();
    const { lifecycle, port, clock } = await serving(server, { budgetMs: 2_000 });
    new Wire(port).get(path);
    await until(() => requests.length === 1, 'the request');
    const stop = lifecycle.stop();
    await passedUntil(clock, stop);
    expect((await stop).unfinished[0]?.what).toBe(`GET ${shown}`);
  });

  it('does not wait for a request whose client went away', async () => {
    const { server, requests } = heldServer();
    const { lifecycle, port, clock, exits } = await serving(server);
    const gone = new Wire(port).get('/gone');
    await until(() => requests.length === 1, 'the request');
    gone.socket.destroy();
    await until(() => lifecycle.report().requestsInFlight === 0, 'its end');
    expect(lifecycle.report().requestsInFlight).toBe(0);
    await passedUntil(clock, lifecycle.stop());
    expect(exits).toEqual([0]);
  });

  it('drains nothing and waits for nothing when the server does not listen', async () => {
    const { server } = heldServer();
    const { lifecycle, clock, exits } = await serving(server, { drainDelayMs: 'auto' });
    server.close();
    expect(await passedUntil(clock, lifecycle.stop())).toBe(0);
    expect(exits).toEqual([0]);
  });
});
