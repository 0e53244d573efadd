import { AbuseDetector } from 'breakwater/abuse-detector';
import { DDoSProtection } from 'breakwater/ddos-protection';
import { MetricsCollector } from 'breakwater/metrics';
import { hardenUpgrade, setRoute } from 'breakwater/node-http';
import { ManualClock } from 'breakwater/testing';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import WebSocket, { WebSocketServer } from 'ws';
import { setup } from '../http/setup.js';
import { ASKED, closeAll, echo, type Handler, later, parsed, portOf, raw, start, SWITCH } from './upgrades.js';

afterEach(closeAll);

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
    // The listener's, and the line's.
    expect([contexts, within]).toEqual([Array(2).fill({ requestId: 'from-the-client' }), [server]]);
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
    later(() => server.close());
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
