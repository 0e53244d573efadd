import { setupMiddleware } from 'breakwater/express';
import { harden } from 'breakwater/fetch';
import { createHardening, cspNonce, type HardeningOptions, type RequestRecord } from 'breakwater/http';
import { setupMiddleware as setupKoa } from 'breakwater/koa';
import { StructuredLogger } from 'breakwater/logger';
import express5 from 'express';
import Koa3 from 'koa';
import Koa2 from 'koa-2';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { DIALECTS, type Dialect } from './express-dialects.js';
import { type Running, serve } from './frameworks.js';
import { rawAsk } from './raw-ask.js';

const TOKEN = 'a-token-for-the-monitoring';
const running: Running[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

async function start(listener: Listener): Promise<Running> {
  const server = await serve(listener);
  running.push(server);
  return server;
}

function logger() {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>) };
  return { lines, log: new StructuredLogger({ destination }) };
}

/** All that a server sends for what is written to it at once. */
async function exchangeOf(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.setEncoding('latin1');
  socket.write(text);
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}

describe.each(DIALECTS.map((dialect) => [dialect.name, dialect] as const))('%s', (_, dialect: Dialect) => {
  const { express } = dialect;

  it('OBS-H9 pipelined requests have their own ids in the lines of each logger', async () => {
    const [one, two] = [logger(), logger()];
    const app = express();
    setupMiddleware(app, { name: 'one', logger: one.log, ddos: false });
    setupMiddleware(app, { name: 'two', logger: two.log, ddos: false });
    app.get('/', (_request, response) => {
      setImmediate(() => response.send('hello'));
    });
    const ids = [0, 1, 2].map((i) => `pipelined-${String(i)}`);
    const heads = ids.map((id, i) => {
      const last = i === ids.length - 1 ? 'Connection: close\r\n' : '';
      return `GET / HTTP/1.1\r\nHost: x\r\nX-Request-Id: ${id}\r\n${last}\r\n`;
    });
    const { port } = await start(app);
    await exchangeOf(port, heads.join(''));
    for (const { lines } of [one, two]) {
      await expect.poll(() => lines.length).toBe(3);
      expect(lines.map(({ requestId }) => requestId).sort()).toEqual(ids);
    }
  });

  it('handlers write in the context of a request that would have been refused', async () => {
    const { log, lines } = logger();
    const app = express();
    setupMiddleware(app, { logger: log, mode: 'shadow', ddos: { threshold: 1 } });
    app.get('/', (_request, response) => {
      log.systemEvent('handled');
      response.send('hello');
    });
    const { port } = await start(app);
    for (let i = 0; i < 3; i++) await rawAsk(port, { target: '/' });
    await expect.poll(() => lines.filter(({ msg }) => msg === 'request').length).toBe(3);
    for (const { requestId, trace_id } of lines)
      expect([typeof requestId, typeof trace_id]).toEqual(['string', 'string']);
  });

  it('OBS-H8 an upload that was given up is no bad request of its client', async () => {
    const records: RequestRecord[] = [];
    const hardening = createHardening({ abuse: { threshold: 1 }, metrics: {} });
    hardening.on('request', (record) => records.push(record));
    const app = express();
    app.set('env', 'test');
    setupMiddleware(app, hardening);
    app.use(express.json());
    app.post('/', (_request, response) => void response.send('hello'));
    const { port, server } = await start(app);
    const arrived = once(server, 'request');
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"a":');
    await arrived;
    socket.destroy();
    await expect.poll(() => records).toMatchObject([{ status: 499, aborted: true }]);
    expect(hardening.snapshot()).toMatchObject({ aborted: 1 });
  });
});

it('OBS-H3 a list of headers that comes with writeHead keeps what comes twice, and wins', async () => {
  const app = express5();
  app.disable('x-powered-by');
  setupMiddleware(app, { rateLimitHeaders: { on: 'all' } });
  const raw = ['Set-Cookie', 'a=1', 'x-frame-options', 'SAMEORIGIN', 'Set-Cookie', 'b=2'];
  app.get('/flat', (_request, response) => {
    response.writeHead(200, 'Fine', raw).end();
  });
  const pairs = [['Set-Cookie', 'a=1'], ['Set-Cookie', 'b=2'], ['x-frame-options', 'SAMEORIGIN']]; // prettier-ignore
  app.get('/pairs', (_request, response) => {
    response.writeHead(200, pairs as never).end();
  });
  const { port } = await start(app);
  for (const path of ['/flat', '/pairs']) {
    const answer = await fetch(`http://127.0.0.1:${String(port)}${path}`);
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(answer.headers.get('x-frame-options')).toBe('SAMEORIGIN');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f]{32}$/);
    expect(answer.headers.get('ratelimit')).toContain('ddos');
  }
  expect(raw).toHaveLength(6);
  expect(pairs).toHaveLength(3);
});

describe.each([
  ['Koa 3', Koa3],
  ['Koa 2', Koa2],
])('%s', (_, Koa) => {
  function hardened(options: HardeningOptions, around?: Koa3.Middleware) {
    const app = new Koa();
    app.silent = true;
    if (around !== undefined) app.use(around as never);
    const hardening = createHardening(options);
    const records: RequestRecord[] = [];
    hardening.on('request', (record) => records.push(record));
    setupKoa(app, hardening);
    return { app, records };
  }

  it.each([
    [
      'a page for what nobody answers',
      (async (context, next) => {
        await next();
        if (context.status === 404) context.body = 'Page Not Found';
      }) satisfies Koa3.Middleware,
    ],
    [
      'an error for it',
      (async (context, next) => {
        await next();
        if (context.status >= 400) context.throw(context.status);
      }) satisfies Koa3.Middleware,
    ],
  ])('the health routes answer whole behind %s', async (_what, around) => {
    const { app } = hardened({ metrics: {}, authorize: TOKEN }, around);
    const { port } = await start(app.callback() as Listener);
    const headers = { authorization: `Bearer ${TOKEN}` };
    for (const route of ['live', 'check', 'summary', 'metrics', 'security']) {
      const answer = await fetch(`http://127.0.0.1:${String(port)}/health/${route}`, { headers });
      expect([route, answer.status, (await answer.text()).includes('Not Found')]).toEqual([route, 200, false]);
    }
  });

  it('OBS-H4 an answer that begins by itself is no unanswered one', async () => {
    const { app, records } = hardened({});
    app.use((context) => {
      context.respond = false;
      context.res.writeHead(context.path === '/missing' ? 404 : 200, { 'content-type': 'text/plain' });
      context.res.end('hello');
    });
    const { port } = await start(app.callback() as Listener);
    for (const target of ['/', '/missing']) await rawAsk(port, { target });
    await expect
      .poll(() => records)
      .toMatchObject([
        { route: '/*', status: 200 },
        { route: 'unmatched', status: 404 },
      ]);
  });
});

describe('the nonce', () => {
  const headers = { set: { 'X-Nonce': '{nonce}' } };

  it('OBS-H19 of a handler of fetch is that of its request', async () => {
    const ask = harden((request: Request) => new Response(cspNonce(request)), { ddos: false, headers });
    const answer = await ask(new Request('http://localhost/'));
    expect(await answer.text()).toBe(answer.headers.get('x-nonce'));
    expect(() => cspNonce(new Response())).toThrow('the Request of fetch');
    expect(() => cspNonce(null as never)).toThrow('cspNonce: the argument must be');
  });

  it('OBS-H19 of Koa is that of its context as well', async () => {
    const app = new Koa3();
    setupKoa(app, { headers });
    app.use((context) => {
      context.body = cspNonce(context) === cspNonce(context.res) ? cspNonce(context) : 'another';
    });
    const { port } = await start(app.callback() as Listener);
    const answer = await fetch(`http://127.0.0.1:${String(port)}/`);
    expect(await answer.text()).toBe(answer.headers.get('x-nonce'));
  });
});
