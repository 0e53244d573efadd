import type { ErrorRequestHandler } from 'express';
import { errorMiddleware, setupMiddleware } from 'breakwater/express';
import { createHardening, type RequestRecord } from 'breakwater/http';
import { afterEach, describe, expect, it } from 'vitest';
import { DIALECTS, type Dialect } from './express-dialects.js';
import { type Running, serve } from './frameworks.js';
import { rawAsk } from './raw-ask.js';

describe.each(DIALECTS.map((dialect) => [dialect.name, dialect] as const))('%s', (_, dialect: Dialect) => {
  const { express, publishes, catchesRejections } = dialect;
  const running: Running[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((server) => server.close()));
  });

  /** An application whose routes throw, and the records of requests to it. */
  async function start(
    thrown: unknown,
    more: { readonly notes?: boolean; readonly inner?: ErrorRequestHandler; readonly outer?: ErrorRequestHandler } = {},
  ) {
    const records: RequestRecord[] = [];
    const hardening = createHardening();
    hardening.on('request', (record) => records.push(record));
    const app = express();
    app.set('env', 'test');
    setupMiddleware(app, hardening);
    const throws = (): never => {
      throw thrown;
    };
    const router = express.Router();
    router.get('/sync/:id', throws);
    router.get('/async/:id', (_request, _response, next) => {
      const rejecting = new Promise((resolve) => setImmediate(resolve)).then(throws);
      return catchesRejections ? rejecting : rejecting.catch(next);
    });
    router.get('/next/:id', (_request, _response, next) => {
      next(thrown);
    });
    router.param('bad', throws);
    router.get('/param/:bad', throws);
    if (more.inner !== undefined) router.use(more.inner);
    app.get('/root/:id', throws);
    app.use('/broken', throws);
    app.use('/tenants/:tid', router);
    // Met by errors on their way.
    app.use('/tenants', (_request, _response, next) => {
      next();
    });
    app.get('/users/:id', (_request, response) => void response.send('hello'));
    if (more.notes === true) app.use(errorMiddleware());
    if (more.outer !== undefined) app.use(more.outer);
    app.use((_request, response) => void response.send('the application'));
    const server = await serve(app);
    running.push(server);
    return {
      async ask(target: string) {
        const before = records.length;
        const status = await rawAsk(server.port, { target });
        await expect.poll(() => records.length).toBe(before + 1);
        return { status, record: records.at(-1) as RequestRecord };
      },
    };
  }

  const ROUTES = [
    ['/root/1', '/root/:id'],
    ['/tenants/1/sync/2', '/tenants/:tid/sync/:id'],
    ['/tenants/1/async/2', '/tenants/:tid/async/:id'],
    ['/tenants/1/next/2', '/tenants/:tid/next/:id'],
    ['/tenants/1/param/2', '/tenants/:tid/param/:bad'],
  ] as const;

  const answering =
    (status: number): ErrorRequestHandler =>
    // Express tells error handlers by their four parameters.
    (_error, _request, response, _next) => {
      response.status(status).send('sorry');
    };

  it('OBS-H5 OBS-H11 an error that Express answers is of the route that threw it', async () => {
    const thrown = new Error('mine');
    const { ask } = await start(thrown);
    for (const [target, route] of ROUTES) {
      const { status, record } = await ask(target);
      expect([status, record.status, record.route], target).toEqual([500, 500, route]);
      expect(record.error).toBe(publishes ? thrown : undefined);
    }
  });

  it.each([500, 404, 422])('OBS-H5 so is one that a handler of the service answers with %i', async (status) => {
    const thrown = new Error('mine');
    for (const where of [{ inner: answering(status) }, { outer: answering(status) }]) {
      const { ask } = await start(thrown, { outer: answering(status), ...where });
      for (const [target, route] of ROUTES) expect((await ask(target)).record, target).toMatchObject({ status, route });
    }
  });

  it('OBS-H11 with errorMiddleware the record has the very thing that was thrown, whatever it is', async () => {
    for (const thrown of [new Error('mine'), 'a text', { an: 'object' }, Object.freeze(new TypeError('frozen'))]) {
      for (const outer of [undefined, answering(503), answering(200)]) {
        const { ask } = await start(thrown, { notes: true, ...(outer === undefined ? {} : { outer }) });
        for (const [target, route] of ROUTES) {
          const { status, record } = await ask(target);
          expect(record.route, target).toBe(route);
          expect(record.status).toBe(status);
          expect(record.error).toBe(thrown);
        }
      }
    }
  });

  it('OBS-H5 an error with a status of 404 is of its route', async () => {
    const { ask } = await start(Object.assign(new Error('gone'), { status: 404 }), { notes: true });
    for (const [target, route] of ROUTES) {
      expect((await ask(target)).record, target).toMatchObject({ status: 404, route });
    }
  });

  it('OBS-H11 of errors that follow one another the record has the first', async () => {
    const first = new Error('first');
    const { ask } = await start(first, {
      notes: true,
      outer: (_error, _request, _response, next) => {
        next(new Error('second'));
      },
    });
    const { record } = await ask('/tenants/1/sync/2');
    expect(record.error).toBe(first);
    expect(record.route).toBe('/tenants/:tid/sync/:id');
  });

  it('an error of a middleware is of its mount, where routers publish that', async () => {
    const { ask } = await start(new Error('mine'));
    const { record } = await ask('/broken/x');
    expect([record.status, record.route]).toEqual([500, publishes ? '/broken/*' : '/*']);
  });

  it('an error that is got over counts no more', async () => {
    const { ask } = await start(new Error('mine'), {
      outer: (_error, _request, _response, next) => {
        next();
      },
    });
    expect((await ask('/tenants/1/sync/2')).record).toMatchObject({ status: 200, route: '/*' });
  });

  it('OBS-H6 a path that cannot be read is of no route', async () => {
    const { ask } = await start(new Error('mine'));
    expect((await ask('/users/%E0%A4%A')).record).toMatchObject({ status: 400, route: 'unmatched' });
  });
});
