import { setupMiddleware } from 'breakwater/express';
import { createHardening } from 'breakwater/http';
import * as koaAdapter from 'breakwater/koa';
import { MetricsCollector } from 'breakwater/metrics';
import Router from '@koa/router';
import Koa3 from 'koa';
import Koa2 from 'koa-2';
import { Agent } from 'node:http';
import { describe, expect, it } from 'vitest';
import { DIALECTS } from './express-dialects.js';
import { serve } from './frameworks.js';
import { rawAsk } from './raw-ask.js';

type Handler = Parameters<typeof serve>[0];

/** What the routes of these targets are called, once each. */
async function namesOf(handler: Handler, hardening: ReturnType<typeof createHardening>, targets: readonly string[]) {
  const names = new Map<string | undefined, number>();
  let over = 0;
  hardening.on('request', ({ route }) => {
    names.set(route, (names.get(route) ?? 0) + 1);
    over++;
  });
  const { port, close } = await serve(handler);
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  await Promise.all(targets.map((target) => rawAsk(port, { target }, agent)));
  await expect.poll(() => over).toBe(targets.length);
  agent.destroy();
  await close();
  return names;
}

/** Paths that clients think of, the same in every run. */
function paths(count: number, before = ''): string[] {
  return Array.from(
    { length: count },
    (_, i) => `${before}/${((i * 2_654_435_761) % 2 ** 32).toString(36)}/${String(i)}`,
  );
}

const open = { ddos: false } as const;

describe.each(DIALECTS)('$name', ({ express, publishes }) => {
  it('OBS-H7 a thousand paths that there are not have one name, and one series', async () => {
    const metrics = new MetricsCollector();
    const hardening = createHardening({ ...open, metrics });
    const app = express();
    setupMiddleware(app, hardening);
    app.use(
      '/api',
      express.Router().get('/users/:id', (_request, response) => void response.send('hello')),
    );
    const names = await namesOf(app, hardening, [...paths(500), ...paths(500, '/api')]);
    expect([...names]).toEqual([['unmatched', 1_000]]);
    const durations = metrics.snapshot().histograms.find(({ name }) => name === 'http_server_request_duration_seconds');
    expect(durations?.series).toMatchObject([{ labels: { http_route: 'unmatched' }, count: 1_000 }]);
  });

  it('OBS-H7 any values of parameters of mounts and routes have one name', async () => {
    const hardening = createHardening(open);
    const app = express();
    setupMiddleware(app, hardening);
    app.use(
      '/t/:tid',
      express.Router().get('/:id', (_request, response) => void response.send('hello')),
    );
    const names = await namesOf(
      app,
      hardening,
      paths(300).map((path) => `/t${path}`),
    );
    expect([...names]).toEqual([['/t/:tid/:id', 300]]);
  });

  it('OBS-H7 mounts that nobody can tell the pattern of have few names', async () => {
    const hardening = createHardening(open);
    const app = express();
    setupMiddleware(app, hardening);
    const router = express.Router().get('/users/:id', (_request, response) => void response.send('hello'));
    // Without a group nothing says what of it is the client's choice.
    app.use(/^\/v[0-9a-z]+/, router);
    const targets = Array.from({ length: 250 }, (_, i) => `/v${String(i)}/users/1`);
    const names = await namesOf(app, hardening, targets);
    if (publishes) expect([...names.keys()]).toEqual(['/^\\/v[0-9a-z]+/users/:id']);
    else expect([names.size, names.get('/*/users/:id')]).toEqual([201, 50]);
  });

  it('OBS-H6 other ways to write a path do not have other names', async () => {
    const hardening = createHardening(open);
    const app = express();
    setupMiddleware(app, hardening);
    app.use(
      '/tenants/:tid',
      express.Router().get('/users/:id', (_request, response) => void response.send('hello')),
    );
    const word = 'tenants';
    const targets = Array.from({ length: 128 }, (_, bits) => {
      const written = Array.from(word, (letter, i) => ((bits >> i) & 1 ? letter.toUpperCase() : letter)).join('');
      return `/${written}/${String(bits)}/Users/2`;
    });
    expect((await namesOf(app, hardening, targets)).size).toBe(1);
  });
});

describe.each([
  ['Koa 3', Koa3],
  ['Koa 2', Koa2],
])('%s', (_, Koa) => {
  it('OBS-H7 paths have one name, be there a route or not', async () => {
    const hardening = createHardening(open);
    const app = new Koa();
    koaAdapter.setupMiddleware(app, hardening);
    const router = new Router({ prefix: '/api' });
    router.get('/:name/:id', (context) => {
      context.body = 'hello';
    });
    app.use(router.routes());
    const handle = app.callback();
    const handler: Handler = (request, response) => void handle(request, response);
    const names = await namesOf(handler, hardening, [...paths(1_000), ...paths(300, '/api')]);
    expect([...names].sort()).toEqual([
      ['/api/:name/:id', 300],
      ['unmatched', 1_000],
    ]);
  });
});
