import { setupMiddleware } from 'breakwater/express';
import { createHardening } from 'breakwater/http';
import type { Request, RequestHandler, Response } from 'express';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it } from 'vitest';
import { beforeFirstProperty } from '../../src/adapters/express/first-property.js';
import { settle } from '../../src/adapters/express/settle.js';
import { DIALECTS } from './express-dialects.js';
import { type Running, serve } from './frameworks.js';
import { rawAsk } from './raw-ask.js';

const OLD_V8 = Number.parseInt(process.versions.v8, 10) < 13;

/** Whether the engine has a hidden class for an object, and not a table. */
function hasClass(object: object): boolean {
  setFlagsFromString('--allow-natives-syntax');
  try {
    return (runInNewContext('(object) => %HasFastProperties(object)') as (object: object) => boolean)(object);
  } finally {
    setFlagsFromString('--no-allow-natives-syntax');
  }
}

/** What anybody can see of an object's own properties, in their order. */
function seen(object: object): unknown {
  return Reflect.ownKeys(object).map((key) => [key, Object.getOwnPropertyDescriptor(object, key)]);
}

describe.each(DIALECTS.map((dialect) => [dialect.name, dialect] as const))('%s', (_, { express, publishes }) => {
  const running: Running[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((server) => server.close()));
  });

  /** A request to an application, and its response, as a handler has them. */
  async function met(prepare: (app: ReturnType<typeof express>) => void) {
    const app = express();
    prepare(app);
    const pairs: (readonly [Request, Response])[] = [];
    const handler: RequestHandler = (request, response) => {
      pairs.push([request, response]);
      response.send('hello');
    };
    app.get('/things/:id', handler);
    const server = await serve(app);
    running.push(server);
    await rawAsk(server.port, { target: '/things/1?a=b' });
    return pairs[0] as readonly [Request, Response];
  }

  function hardened(app: ReturnType<typeof express>): void {
    setupMiddleware(app, createHardening({ ddos: false, headers: false, requestId: false }));
  }

  it('a request and its response are tables where the engine would never share their classes', async () => {
    const [request, response] = await met(hardened);

    expect(hasClass(response)).toBe(!OLD_V8);
    // Own accessors in the place of fields may make a table of a request by themselves.
    if (OLD_V8 || publishes) expect(hasClass(request)).toBe(!OLD_V8);
  });

  it('a handler finds all that there is without us, in its place', async () => {
    const [request, response] = await met(hardened);
    const [plainRequest, plainResponse] = await met((app) => app.use((_request, _response, next) => next()));
    // Where routers publish nothing, requests are followed by these, which they inherit.
    const followed = publishes ? [] : ['next', 'params', 'route'];
    const names = (object: object): string[] =>
      Object.keys(object).filter((name) => name !== '_eventsCount' && !followed.includes(name));

    expect(names(request)).toEqual(names(plainRequest));
    expect(names(response).slice(0, 30)).toEqual(names(plainResponse).slice(0, 30));
    expect(request).toMatchObject({ url: '/things/1?a=b', params: { id: '1' }, baseUrl: '' });
    expect(response.req).toBe(request);
    expect(typeof request.next).toBe('function');
  });
});

describe('settle', () => {
  it('leaves every property as it was, its place among them included', () => {
    const response = { statusCode: 200, req: {}, end: () => undefined };
    const request = { method: 'GET', url: '/', res: response, [Symbol.for('x')]: 1 };
    const before = [seen(request), seen(response)];

    settle(request);

    expect([seen(request), seen(response)]).toEqual(before);
  });

  it.each([
    ['is not there', {}],
    ['is inherited', Object.create({ url: '/' }) as object],
    ['is an accessor', { get url() { return '/'; } }], // prettier-ignore
    ['is hidden', Object.defineProperty({}, 'url', { value: '/', configurable: true })],
    ['is fixed', Object.defineProperty({}, 'url', { value: '/', enumerable: true })],
    ['is of a frozen object', Object.freeze({ url: '/' })],
  ])('leaves a url alone that %s', (_, request) => {
    const before = seen(request);

    settle(request);

    expect(seen(request)).toEqual(before);
  });

  it.each([[undefined], [null], ['text']])('takes a request whose response is %s', (res) => {
    const request = { url: '/', res };

    settle(request);

    expect(request).toEqual({ url: '/', res });
  });
});

describe('beforeFirstProperty', () => {
  it('meets each request once, before it has a property of its own, as without it', () => {
    const prototype = {};
    const met: unknown[] = [];
    beforeFirstProperty(prototype, (request) => met.push([request, Object.keys(request)]));
    const request = Object.create(prototype, {}) as { next?: unknown };
    const other = Object.create(prototype, {}) as { next?: unknown };
    const next = (): void => undefined;

    request.next = next;
    request.next = undefined;
    request.next = next;

    expect(seen(request)).toEqual([['next', { value: next, writable: true, enumerable: true, configurable: true }]]);
    expect(met).toEqual([[request, []]]);
    expect(other.next).toBeUndefined();
    expect(Object.keys(other)).toEqual([]);
  });

  it('does nothing twice, and nothing to a prototype that has one', () => {
    const prototype = { next: 1 };
    const met: unknown[] = [];
    beforeFirstProperty(prototype, (request) => met.push(request));
    (Object.create(prototype) as { next: unknown }).next = 2;
    expect([prototype, met]).toEqual([{ next: 1 }, []]);
  });
});
