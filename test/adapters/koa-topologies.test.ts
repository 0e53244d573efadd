import Router from '@koa/router';
import { createHardening, type RequestRecord } from 'breakwater/http';
import { errorMiddleware, setupMiddleware } from 'breakwater/koa';
import Koa3 from 'koa';
import Koa2 from 'koa-2';
import mount from 'koa-mount';
import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { serve } from './frameworks.js';
import { type Ask, rawAsk } from './raw-ask.js';

type Expected = Ask & { readonly route: string; readonly status?: number };

interface Topology {
  readonly title: string;
  build(app: Koa3, Factory: typeof Koa3): void;
  readonly expected: readonly Expected[];
}

const hello: Koa3.Middleware = (context) => {
  context.body = 'hello';
};
const goOn: Koa3.Middleware = (_context, next) => next();

/** A router with one route. */
function routerWith(path: string | RegExp | string[], options = {}): Router {
  const router = new Router(options);
  router.get(path, hello);
  return router;
}

const TOPOLOGIES: readonly Topology[] = [
  {
    title: 'plain paths, parameters and methods',
    build(app) {
      const router = new Router();
      router.get('/', hello).get('/users/:id', hello).post('/users', hello).all('/all/:id', hello);
      app.use(router.routes());
    },
    expected: [
      { target: '/', route: '/' },
      { target: '/users/42', route: '/users/:id' },
      { target: '/USERS/a%2Fb/?x', route: '/users/:id' },
      { target: 'http://example.org/users/42', route: '/users/:id' },
      { method: 'HEAD', target: '/users/42', route: '/users/:id' },
      { method: 'POST', target: '/users', route: '/users' },
      { method: 'PUT', target: '/all/1', route: '/all/:id' },
      { target: '/nothing', route: 'unmatched', status: 404 },
      { method: 'DELETE', target: '/users/42', route: 'unmatched', status: 404 },
    ],
  },
  {
    title: 'prefixes and routers within routers',
    build(app) {
      const outer = new Router({ prefix: '/tenants/:tid' });
      outer.use('/teams/:team', routerWith('/members/:id').routes());
      outer.get('/', hello);
      app.use(outer.routes());
    },
    expected: [
      { target: '/tenants/1', route: '/tenants/:tid' },
      { target: '/tenants/1/teams/2/members/3', route: '/tenants/:tid/teams/:team/members/:id' },
      { target: '/tenants/1/teams/2', route: 'unmatched', status: 404 },
    ],
  },
  {
    title: 'a router that is used at several places',
    build(app) {
      const router = routerWith('/items/:id');
      const outer = new Router();
      outer.use('/v1', router.routes());
      outer.use(['/v2', '/v3/:region'], router.routes());
      app.use(outer.routes());
    },
    expected: [
      { target: '/v1/items/1', route: '/v1/items/:id' },
      { target: '/v2/items/1', route: '/v2/items/:id' },
      { target: '/v3/eu/items/1', route: '/v3/:region/items/:id' },
    ],
  },
  {
    title: 'arrays, RegExps, wildcards and what need not be there',
    build(app) {
      const router = new Router();
      router.get(['/one', '/two/:id'], hello).get(/^\/files\/(\d+)$/, hello);
      router.get('/posts{/:page}', hello).get('/assets/*rest', hello);
      app.use(router.routes());
    },
    expected: [
      { target: '/two/5', route: '/two/:id' },
      { target: '/files/5', route: '/^\\/files\\/(\\d+)$/' },
      { target: '/posts', route: '/posts{/:page}' },
      { target: '/posts/5', route: '/posts{/:page}' },
      { target: '/assets/a/b', route: '/assets/*rest' },
    ],
  },
  {
    title: 'middleware of a router that answers for a route',
    build(app) {
      const router = new Router({ prefix: '/api' });
      router.use((context, next) => {
        if (context.query['token'] === undefined) context.throw(401);
        return next();
      });
      router.use('/users', goOn);
      router.get('/users/:id', hello);
      app.use(router.routes());
    },
    expected: [
      { target: '/api/users/1', route: '/api/users/:id', status: 401 },
      { target: '/api/users/1?token=x', route: '/api/users/:id' },
    ],
  },
  {
    title: 'falling through one router into the next',
    build(app) {
      const first = new Router();
      first.get('/both/:x', goOn).get('/first/:x', goOn);
      app.use(first.routes()).use(routerWith('/both/:y').routes());
    },
    expected: [
      { target: '/both/1', route: '/both/:y' },
      // A handler that answers nothing answers 404, and goes on in the same way.
      { target: '/first/1', route: '/first/:x', status: 404 },
    ],
  },
  {
    title: 'methods that are not there',
    build(app) {
      const router = routerWith('/users/:id');
      app.use(router.routes()).use(router.allowedMethods());
    },
    expected: [
      { method: 'DELETE', target: '/users/1', route: 'unmatched', status: 405 },
      { method: 'OPTIONS', target: '/users/1', route: 'unmatched', status: 200 },
    ],
  },
  {
    title: 'middleware that answers',
    build(app) {
      app.use(mount('/static', hello));
      app.use((context, next) => {
        if (context.path === '/nothing') return next();
        context.body = 'the application';
        return undefined;
      });
    },
    expected: [
      { target: '/static/a.css', route: '/static/*' },
      { target: '/some/page', route: '/*' },
      { target: '/nothing', route: 'unmatched', status: 404 },
    ],
  },
  {
    title: 'mounted applications and routers, one in another',
    build(app, Factory) {
      const inner = new Factory().use(routerWith('/things/:id').routes());
      const outer = new Factory().use(routerWith('/').routes()).use(mount('/deep', inner));
      app.use(mount('/aside', goOn));
      app.use(mount('/m', outer));
      app.use(mount('/m', routerWith('/second').routes()));
      app.use(routerWith('/m/third').routes());
    },
    expected: [
      { target: '/m', route: '/m' },
      { target: '/m/deep/things/1', route: '/m/deep/things/:id' },
      { target: '/m/second', route: '/m/second' },
      { target: '/m/third', route: '/m/third' },
      { target: '/m/deep/nothing', route: 'unmatched', status: 404 },
    ],
  },
];

describe.each([
  ['Koa 3', Koa3],
  ['Koa 2', Koa2],
])('%s', (_, Factory) => {
  async function start(build: Topology['build']) {
    const records: RequestRecord[] = [];
    const hardening = createHardening();
    hardening.on('request', (record) => records.push(record));
    const app = new Factory();
    app.silent = true;
    setupMiddleware(app, hardening);
    build(app, Factory);
    const handle = app.callback();
    const { port, close } = await serve((request, response) => void handle(request, response));
    return {
      close,
      port,
      records,
      async ask(asked: Ask) {
        const before = records.length;
        const status = await rawAsk(port, asked);
        await expect.poll(() => records.length).toBe(before + 1);
        return { status, record: records.at(-1) as RequestRecord };
      },
    };
  }

  it.each(TOPOLOGIES.map((topology) => [topology.title, topology] as const))(
    'OBS-H4 OBS-H6 names the route: %s',
    async (_title, { build, expected }) => {
      const { ask, close } = await start(build);
      const seen: unknown[] = [];
      for (const asked of expected) {
        const { status, record } = await ask(asked);
        expect(record.status).toBe(status);
        seen.push([asked.target, status, record.route]);
      }
      await close();
      expect(seen).toEqual(expected.map(({ target, status = 200, route }) => [target, status, route]));
    },
  );

  it('OBS-H5 OBS-H10 OBS-H11 an error is on the record, with its route and the status that went out', async () => {
    const thrown = new Error('mine');
    const { ask, close } = await start((app) => {
      const router = new Router({ prefix: '/tenants/:tid' });
      router.get('/sync', () => {
        throw thrown;
      });
      router.get('/async', async () => {
        await new Promise((resolve) => setImmediate(resolve));
        throw thrown;
      });
      router.get('/teapot', (context) => context.throw(418, 'short and stout'));
      router.get('/text', () => {
        throw 'a text';
      });
      app.use(router.routes());
    });
    for (const path of ['sync', 'async']) {
      const { status, record } = await ask({ target: `/tenants/1/${path}` });
      expect([status, record.status, record.route]).toEqual([500, 500, `/tenants/:tid/${path}`]);
      expect(record.error).toBe(thrown);
    }
    const { record } = await ask({ target: '/tenants/1/teapot' });
    expect(record).toMatchObject({ status: 418, route: '/tenants/:tid/teapot', error: { message: 'short and stout' } });
    expect((await ask({ target: '/tenants/1/text' })).record).toMatchObject({ status: 500, error: 'a text' });
    await close();
  });

  it('OBS-H8 a client that hangs up leaves the name of what it waited for', async () => {
    const { port, records, close } = await start((app) => {
      const router = new Router({ prefix: '/api' });
      router.get('/hangs/:id', () => new Promise(() => undefined));
      app.use(router.routes());
      app.use(() => new Promise(() => undefined));
    });
    for (const [target, route] of [
      ['/api/hangs/1', '/api/hangs/:id'],
      ['/hangs', '/*'],
    ] as const) {
      const asked = request({ port, host: '127.0.0.1', path: target }).end();
      asked.on('error', () => undefined);
      const before = records.length;
      setTimeout(() => asked.destroy(), 50);
      await expect.poll(() => records.length).toBe(before + 1);
      expect(records.at(-1)).toMatchObject({ status: 499, route });
    }
    await close();
  });

  it('OBS-H11 errorMiddleware notes what others answer before the pipeline sees it', async () => {
    const thrown = new Error('mine');
    for (const [notes, error] of [
      [true, thrown],
      [false, undefined],
    ] as const) {
      const { ask, close } = await start((app) => {
        app.use(async (context, next) => {
          try {
            await next();
          } catch {
            context.status = 503;
          }
        });
        if (notes) app.use(errorMiddleware());
        app.use(() => {
          throw thrown;
        });
      });
      const { record } = await ask({ target: '/' });
      expect([record.status, record.route]).toEqual([503, '/*']);
      expect(record.error).toBe(error);
      await close();
    }
  });
});
