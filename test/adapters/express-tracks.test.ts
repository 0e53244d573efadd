import {
  performanceTrackingMiddleware,
  requestLoggingMiddleware,
  securityHeadersMiddleware,
  setupMiddleware,
} from 'breakwater/express';
import { createHardening, type RequestRecord } from 'breakwater/http';
import type { Request, RequestHandler } from 'express';
import express5 from 'express';
import { channel } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { DIALECTS, type Dialect } from './express-dialects.js';
import { type Running, serve } from './frameworks.js';
import { rawAsk } from './raw-ask.js';

const hello: RequestHandler = (_request, response) => void response.send('hello');

/** How many listen to the routers of the process. */
function listening(): number {
  const holder: object = channel('tracing:express.router.request:start');
  return (Reflect.get(holder, Symbol.for('breakwater.express.listening')) as { users: number } | undefined)?.users ?? 0;
}

describe.each(DIALECTS.map((dialect) => [dialect.name, dialect] as const))('%s', (_, dialect: Dialect) => {
  const { express, publishes } = dialect;
  const running: Running[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((server) => server.close()));
  });

  function pipeline() {
    const records: RequestRecord[] = [];
    const hardening = createHardening({ ddos: false });
    hardening.on('request', (record) => records.push(record));
    return { hardening, records };
  }

  /** Asks for each target and gives what the records of that name their routes. */
  async function routesOf(app: Parameters<typeof serve>[0], records: RequestRecord[], targets: readonly string[]) {
    const server = await serve(app);
    running.push(server);
    for (const target of targets) {
      const before = records.length;
      await rawAsk(server.port, { target });
      await expect.poll(() => records.length).toBe(before + 1);
    }
    return records.splice(0).map(({ route }) => route);
  }

  function routerWith(path: string) {
    return express.Router().get(path, hello);
  }

  it('lets libraries define parameters anew, as validators do, also where an error follows', async () => {
    const { hardening, records } = pipeline();
    const app = express();
    app.set('env', 'test');
    setupMiddleware(app, hardening);
    const validated: RequestHandler = (request, _response, next) => {
      Object.defineProperty(request, 'params', { value: { ...request.params, id: 7 } });
      next();
    };
    app.get('/failing/:id', validated, (_request, _response, next) => {
      setImmediate(() => {
        next(new Error('mine'));
      });
    });
    app.get('/passing/:id', validated, (_request, _response, next) => {
      setImmediate(next);
    });
    app.get('/things/:id', validated, (request, response) => void response.send(request.params));
    app.use((_request, response) => void response.status(404).send('nothing'));
    const routes = await routesOf(app, records, ['/failing/1', '/passing/1', '/things/1']);
    expect(routes).toEqual(['/failing/:id', publishes ? '/*' : '/passing/:id', '/things/:id']);
  });

  it('goes through an application that is called by hand, and is not hardened', async () => {
    const { hardening, records } = pipeline();
    const [app, child] = [express(), express()];
    const seen: unknown[] = [];
    child.get('/inside', (request, response) => {
      seen.push(typeof request.next);
      response.send('hello');
    });
    setupMiddleware(app, hardening);
    app.use((request, response, next) => {
      child(request, response, next);
    });
    app.get('/behind', (request, response) => {
      seen.push(typeof request.next);
      response.send('hello');
    });
    await routesOf(app, records, ['/inside', '/behind']);
    expect(seen).toEqual(['function', 'function']);
  });

  it('copies of a request go their own way', async () => {
    const { hardening, records } = pipeline();
    const app = express();
    const inner = express.Router();
    inner.get('/user/:name', (request, response) => {
      setImmediate(() => response.json(request.params['name']));
    });
    setupMiddleware(app, hardening);
    let batch: unknown;
    const answered: unknown[] = [];
    app.get('/batch/:id', (request, response) => {
      const copies = [
        Object.assign(Object.create(request) as Request, { url: '/user/alice' }),
        Object.assign(Object.create(Object.getPrototypeOf(request) as object) as Request, request, {
          url: '/user/bob',
        }),
      ];
      const end = (name: unknown): void => {
        if (answered.push(name) < copies.length) return;
        batch = [{ ...request }.params, request.params, Object.keys(request).includes('params'), typeof request.next];
        response.send('hello');
      };
      for (const copy of copies) inner(copy, { json: end } as never, end as never);
    });
    expect(await routesOf(app, records, ['/batch/5'])).toEqual(['/batch/:id']);
    expect(answered).toEqual(['alice', 'bob']);
    expect(batch).toEqual([{ id: '5' }, { id: '5' }, true, 'function']);
  });

  it.each([
    ['requestLoggingMiddleware', requestLoggingMiddleware],
    ['performanceTrackingMiddleware', performanceTrackingMiddleware],
  ])('OBS-H4 %s by itself knows the route of the first request, too', async (_name, part) => {
    const { hardening, records } = pipeline();
    const app = express();
    app.use(part(hardening));
    app.use('/tenants/:tid', routerWith('/users/:id'));
    const targets = ['/tenants/1/users/2', '/tenants/1/users/2', '/nothing'];
    const route = '/tenants/:tid/users/:id';
    expect(await routesOf(app, records, targets)).toEqual([route, route, 'unmatched']);
  });

  it('a part within a router knows the mounts above it as far as Express lets it', async () => {
    const { hardening, records } = pipeline();
    const app = express();
    const router = express.Router();
    router.use(requestLoggingMiddleware(hardening));
    router.get('/users/:id', hello);
    app.use('/tenants/:tid', router);
    const some = '/*/users/:id';
    const exact = '/tenants/:tid/users/:id';
    // Express 4 has the request be one of the application's after its routers have begun with it.
    const later = dialect.name === 'Express 4' ? some : exact;
    const targets = ['/tenants/1/users/2', '/tenants/1/users/2', '/tenants/1/users/2'];
    expect(await routesOf(app, records, targets)).toEqual([some, later, later]);
  });

  it('OBS-H6 an application with a pipeline can be mounted afterwards', async () => {
    const { hardening, records } = pipeline();
    const [outer, middle, app] = [express(), express(), express()];
    setupMiddleware(app, hardening);
    app.use('/tenants/:tid', routerWith('/users/:id'));
    outer.use('/outer', middle);
    middle.use('/middle', app);
    const targets = ['/outer/middle/tenants/1/users/2', '/outer/middle/nothing'];
    expect(await routesOf(outer, records, targets)).toEqual(['/outer/middle/tenants/:tid/users/:id', 'unmatched']);
  });

  it('OBS-H6 an application that another framework runs below a path knows its own mounts', async () => {
    const { hardening, records } = pipeline();
    const [outer, app] = [express(), express()];
    setupMiddleware(app, hardening);
    app.use('/tenants/:tid', routerWith('/users/:id'));
    outer.use('/outer', (request, response, next) => {
      app(request, response, next);
    });
    const targets = ['/outer/tenants/1/users/2', '/outer/tenants/2/users/3'];
    const route = '/*/tenants/:tid/users/:id';
    expect(await routesOf(outer, records, targets)).toEqual([route, route]);
  });

  it('what Express keeps on a request is there for handlers and can be set', async () => {
    const app = express();
    const seen: unknown[] = [];
    const identify = ({ native }: { native: unknown }) => {
      const { params, next } = native as Request;
      seen.push({ ...params }, typeof params, typeof next);
      return undefined;
    };
    setupMiddleware(app, { identify });
    const router = express.Router({ mergeParams: true });
    router.get('/users/:id', (request, response) => {
      const { params, baseUrl } = request;
      const { path } = request.route as { path: string };
      seen.push({ ...params }, baseUrl, path, typeof request.next);
      request.params = { id: 'mine' } as never;
      seen.push(request.params);
      response.send('hello');
    });
    app.use((request, _response, next) => {
      seen.push({ ...request.params }, request.route as unknown, 'params' in request);
      next();
    });
    app.use('/tenants/:tid', router);
    const server = await serve(app);
    running.push(server);
    expect(await rawAsk(server.port, { target: '/tenants/1/users/2' })).toBe(200);
    expect(seen).toEqual([
      {},
      'object',
      'function',
      {},
      undefined,
      true,
      { tid: '1', id: '2' },
      '/tenants/1',
      '/users/:id',
      'function',
      { id: 'mine' },
    ]);
  });

  it('two pipelines in one process do not mix, and after dispose() the other goes on', async () => {
    const before = listening();
    const pipelines = [pipeline(), pipeline()] as const;
    const apps = [express(), express()] as const;
    const mounted = apps.map((app, i) => {
      const set = setupMiddleware(app, pipelines[i === 0 ? 0 : 1].hardening);
      app.use(`/app${String(i)}/:tid`, routerWith('/users/:id'));
      return set;
    });
    expect(listening()).toBe(before + (publishes ? 2 : 0));
    const ask = (i: 0 | 1) => routesOf(apps[i], pipelines[i].records, [`/app${String(i)}/1/users/2`]);
    expect(await Promise.all([ask(0), ask(1)])).toEqual([['/app0/:tid/users/:id'], ['/app1/:tid/users/:id']]);
    mounted[0]?.dispose();
    mounted[0]?.dispose();
    expect(listening()).toBe(before + (publishes ? 1 : 0));
    expect(await ask(1)).toEqual(['/app1/:tid/users/:id']);
    mounted[1]?.dispose();
    expect(listening()).toBe(before);
    const server = await serve(apps[0]);
    running.push(server);
    expect(await rawAsk(server.port, { target: '/app0/1/users/2' })).toBe(200);
    expect(pipelines[0].records).toEqual([]);
  });

  it('two pipelines on one application name the same', async () => {
    const [first, second] = [pipeline(), pipeline()];
    const app = express();
    setupMiddleware(app, first.hardening);
    app.use(requestLoggingMiddleware(second.hardening));
    app.use('/tenants/:tid', routerWith('/users/:id'));
    expect(await routesOf(app, first.records, ['/tenants/1/users/2'])).toEqual(['/tenants/:tid/users/:id']);
    expect(second.records.map(({ route }) => route)).toEqual(['/tenants/:tid/users/:id']);
  });

  it('OBS-H6 requests that go on at the same time on one connection do not mix', async () => {
    const { hardening, records } = pipeline();
    const app = express();
    setupMiddleware(app, hardening);
    const router = express.Router();
    router.get('/slow/:id', (_request, response) => void setImmediate(() => response.send('slow')));
    router.get('/fast/:id', hello);
    app.use('/t/:tid', router);
    const { port } = await serve(app).then((server) => (running.push(server), server));
    const kinds = ['/t/1/slow/1', '/t/2/fast/2', '/none', '/t/3/nothing'];
    const targets = Array.from({ length: 8 }, (_unused, i) => String(kinds[(i * 3) % kinds.length]));
    const talk = async (): Promise<void> => {
      const socket = connect(port, '127.0.0.1');
      socket.resume();
      const requests = targets.map((target) => `GET ${target} HTTP/1.1\r\nHost: x\r\n\r\n`).join('');
      socket.write(requests.slice(0, -2) + 'Connection: close\r\n\r\n');
      await once(socket, 'close');
    };
    await Promise.all(Array.from({ length: 12 }, talk));
    await expect.poll(() => records.length).toBe(96);
    const routes: Record<string, string> = {
      '/t/1/slow/1': '/t/:tid/slow/:id',
      '/t/2/fast/2': '/t/:tid/fast/:id',
      '/none': 'unmatched',
      '/t/3/nothing': 'unmatched',
    };
    for (const { path, route } of records) expect(route).toBe(routes[path]);
    expect(new Set(records.map(({ path }) => path)).size).toBe(4);
  });

  it('OBS-H8 a client that hangs up leaves the name of the route that it waited for', async () => {
    const { hardening, records } = pipeline();
    const app = express();
    setupMiddleware(app, hardening);
    app.use(
      '/tenants/:tid',
      express.Router().get('/hangs', () => undefined),
    );
    const server = await serve(app);
    running.push(server);
    const arrived = once(server.server, 'request');
    const socket = connect(server.port, '127.0.0.1');
    socket.write('GET /tenants/1/hangs HTTP/1.1\r\nHost: x\r\n\r\n');
    await arrived;
    socket.destroy();
    await expect.poll(() => records.length).toBe(1);
    expect(records).toMatchObject([{ status: 499, route: '/tenants/:tid/hangs' }]);
  });

  it('other applications of the process are left alone', async () => {
    setupMiddleware(express());
    const other = express();
    const seen: PropertyKey[] = [];
    other.use(securityHeadersMiddleware());
    other.get('/', (request, response) => {
      seen.push(...Reflect.ownKeys(request));
      response.send('hello');
    });
    const server = await serve(other);
    running.push(server);
    expect(await rawAsk(server.port, { target: '/' })).toBe(200);
    expect(seen).toContain('params');
    expect(seen.filter((key) => String(key).includes('breakwater'))).toEqual([]);
  });
});

describe('what only looks like Express', () => {
  it.each([
    [undefined],
    [{ get: (): unknown => undefined }],
    [{ get: (): unknown => undefined, request: {}, router: { listRoutes() {} } }],
  ])('is served all the same, without names of routes: %j', async (app) => {
    const before = listening();
    const hardening = createHardening({ onListenerError: () => undefined });
    const records: RequestRecord[] = [];
    hardening.on('request', (record) => records.push(record));
    const part = requestLoggingMiddleware(hardening);
    const server = await serve((request, response) => {
      part(Object.assign(request, { originalUrl: '/', app }) as never, response, () => response.end('hello'));
    });
    expect([await rawAsk(server.port, { target: '/' }), await rawAsk(server.port, { target: '/' })]).toEqual([
      200, 200,
    ]);
    await server.close();
    expect(records.map(({ status, route }) => [status, route])).toEqual([
      [200, undefined],
      [200, undefined],
    ]);
    expect(listening()).toBe(before);
  });
});

describe('several copies of the package', () => {
  it('share what listens to the routers, and the tracks of requests', async () => {
    vi.resetModules();
    const copy = await import('breakwater/express');
    expect(copy.setupMiddleware).not.toBe(setupMiddleware);
    const before = listening();
    const records: RequestRecord[][] = [[], []];
    const app = express5();
    const mounted = [setupMiddleware, copy.setupMiddleware].map((setUp, i) => {
      const hardening = createHardening();
      hardening.on('request', (record) => records[i]?.push(record));
      return setUp(app, hardening);
    });
    app.use('/tenants/:tid', express5.Router().get('/users/:id', hello));
    const start = channel('tracing:express.router.request:start') as unknown as { _subscribers: unknown[] };
    expect(start._subscribers).toHaveLength(1);
    expect(listening()).toBe(before + 2);
    const { port, close } = await serve(app);
    await rawAsk(port, { target: '/tenants/1/users/2' });
    await close();
    const route = '/tenants/:tid/users/:id';
    expect(records).toMatchObject([[{ route }], [{ route }]]);
    for (const each of mounted) each.dispose();
    expect(listening()).toBe(before);
  });
});
