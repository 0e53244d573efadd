import { serve } from '@hono/node-server';
import * as fetchAdapter from 'breakwater/fetch';
import { createHardening, type Hardening, type RequestRecord } from 'breakwater/http';
import { harden, nodeExchange, setError, setRoute } from 'breakwater/node-http';
import fastify, { type FastifyInstance } from 'fastify';
import { Hono } from 'hono';
import { routePath } from 'hono/route';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { describe, expect, it } from 'vitest';

interface Running {
  readonly server: Server;
  close(): Promise<unknown>;
}

/** Tells the pipeline what only Fastify knows. */
function tell(app: FastifyInstance): FastifyInstance {
  app.addHook('onRequest', (request, _, done) => {
    setRoute(request.raw, request.routeOptions.url);
    done();
  });
  app.addHook('onError', (request, _, error, done) => {
    setError(request.raw, error);
    done();
  });
  return app;
}

async function running(app: FastifyInstance): Promise<Running> {
  app.get<{ Params: { id: string } }>('/users/:id', async (request) => ({ id: request.params.id }));
  app.get('/throws', async () => {
    throw new Error('broken handler');
  });
  app.get('/hangs', () => new Promise(() => undefined));
  await app.listen({ port: 0, host: '127.0.0.1' });
  return { server: app.server, close: () => app.close() };
}

const FRAMEWORKS: Record<string, (hardening: Hardening) => Promise<Running>> = {
  'Fastify, whose listener is hardened'(hardening) {
    const serverFactory = (handler: (request: IncomingMessage, response: ServerResponse) => void) =>
      createServer(harden(handler, hardening));
    return running(tell(fastify({ serverFactory })));
  },
  'Fastify, by hand in a hook'(hardening) {
    const app = fastify();
    app.addHook('onRequest', (request, reply, done) => {
      const exchange = nodeExchange(request.raw, reply.raw);
      void Promise.resolve(hardening.handle(exchange)).then((answers) => {
        if (answers) reply.hijack();
        else hardening.within(exchange, done);
      });
    });
    return running(tell(app));
  },
  async 'Hono on Node'(hardening) {
    const app = new Hono<{ Bindings: { incoming: IncomingMessage } }>();
    app.use(async (context, next) => {
      await next();
      if (context.res.status !== 404) fetchAdapter.setRoute(context.req.raw, routePath(context, -1));
    });
    app.onError((error, context) => {
      fetchAdapter.setError(context.req.raw, error);
      return context.text('sorry', 500);
    });
    app.get('/users/:id', (context) => context.json({ id: context.req.param('id') }));
    app.get('/throws', () => {
      throw new Error('broken handler');
    });
    app.get('/hangs', () => new Promise<Response>(() => undefined));
    const hardened = fetchAdapter.harden(app.fetch, hardening, {
      address: (_, env) => (env as { incoming: IncomingMessage }).incoming.socket.remoteAddress,
    });
    const server = serve({ fetch: hardened, port: 0, hostname: '127.0.0.1' }) as Server;
    await once(server, 'listening');
    return { server, close: () => once(server.close(), 'close') };
  },
};

describe.each(Object.entries(FRAMEWORKS))('%s', (_, start) => {
  async function setup() {
    const hardening = createHardening({ ddos: { threshold: 4 } });
    const records: RequestRecord[] = [];
    hardening.on('request', (record) => records.push(record));
    const { server, close } = await start(hardening);
    const { port } = server.address() as AddressInfo;
    return {
      hardening,
      records,
      server,
      ask: (path: string) => fetch(`http://127.0.0.1:${String(port)}${path}`),
      async stop() {
        server.closeAllConnections();
        await close();
      },
    };
  }

  it('OBS-H1 OBS-H4 OBS-H7 OBS-H11 is hardened: headers, limits, health, one record each with route and error', async () => {
    const { records, ask, stop } = await setup();
    const statuses = [];
    for (const path of ['/users/1', '/users/2', '/throws', '/nothing', '/users/3', '/health/ready']) {
      const answer = await ask(path);
      statuses.push(answer.status);
      expect(answer.headers.get('x-frame-options'), path).toBe('DENY');
      await answer.text();
    }
    expect(statuses).toEqual([200, 200, 500, 404, 429, 200]);
    await expect.poll(() => records.length).toBe(6);
    expect(records.map(({ route, status, address }) => [route, status, address])).toEqual([
      ['/users/:id', 200, '127.0.0.1'],
      ['/users/:id', 200, '127.0.0.1'],
      ['/throws', 500, '127.0.0.1'],
      ['unmatched', 404, '127.0.0.1'],
      ['refused', 429, '127.0.0.1'],
      ['/health/ready', 200, '127.0.0.1'],
    ]);
    expect(records[2]?.error).toEqual(new Error('broken handler'));
    await stop();
  });

  it('OBS-H8 a client that hangs up is a 499, counted once', async () => {
    const { hardening, records, server, stop } = await setup();
    const arrived = once(server, 'request');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write('GET /hangs HTTP/1.1\r\nHost: x\r\n\r\n');
    await arrived;
    socket.resetAndDestroy();
    await expect.poll(() => records).toMatchObject([{ path: '/hangs', status: 499, aborted: true }]);
    expect(hardening.snapshot()).toMatchObject({ requests: 1, aborted: 1 });
    await stop();
  });
});
