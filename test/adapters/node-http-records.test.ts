import { MetricsCollector } from 'breakwater/metrics';
import { harden, setRoute } from 'breakwater/node-http';
import { ManualClock } from 'breakwater/testing';
import { once } from 'node:events';
import * as http2 from 'node:http2';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { held } from '../held.js';
import { closeAll, setup, start } from './hardened-node.js';
import type { Listener } from './node-servers.js';

afterEach(closeAll);

describe('the record of a listener', () => {
  it('OBS-H7 OBS-H8 the label of a route is what setRoute says; what is not found has none of its own', async () => {
    const metrics = new MetricsCollector();
    const { hardening, records } = setup({ metrics });
    const users: Listener = (request, response) => {
      const id = /^\/users\/(\w+)$/.exec(request.url ?? '')?.[1];
      if (id !== undefined) setRoute(request, '/users/:id');
      response.writeHead(id === undefined ? (request.url === '/known' ? 200 : 404) : id === 'none' ? 404 : 200);
      response.end();
    };
    const { ask } = await start(harden(users, hardening));
    for (const path of ['/users/1', '/users/2', '/users/none', '/x/1', '/x/2', '/known']) await ask(path);
    await expect.poll(() => records.length).toBe(6);
    expect(records.map(({ route }) => route)).toEqual([
      '/users/:id',
      '/users/:id',
      '/users/:id',
      'unmatched',
      'unmatched',
      undefined,
    ]);
    const text = metrics.render('prometheus');
    expect([...new Set([...text.matchAll(/http_route="([^"]*)"/g)].map(([, route]) => route))].sort()).toEqual([
      '/users/:id',
      'unknown',
      'unmatched',
    ]);
  });

  it('setRoute can be taken back, and say that there is none', async () => {
    const { hardening, records } = setup();
    const { ask } = await start(
      harden((request, response) => {
        setRoute(request, '/first');
        setRoute(request, request.url === '/none' ? null : undefined);
        response.end();
      }, hardening),
    );
    await ask('/none');
    await ask('/unknown');
    await expect.poll(() => records.map(({ route }) => route)).toEqual(['unmatched', undefined]);
  });

  it('OBS-H9 requests that share a connection do not mix', async () => {
    const { hardening, records } = setup();
    const first = held();
    const { port } = await start(
      harden(async (request, response) => {
        if (request.url === '/slow') await first.promise;
        response.end(request.url);
        first.resolve();
      }, hardening),
    );
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const asked = (path: string, id: string, more = '') =>
      `GET ${path} HTTP/1.1\r\nHost: x\r\nX-Request-Id: ${id}\r\n${more}\r\n`;
    socket.write(asked('/slow', 'first-request') + asked('/fast', 'second-request', 'Connection: close\r\n'));
    await once(socket, 'close');
    expect([...text.matchAll(/x-request-id: (\S+)/gi)].map(([, id]) => id)).toEqual([
      'first-request',
      'second-request',
    ]);
    await expect
      .poll(() => records.map(({ id, path }) => [id, path]))
      .toEqual([
        ['first-request', '/slow'],
        ['second-request', '/fast'],
      ]);
  });

  it('OBS-H8 a client that hangs up is a 499, counted once, and what the listener throws then hurts nobody', async () => {
    const { hardening, reported, records } = setup();
    const gone = held();
    const { port, server, ask } = await start(
      harden(async (request) => {
        await gone.promise;
        throw new Error(`too late for ${String(request.url)}`);
      }, hardening),
    );
    const arrived = once(server, 'request');
    const socket = connect(port, '127.0.0.1');
    socket.write('POST /hangs HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf');
    await arrived;
    socket.destroy();
    await expect.poll(() => records).toMatchObject([{ method: 'POST', status: 499, aborted: true }]);
    gone.resolve();
    await expect.poll(() => reported).toEqual([new Error('too late for /hangs')]);
    expect((await ask('/again')).status).toBe(500);
    await expect.poll(() => records.length).toBe(2);
    expect(hardening.snapshot()).toMatchObject({ requests: 2, aborted: 1 });
  });

  it('OBS-H8 so is one over HTTP/2', async () => {
    const { hardening, reported, records } = setup();
    const arrived = held();
    const gone = held();
    const server = http2.createServer(
      harden(async (_request: http2.Http2ServerRequest, _response: http2.Http2ServerResponse) => {
        arrived.resolve();
        await gone.promise;
        throw new Error('too late');
      }, hardening),
    );
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const session = http2.connect(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
    const stream = session.request({ ':path': '/hangs' });
    await arrived.promise;
    stream.close(http2.constants.NGHTTP2_CANCEL);
    await expect.poll(() => records).toMatchObject([{ path: '/hangs', status: 499, aborted: true }]);
    gone.resolve();
    await expect.poll(() => reported).toEqual([new Error('too late')]);
    session.close();
    server.close();
    await once(server, 'close');
  });

  it('OBS-H12 a stream of events whose type is said as it begins is no latency', async () => {
    const clock = new ManualClock();
    const { hardening, records } = setup({ clock, slowRequestMs: 10 });
    const { ask } = await start(
      harden((_, response) => {
        clock.advance(5);
        response.writeHead(200, { 'Content-Type': 'text/event-stream' });
        response.write('data: 1\n\n');
        clock.advance(60_000);
        response.end();
      }, hardening),
    );
    await ask('/events');
    await expect
      .poll(() => records)
      .toMatchObject([{ kind: 'stream', firstByteMs: 5, durationMs: 60_005, slow: false, status: 200 }]);
  });

  it('OBS-H8 OBS-H14 whose client gives up what is sent over HTTP/2 has its real status, and no length', async () => {
    const { hardening, records } = setup();
    const server = http2.createServer(
      harden((_request: http2.Http2ServerRequest, response: http2.Http2ServerResponse) => {
        response.setHeader('Content-Length', '10000000');
        response.end(Buffer.alloc(10_000_000));
      }, hardening),
    );
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const session = http2.connect(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
    const stream = session.request({ ':path': '/large' });
    await once(stream, 'data');
    stream.close(http2.constants.NGHTTP2_CANCEL);
    await expect.poll(() => records).toMatchObject([{ path: '/large', status: 200, aborted: true }]);
    expect(records[0]).not.toHaveProperty('bodyBytes');
    session.close();
    server.close();
    await once(server, 'close');
  });
});
