import { AbuseDetector } from 'breakwater/abuse-detector';
import { InvalidArgumentError } from 'breakwater/core';
import { DDoSProtection } from 'breakwater/ddos-protection';
import { createHardening, type Hardening, type HardeningOptions, type RequestRecord } from 'breakwater/http';
import { MetricsCollector } from 'breakwater/metrics';
import { harden, hardenUpgrade, setRoute } from 'breakwater/node-http';
import { ManualClock } from 'breakwater/testing';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import WebSocket, { WebSocketServer } from 'ws';
import { held } from '../held.js';

type Handler = (request: IncomingMessage, socket: Duplex, head: Buffer) => unknown;

const SWITCH = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n';
const ASKED = 'GET /chat?token=secret HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n';

/** Accepts, and sends back what comes. */
const echo: Handler = (_, socket, head) => {
  socket.write(SWITCH);
  socket.write(head);
  socket.pipe(socket);
};

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

function setup(options: HardeningOptions = {}) {
  const clock = new ManualClock({ now: 1_000 });
  const reported: unknown[] = [];
  const hardening = createHardening({ clock, onListenerError: (error) => reported.push(error), ...options });
  const records: RequestRecord[] = [];
  hardening.on('request', (record) => records.push(record));
  return { clock, hardening, reported, records };
}

async function start(hardening: Hardening, ...handlers: readonly Handler[]) {
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

async function portOf(server: Server): Promise<number> {
  if (!server.listening) await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

/** A connection that has asked for an upgrade, and everything that came back. */
function raw(server: Server, sockets: Socket[], text = ASKED) {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  sockets.push(socket);
  const got = { text: '', socket, closed: once(socket, 'close') };
  socket.on('data', (chunk: Buffer) => (got.text += chunk.toString()));
  socket.on('error', () => undefined);
  socket.write(text);
  return got;
}

function parsed(text: string) {
  const [head = '', body = ''] = text.split('\r\n\r\n', 2);
  const [status = '', ...lines] = head.split('\r\n');
  const headers = lines.map((line) => [
    line.slice(0, line.indexOf(':')).toLowerCase(),
    line.slice(line.indexOf(':') + 2),
  ]);
  return { status, headers: Object.fromEntries(headers) as Record<string, string>, body };
}

describe('an upgrade that is accepted', () => {
  it('OBS-H12 has one record when its connection closes: 101, how long it was open, and no latency', async () => {
    const metrics = new MetricsCollector();
    const { clock, hardening, records } = setup({ metrics, slowRequestMs: 10 });
    const slow: Handler = (request, socket, head) => {
      clock.advance(5_000);
      setRoute(request, '/chat');
      echo(request, socket, head);
    };
    const { raw } = await start(hardening, slow);
    const client = raw(`${ASKED}early`);
    await expect.poll(() => client.text).toBe(`${SWITCH}early`);
    client.socket.write(' and late');
    await expect.poll(() => client.text).toBe(`${SWITCH}early and late`);
    expect(records).toEqual([]);
    clock.advance(60_000);
    client.socket.end();
    await expect.poll(() => records.length).toBe(1);
    expect(records).toMatchObject([
      {
        method: 'GET',
        path: '/chat',
        route: '/chat',
        address: '127.0.0.1',
        status: 101,
        kind: 'upgrade',
        aborted: false,
        firstByteMs: 5_000,
        durationMs: 65_000,
        slow: false,
      },
    ]);
    const text = metrics.render('prometheus');
    expect(text).toContain('http_server_stream_lifetime_seconds_count{http_route="/chat",kind="upgrade"} 1');
    expect(text).not.toMatch(/^http_server_request_duration_seconds_count/m);
  });

  it.each([
    ['the client', (client: Socket) => client.resetAndDestroy()],
    ['the server', (_: Socket, server: Duplex) => server.destroy()],
  ])('OBS-H9 closed by %s, in whatever way, it has one record', async (_, close) => {
    const { hardening, records, reported } = setup();
    let served: Duplex | undefined;
    const { raw } = await start(hardening, (request, socket, head) => {
      served = socket;
      echo(request, socket, head);
    });
    const client = raw();
    await expect.poll(() => client.text).toBe(SWITCH);
    close(client.socket, served as Duplex);
    await expect.poll(() => records).toMatchObject([{ status: 101, kind: 'upgrade', aborted: false }]);
    expect(hardening.snapshot()).toMatchObject({ requests: 1, aborted: 0 });
    expect(reported).toEqual([]);
  });

  it('works with a server of WebSockets', async () => {
    const { hardening, records } = setup();
    const sockets = new WebSocketServer({ noServer: true });
    const { port } = await start(hardening, (request, socket, head) => {
      sockets.handleUpgrade(request, socket, head, (accepted) => {
        accepted.on('message', (text) => {
          accepted.send(`you said ${String(text as Buffer)}`);
        });
      });
    });
    const client = new WebSocket(`ws://127.0.0.1:${String(port)}/chat`);
    await once(client, 'open');
    client.send('hello');
    const [answer] = (await once(client, 'message')) as [Buffer];
    expect(String(answer)).toBe('you said hello');
    client.close();
    await expect.poll(() => records).toMatchObject([{ status: 101, kind: 'upgrade', aborted: false }]);
  });

  it('runs its listener in the context of its request, with the server as this', async () => {
    const contexts: object[] = [];
    const withContext = <T>(fields: object, fn: () => T): T => (contexts.push(fields), fn());
    const { hardening } = setup({ logger: { event: () => undefined, withContext } });
    const within: unknown[] = [];
    const { server, raw } = await start(hardening, function (this: unknown, _, socket) {
      within.push(this);
      socket.destroy();
    });
    await raw(ASKED.replace('Host: x', 'Host: x\r\nX-Request-Id: from-the-client')).closed;
    expect([contexts, within]).toEqual([[{ requestId: 'from-the-client' }], [server]]);
  });

  it('OBS-H12 CONNECT is recorded as what it is', async () => {
    const { clock, hardening, records } = setup();
    const server = createServer();
    server.on(
      'connect',
      hardenUpgrade((_request, socket, head) => {
        socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
        socket.write(head);
        socket.on('end', () => socket.end()).resume();
      }, hardening),
    );
    await portOf(server);
    closing.push(() => server.close());
    const client = raw(server, [], 'CONNECT db:5432 HTTP/1.1\r\nHost: db:5432\r\n\r\nping');
    await expect.poll(() => client.text).toContain('ping');
    clock.advance(1_000);
    client.socket.end();
    await expect
      .poll(() => records)
      .toMatchObject([{ method: 'CONNECT', status: 200, kind: 'connect', durationMs: 1_000, firstByteMs: 0 }]);
  });
});

describe('an upgrade that is refused', () => {
  it('OBS-H1 by a block: a whole answer with everything that others get, before the handshake', async () => {
    const ddos = new DDoSProtection({ threshold: 1, clock: new ManualClock() });
    const { hardening, records } = setup({ ddos });
    const { port, raw } = await start(hardening, () => expect.unreachable());
    await fetch(`http://127.0.0.1:${String(port)}/`);
    const refused = raw();
    await refused.closed;
    const { status, headers, body } = parsed(refused.text);
    expect(status).toBe('HTTP/1.1 429 Too Many Requests');
    expect(headers).toMatchObject({
      'retry-after': '900',
      ratelimit: '"ddos";r=0;t=900',
      'ratelimit-policy': '"ddos";q=1;w=60',
      'content-type': 'application/problem+json',
      'content-length': String(body.length),
      'cache-control': 'no-store',
      'x-frame-options': 'DENY',
      connection: 'close',
    });
    expect(headers['x-request-id']).toMatch(/^[0-9a-f]{32}$/);
    expect(JSON.parse(body)).toMatchObject({ status: 429, 'violated-policies': ['ddos'] });
    await expect.poll(() => records.length).toBe(2);
    expect(records[1]).toMatchObject({
      path: '/chat',
      status: 429,
      route: 'refused',
      refusedBy: 'ddos',
      id: headers['x-request-id'],
      aborted: false,
    });
  });

  it('by a flag, and by a limit of a user', async () => {
    const clock = new ManualClock();
    const detector = new AbuseDetector({ clock });
    const { hardening } = setup({
      clock,
      abuse: { detector, action: 'reject' },
      identify: 'x-user-id',
      perUser: { capacity: 1 },
    });
    const { raw } = await start(hardening, (_, socket) => socket.end(SWITCH));
    const as = async (id: string): Promise<string> => {
      const client = raw(ASKED.replace('Host: x', `Host: x\r\nX-User-Id: ${id}`));
      await client.closed;
      return parsed(client.text).status;
    };
    expect([await as('a'), await as('a'), await as('b')]).toEqual([
      'HTTP/1.1 101 Switching Protocols',
      'HTTP/1.1 429 Too Many Requests',
      'HTTP/1.1 101 Switching Protocols',
    ]);
    detector.flag('address:127.0.0.1', 'by hand');
    expect(await as('c')).toBe('HTTP/1.1 429 Too Many Requests');
  });

  it('TRA-12 asking under the path of a health route is no way around the count', async () => {
    const { hardening } = setup({ ddos: { threshold: 2 } });
    const { raw } = await start(hardening, (_, socket) => socket.end(SWITCH));
    const statuses = [];
    for (let i = 0; i < 3; i++) {
      const client = raw(ASKED.replace('/chat', '/health/live'));
      await client.closed;
      statuses.push(parsed(client.text).status.slice(9, 12));
    }
    expect(statuses).toEqual(['101', '101', '429']);
  });

  it('closes the connection of a client that goes on sending and never closes its own', async () => {
    const { hardening, records } = setup({ ddos: { deny: ['127.0.0.0/8'] } });
    const { raw } = await start(hardening, () => expect.unreachable());
    const client = raw(`${ASKED}${'x'.repeat(100_000)}`);
    await client.closed;
    await expect.poll(() => records).toMatchObject([{ status: 403, refusedBy: 'ddos' }]);
  });
});

describe('a listener for upgrades', () => {
  it.each([
    ['HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n', 401],
    [Buffer.from('HTTP/1.1 404 Not Found\r\n\r\n'), 404],
  ])('that answers something else is recorded with that (%#)', async (answer, status) => {
    const { hardening, records } = setup();
    const { raw } = await start(hardening, (_, socket) => {
      socket.write(answer);
      socket.destroy();
    });
    await raw().closed;
    await expect.poll(() => records).toMatchObject([{ status, kind: 'upgrade', aborted: false }]);
    expect(records[0]?.route).toBe(status === 404 ? 'unmatched' : undefined);
  });

  it.each([
    ['nothing', (socket: Duplex) => socket.destroy()],
    ['what is no answer', (socket: Duplex) => socket.end('SSH-2.0-OpenSSH_9.9\r\n')],
  ])('OBS-H8 that says %s leaves no status, and is recorded as 499', async (_, act) => {
    const { hardening, records } = setup();
    const { raw } = await start(hardening, (_request, socket) => act(socket));
    const client = raw();
    client.socket.end();
    await client.closed;
    await expect.poll(() => records).toMatchObject([{ status: 499, kind: 'upgrade', aborted: true }]);
    expect(records[0]).not.toHaveProperty('firstByteMs');
  });

  it('OBS-H8 OBS-H12 a client that gives a slow handshake up is a 499 and no slow request', async () => {
    const { clock, hardening, records } = setup({ slowRequestMs: 10 });
    const arrived = held();
    const { raw } = await start(hardening, () => {
      arrived.resolve();
      return new Promise(() => undefined);
    });
    const client = raw();
    await arrived.promise;
    clock.advance(30_000);
    client.socket.resetAndDestroy();
    await expect
      .poll(() => records)
      .toMatchObject([{ status: 499, aborted: true, durationMs: 30_000, slow: false, kind: 'upgrade' }]);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('broken at db.internal');
      },
    ],
    ['rejects', () => Promise.reject(new Error('broken at db.internal'))],
  ])('OBS-H11 that %s is a 500 without any detail, recorded and reported', async (_, handler) => {
    const { hardening, reported, records } = setup();
    const { raw } = await start(hardening, handler);
    const client = raw();
    await client.closed;
    const { status, headers, body } = parsed(client.text);
    expect([status, headers['x-frame-options']]).toEqual(['HTTP/1.1 500 Internal Server Error', 'DENY']);
    expect(JSON.parse(body)).toEqual({ type: 'about:blank', title: 'Internal Server Error', status: 500 });
    const error = new Error('broken at db.internal');
    await expect.poll(() => records).toMatchObject([{ status: 500, error }]);
    expect(reported).toEqual([error]);
  });

  it('that throws after its answer closes the connection', async () => {
    const { hardening, reported, records } = setup();
    const { raw } = await start(hardening, async (request, socket, head) => {
      echo(request, socket, head as Buffer);
      await Promise.resolve();
      throw new Error('afterwards');
    });
    const client = raw();
    await client.closed;
    await expect.poll(() => records).toMatchObject([{ status: 101, error: new Error('afterwards') }]);
    expect(reported).toEqual([new Error('afterwards')]);
  });

  it('OBS-H20 is one of several: a request counts once, and a refusal is sent once', async () => {
    const { hardening, records } = setup({ ddos: { threshold: 1 } });
    let others = 0;
    const { raw } = await start(hardening, echo, () => others++);
    const first = raw();
    await expect.poll(() => first.text).toBe(SWITCH);
    const second = raw();
    await second.closed;
    expect(second.text.match(/HTTP\/1\.1/g)).toHaveLength(1);
    first.socket.end();
    await expect.poll(() => records.map(({ status }) => status)).toEqual([429, 101]);
    expect([others, hardening.snapshot().refused]).toEqual([1, 1]);
  });

  it('is not called for a client that hung up while a limiter was asked, which ends no process', async () => {
    const answer = held();
    const arrived = held();
    const ddos = {
      kind: 'ddos-protection' as const,
      name: 'shared',
      isBlocked: () => false,
      snapshot: () => ({}),
      async check() {
        arrived.resolve();
        await answer.promise;
        return new DDoSProtection({ clock: new ManualClock() }).check('203.0.113.5');
      },
    };
    const { hardening, records } = setup({ ddos });
    let called = 0;
    const { raw } = await start(hardening, () => called++);
    const client = raw();
    await arrived.promise;
    client.socket.resetAndDestroy();
    await expect.poll(() => records).toMatchObject([{ status: 499, aborted: true }]);
    answer.resolve();
    await new Promise((resolve) => setImmediate(resolve));
    expect(called).toBe(0);
    const next = raw();
    await expect.poll(() => called).toBe(1);
    next.socket.destroy();
  });

  it('leaves what others put around the connection where it is', async () => {
    const { hardening, records } = setup();
    const seen: string[] = [];
    const { raw } = await start(hardening, (request, socket, head) => {
      const write = socket.write.bind(socket) as (chunk: unknown) => boolean;
      socket.write = (chunk: unknown) => (seen.push(String(chunk)), write(chunk));
      echo(request, socket, head);
      socket.write('more');
    });
    const client = raw();
    await expect.poll(() => client.text).toBe(`${SWITCH}more`);
    expect(seen).toEqual([SWITCH, '', 'more']);
    client.socket.end();
    await expect.poll(() => records).toMatchObject([{ status: 101 }]);
  });

  it('gets every upgrade itself after dispose', async () => {
    const { hardening, records } = setup({ ddos: { deny: ['127.0.0.0/8'] } });
    const { hardened, raw } = await start(hardening, echo);
    hardened[0]?.dispose();
    const client = raw();
    await expect.poll(() => client.text).toBe(SWITCH);
    client.socket.end();
    await client.closed;
    expect(records).toEqual([]);
  });

  it('must be one', () => {
    expect(() => hardenUpgrade({} as never)).toThrow(InvalidArgumentError);
  });
});
