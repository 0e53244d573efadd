import { createHardening, type HardeningOptions, type KeyLimiter } from 'breakwater/http';
import * as koaAdapter from 'breakwater/koa';
import { PerUserRateLimiter } from 'breakwater/rate-limiter';
import { ManualClock } from 'breakwater/testing';
import Koa from 'koa';
import { once } from 'node:events';
import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Act, type Framework, FRAMEWORKS, type Running, serve } from './frameworks.js';

const ACTS: readonly Act[] = [
  { path: '/', run: () => 'hello' },
  {
    path: '/throws',
    run() {
      throw new Error('broken handler');
    },
  },
  {
    path: '/own',
    run(set) {
      set('RateLimit', '"mine";r=1');
      set('X-RateLimit-Limit', '7');
      return 'own';
    },
  },
];

const POLICIES = '"ddos";q=100;w=60, "per-user";q=2;w=2';

function options(rateLimitHeaders: HardeningOptions['rateLimitHeaders']): HardeningOptions {
  const clock = new ManualClock({ wallNow: 1_800_000_000_000 });
  return { clock, perUser: { capacity: 2, refillPerSecond: 1 }, rateLimitHeaders };
}

function limitsOf(answer: Response): Record<string, string> {
  return Object.fromEntries([...answer.headers].filter(([name]) => /ratelimit|retry-after/.test(name)));
}

describe.each(FRAMEWORKS.map((framework) => [framework.name, framework] as const))('%s', (_, framework: Framework) => {
  const running: Running[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((server) => server.close()));
  });

  async function start(...app: Parameters<Framework['app']> extends [unknown, ...infer Rest] ? Rest : never) {
    const server = await serve(framework.app(ACTS, ...app));
    running.push(server);
    return server;
  }

  it.each([
    ['draft-10', { ratelimit: '"ddos";r=99;t=60, "per-user";r=1;t=1', 'ratelimit-policy': POLICIES }],
    ['draft-8', { ratelimit: '"ddos";r=99;t=60, "per-user";r=1;t=1', 'ratelimit-policy': POLICIES }],
    ['draft-7', { ratelimit: 'limit=2, remaining=1, reset=1', 'ratelimit-policy': '100;w=60, 2;w=2' }],
    [
      'draft-6',
      {
        'ratelimit-limit': '2',
        'ratelimit-remaining': '1',
        'ratelimit-reset': '1',
        'ratelimit-policy': '100;w=60, 2;w=2',
      },
    ],
  ] as const)('TRA-65 %s tells of every limit on every answer, if asked to', async (draft, fields) => {
    const { ask } = await start(options({ draft, on: 'all' }));
    const answer = await ask('/');
    expect([answer.status, limitsOf(answer)]).toEqual([200, fields]);
  });

  it('TRA-65 a refusal names the limits that admitted before; other answers name none unless asked to', async () => {
    const { ask } = await start(options({ legacy: true }));
    expect(limitsOf(await ask('/'))).toEqual({});
    await ask('/');
    const refused = await ask('/');
    expect([refused.status, limitsOf(refused)]).toEqual([
      429,
      {
        'retry-after': '1',
        ratelimit: '"ddos";r=97, "per-user";r=0;t=1',
        'ratelimit-policy': POLICIES,
        'x-ratelimit-limit': '2',
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': '1800000001',
      },
    ]);
  });

  it('TRA-65 what a handler sets itself is kept, and ours comes behind it', async () => {
    const { ask } = await start(options({ on: 'all', legacy: true }));
    expect(limitsOf(await ask('/own'))).toEqual({
      ratelimit: '"mine";r=1, "ddos";r=99;t=60, "per-user";r=1;t=1',
      'ratelimit-policy': POLICIES,
      'x-ratelimit-limit': '7',
    });
  });

  it('TRA-66 errors and unknown paths have the fields too, whatever the framework threw away', async () => {
    for (const [path, status] of [
      ['/throws', 500],
      ['/nothing', 404],
    ] as const) {
      const { ask } = await start(options({ on: 'all' }));
      const answer = await ask(path);
      expect([answer.status, limitsOf(answer)]).toEqual([
        status,
        { ratelimit: '"ddos";r=99;t=60, "per-user";r=1;t=1', 'ratelimit-policy': POLICIES },
      ]);
    }
  });

  it('TRA-68 a shared store that could not be asked is an outage of the service: 503 and when to come back', async () => {
    const perUser: KeyLimiter = {
      kind: 'per-user-rate-limiter',
      name: 'shared',
      check: () => ({
        allowed: false,
        limit: 10,
        remaining: 0,
        retryAfterMs: 1_500,
        resetAfterMs: 9_000,
        cost: 1,
        policy: 'shared',
        violated: ['shared'],
        source: 'fallback',
        degraded: true,
        shadow: false,
      }),
      snapshot: () => ({}),
    };
    const { ask } = await start({ ddos: false, perUser });
    const answer = await ask('/');
    expect([answer.status, limitsOf(answer)]).toEqual([
      503,
      { 'retry-after': '2', ratelimit: '"shared";r=0;t=2', 'ratelimit-policy': '"shared";q=10' },
    ]);
    expect(await answer.json()).toEqual({
      type: 'https://iana.org/assignments/http-problem-types#temporary-reduced-capacity',
      title: 'Temporarily reduced capacity',
      status: 503,
      'violated-policies': ['shared'],
    });
  });

  it('TRA-65 limits that are mounted twice are told once', async () => {
    const { ask } = await start(options({ on: 'all' }), { parts: ['setup', 'rateLimit'] });
    // Each part has limiters of its own here: they are different ones, of the same names.
    expect(limitsOf(await ask('/')).ratelimit?.split(', ')).toHaveLength(4);
    const shared = createHardening(options({ on: 'all' }));
    const one = await start(shared, { parts: ['setup', 'rateLimit'] });
    expect(limitsOf(await one.ask('/')).ratelimit?.split(', ')).toHaveLength(2);
  });
});

it('TRA-65 Koa over HTTP/2 tells of every limit, and what follows is told once', async () => {
  const clock = new ManualClock();
  const app = new Koa();
  koaAdapter.setupMiddleware(app, { ...options({ on: 'all' }), clock });
  const more = new PerUserRateLimiter({ name: 'more', capacity: 9, refillPerSecond: 1, clock });
  app.use(koaAdapter.rateLimitMiddleware({ clock, ddos: false, perUser: more, rateLimitHeaders: { on: 'all' } }));
  app.use((context) => {
    context.body = 'hello';
  });
  const handle = app.callback();
  const server = http2.createServer((request, response) => void handle(request as never, response as never));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const session = http2.connect(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
  const stream = session.request({ ':path': '/' });
  const [headers] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders];
  stream.resume();
  await once(stream, 'close');
  session.close();
  server.close();
  await once(server, 'close');
  expect(headers.ratelimit).toBe('"ddos";r=99;t=60, "per-user";r=1;t=1, "more";r=8;t=1');
  expect(headers['ratelimit-policy']).toBe(`${POLICIES}, "more";q=9;w=9`);
});
