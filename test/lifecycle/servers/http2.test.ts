import { once } from 'node:events';
import { type ClientHttp2Session, connect, createSecureServer, createServer, type ServerHttp2Stream } from 'node:http2';
import { request as httpsRequest, createServer as createHttps } from 'node:https';
import { describe, expect, it } from 'vitest';
import { selfSigned } from '../../config/certificate.js';
import { passedUntil, stepsOf, turns } from '../setup.js';
import { closing, serving, until } from './setup.js';

/** One request on a session: what came of it. */
function ask(session: ClientHttp2Session, path = '/') {
  const stream = session.request({ ':path': path });
  const state = { body: '', status: 0, error: '', closed: false, rstCode: -1 };
  stream.on('response', (headers) => (state.status = Number(headers[':status'])));
  stream.on('data', (chunk: Buffer) => (state.body += chunk.toString()));
  stream.on('error', (error: NodeJS.ErrnoException) => (state.error = error.code ?? 'error'));
  stream.on('close', () => {
    state.closed = true;
    state.rstCode = stream.rstCode ?? -1;
  });
  return state;
}

async function session(port: number, scheme = 'http'): Promise<ClientHttp2Session & { sentAway?: number }> {
  const one = connect(`${scheme}://127.0.0.1:${String(port)}`, { rejectUnauthorized: false });
  closing(one, (open) => {
    open.destroy();
  });
  one.on('error', () => undefined);
  one.on('goaway', (code: number) => Object.assign(one, { sentAway: code }));
  await once(one, 'connect');
  return one;
}

function heldServer() {
  const streams: ServerHttp2Stream[] = [];
  const server = createServer();
  server.on('stream', (stream, headers) => {
    if (headers[':path'] === '/at-once') {
      stream.respond({ ':status': 200 });
      stream.end('at once');
    } else streams.push(stream);
  });
  return { server, streams };
}

const answer = (stream: ServerHttp2Stream | undefined, text: string): void => {
  stream?.respond({ ':status': 200 });
  stream?.end(text);
};

describe('an HTTP/2 server', () => {
  it('HLD-43 sends GOAWAY while a client waits for all that it asked for, and lets the stream finish', async () => {
    const { server, streams } = heldServer();
    const { lifecycle, port, clock, exits } = await serving(server);
    const client = await session(port);
    const before = ask(client, '/at-once');
    await until(() => before.closed, 'an answer');
    const slow = ask(client, '/slow?x=1');
    await until(() => streams.length === 1, 'the stream');
    const stop = lifecycle.stop();
    await clock.advanceAsync(499);
    await turns(20);
    expect(client.sentAway).toBeUndefined();
    await clock.advanceAsync(1);
    await until(() => client.sentAway === 0, 'GOAWAY');
    expect(slow.closed).toBe(false);
    // Whoever comes now is served, and sent away with its second answer.
    const other = await session(port);
    const late = ask(other, '/at-once');
    await until(() => late.closed, 'the late answer');
    const later = ask(other, '/held');
    await until(() => streams.length === 2 && other.sentAway === 0, 'GOAWAY for the late one');
    answer(streams[1], 'later');
    await until(() => later.closed, 'the later answer');
    expect([late.body, later.body, later.rstCode]).toEqual(['at once', 'later', 0]);
    await clock.advanceAsync(2_000);
    expect(exits).toEqual([]);
    answer(streams[0], 'slow');
    await until(() => slow.closed, 'the slow answer');
    expect([slow.status, slow.body, slow.rstCode]).toEqual([200, 'slow', 0]);
    expect(stepsOf((await stop).steps)).toEqual(['drain while accepting', 'requests in flight']);
    expect(exits).toEqual([0]);
  });

  it('HLD-43 serves the first request of a session that has just been opened when the listener closes', async () => {
    const { server } = heldServer();
    const { lifecycle, port, clock, exits } = await serving(server);
    const stop = lifecycle.stop();
    await clock.advanceAsync(900);
    const young = await session(port);
    await clock.advanceAsync(100);
    expect(server.listening).toBe(false);
    await turns(20);
    expect(young.sentAway).toBeUndefined();
    const asked = ask(young, '/at-once');
    await until(() => asked.closed, 'its answer');
    expect([asked.body, asked.rstCode]).toEqual(['at once', 0]);
    expect(await passedUntil(clock, stop)).toBe(1_000);
    expect([young.closed, exits]).toEqual([true, [0]]);
  });

  it('HLD-43 waits with GOAWAY until a client that asks for several at once waits for as many again', async () => {
    const { server, streams } = heldServer();
    const { lifecycle, port, clock, exits } = await serving(server);
    const client = await session(port);
    const before = [ask(client, '/at-once'), ask(client, '/at-once')];
    await until(() => before.every(({ closed }) => closed), 'two answers');
    const asked = [ask(client, '/a'), ask(client, '/b')];
    await until(() => streams.length === 2, 'the streams');
    const stop = lifecycle.stop();
    answer(streams[0], 'a');
    await until(() => asked[0]?.closed === true, 'the first answer');
    await clock.advanceAsync(500);
    await turns(20);
    // The next request after that answer may be on its way.
    expect(client.sentAway).toBeUndefined();
    asked.push(ask(client, '/c'));
    await until(() => client.sentAway === 0, 'GOAWAY');
    for (const stream of streams.slice(1)) answer(stream, 'done');
    await until(() => asked.every(({ closed }) => closed), 'all answers');
    expect(asked.map(({ body, rstCode }) => [body, rstCode])).toEqual([
      ['a', 0],
      ['done', 0],
      ['done', 0],
    ]);
    await passedUntil(clock, stop);
    expect(exits).toEqual([0]);
  });

  it('HLD-43 leaves sessions that are idle alone until the listener closes', async () => {
    const { server } = heldServer();
    const { lifecycle, port, clock, exits } = await serving(server);
    const idle = await session(port);
    const stop = lifecycle.stop();
    await clock.advanceAsync(999);
    await turns(20);
    expect(idle.sentAway).toBeUndefined();
    await clock.advanceAsync(1);
    await until(() => idle.sentAway === 0, 'GOAWAY');
    await passedUntil(clock, stop);
    expect(exits).toEqual([0]);
  });

  it('HLD-43 bears a stop from within a handler, at once and with sessions that are in use', async () => {
    const server = createServer();
    const { lifecycle, port, exits } = await serving(server, { drainDelayMs: 0 });
    const answered = new Set<string>();
    server.on('stream', (stream, headers) => {
      if (headers[':path'] === '/stop') void lifecycle.stop('by request');
      answered.add(String(headers[':path']));
      stream.respond({ ':status': 200 });
      stream.end('ok');
    });
    const client = await session(port);
    const all = ['/1', '/2', '/stop', '/3'].map((path) => ask(client, path));
    await until(() => all.every(({ closed }) => closed), 'all ends');
    expect(all[2]).toMatchObject({ status: 200, body: 'ok', rstCode: 0 });
    await lifecycle.stop();
    expect([exits, answered.has('/stop')]).toEqual([[0], true]);
  });

  it('HLD-40 names the streams that it cuts off', async () => {
    const { server, streams } = heldServer();
    const { lifecycle, port, clock, exits } = await serving(server);
    const stuck = ask(await session(port), '/stuck?token=abcdef123456');
    await until(() => streams.length === 1, 'the stream');
    const stop = lifecycle.stop();
    expect(await passedUntil(clock, stop)).toBe(10_000);
    expect((await stop).unfinished).toMatchObject([{ what: 'GET /stuck' }]);
    await until(() => stuck.closed, 'its end');
    expect(exits).toEqual([1]);
  });

  it('HLD-41 ends a stream of events in order', async () => {
    const { server, streams } = heldServer();
    const { lifecycle, port, clock, exits } = await serving(server);
    const client = await session(port);
    const events = ask(client, '/events');
    await until(() => streams.length === 1, 'the stream');
    streams[0]?.respond({ ':status': 200, 'content-type': 'text/event-stream' });
    streams[0]?.write('data: 1\n\n');
    const stop = lifecycle.stop();
    await clock.advanceAsync(1_000);
    streams[0]?.write('data: 2\n\n');
    await until(() => events.closed, 'its end');
    expect([events.body, events.rstCode, events.error]).toEqual(['data: 1\n\n', 0, '']);
    await passedUntil(clock, stop);
    expect(exits).toEqual([0]);
  });

  it('serves with the core and with the compatible API, over TLS, and HTTP/1.1 beside it', async () => {
    const { key, cert } = selfSigned();
    const server = createSecureServer({ key, cert, allowHTTP1: true });
    const { lifecycle, port, clock, exits } = await serving(server);
    // Attached first, so that a listener of ours would have switched the compatible API on.
    expect(server.listenerCount('request')).toBe(0);
    server.on('request', (request, response) => {
      response.end(`${request.httpVersion} ${request.url}`);
    });
    const stop = lifecycle.stop();
    await clock.advanceAsync(500);
    const client = await session(port, 'https');
    const two = ask(client, '/two');
    await until(() => two.closed, 'the answer over HTTP/2');
    expect([two.body, two.rstCode]).toEqual(['2.0 /two', 0]);
    const old = { port, host: '127.0.0.1', path: '/one', rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] };
    const one = httpsRequest(old);
    one.end();
    const [response] = (await once(one, 'response')) as [import('node:http').IncomingMessage];
    let body = '';
    for await (const chunk of response) body += String(chunk);
    expect([body, response.headers.connection]).toEqual(['1.1 /one', 'close']);
    await passedUntil(clock, stop);
    expect(exits).toEqual([0]);
  });
});

describe('an HTTPS server', () => {
  it('HLD-36 HLD-37 is drained like one without TLS', async () => {
    const { key, cert } = selfSigned();
    const server = createHttps({ key, cert }, (_, response) => response.end('secure'));
    const { lifecycle, port, clock, exits } = await serving(server);
    const { Agent } = await import('node:https');
    const agent = closing(new Agent({ keepAlive: true, rejectUnauthorized: false }), (one) => {
      one.destroy();
    });
    const get = async (): Promise<string | undefined> => {
      const asked = httpsRequest({ port, host: '127.0.0.1', agent }).end();
      const [response] = (await once(asked, 'response')) as [import('node:http').IncomingMessage];
      response.resume();
      await once(response, 'end');
      return response.headers.connection;
    };
    expect(await get()).toBe('keep-alive');
    const stop = lifecycle.stop();
    expect(await get()).toBe('close');
    await passedUntil(clock, stop);
    expect(exits).toEqual([0]);
  });
});
