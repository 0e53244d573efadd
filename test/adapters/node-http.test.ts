import { InvalidArgumentError, InvalidOptionsError } from 'breakwater/core';
import { harden, nodeExchange, setError, setRoute } from 'breakwater/node-http';
import { ManualClock } from 'breakwater/testing';
import express from 'express';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { held } from '../held.js';
import { closeAll, SECURITY_HEADERS, setup, start } from './hardened-node.js';
import { type Listener, PROTOCOLS } from './node-servers.js';

afterEach(closeAll);

type Act = (...args: Parameters<Listener>) => unknown;

const ACTS: Record<string, Act> = {
  '/': (_, response) => response.end('hello'),
  '/throws'(_, response) {
    if (!('stream' in response)) response.statusMessage = 'Broken at db.internal';
    response.setHeader('Content-Type', 'text/html');
    response.setHeader('Content-Encoding', 'gzip');
    response.setHeader('Set-Cookie', 'session=1');
    response.setHeader('ETag', '"1"');
    response.setHeader('Access-Control-Allow-Origin', '*');
    throw new Error('broken at db.internal');
  },
  async '/rejects'() {
    await Promise.resolve();
    throw 'broken promise';
  },
  '/own'(_, response) {
    response.setHeader('X-Frame-Options', 'SAMEORIGIN');
    response.writeHead(201, { 'Content-Security-Policy': "default-src 'none'" });
    response.end('mine');
  },
  async '/half'(_, response) {
    await new Promise((sent) => response.write('half of it', sent));
    throw new Error('broken halfway');
  },
  async '/over'(_, response) {
    response.end('all of it');
    await Promise.resolve();
    throw new Error('broken afterwards');
  },
};

const act: Act = (request, response) => {
  const found = ACTS[request.url?.split('?', 1)[0] ?? ''];
  return found === undefined ? response.writeHead(404).end() : found(request, response);
};

describe.each(PROTOCOLS.map((protocol) => [protocol.name, protocol] as const))('harden over %s', (name, protocol) => {
  it('OBS-H1 every answer carries the headers and an id: results, errors, unknown paths, refusals, health', async () => {
    const { hardening } = setup({ ddos: { threshold: 4 } });
    const { ask } = await start(harden(act, hardening), protocol);
    const statuses = [];
    for (const path of ['/', '/throws', '/rejects', '/nothing', '/', '/health/live', '/health/check']) {
      const { status, headers } = await ask(path);
      statuses.push(status);
      expect(headers, path).toMatchObject(SECURITY_HEADERS);
      expect(headers['x-request-id'], path).toMatch(/^[0-9a-f]{32}$/);
    }
    expect(statuses).toEqual([200, 500, 500, 404, 429, 200, 200]);
  });

  it('OBS-H3 a header that the listener sets wins', async () => {
    const { ask } = await start(harden(act), protocol);
    const { status, headers, body } = await ask('/own');
    expect([status, body]).toEqual([201, 'mine']);
    expect(headers).toMatchObject({ 'x-frame-options': 'SAMEORIGIN', 'content-security-policy': "default-src 'none'" });
  });

  it('OBS-H11 a listener that throws is a 500 without any detail; the error is recorded, logged and reported', async () => {
    const { hardening, reported, lines, records } = setup({ clock: new ManualClock() });
    const { ask } = await start(harden(act, hardening), protocol);
    const { status, headers, body, words } = await ask('/throws?token=secret');
    expect([status, JSON.parse(body)]).toEqual([
      500,
      { type: 'about:blank', title: 'Internal Server Error', status: 500 },
    ]);
    expect(headers).toMatchObject({
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'access-control-allow-origin': '*',
      ...SECURITY_HEADERS,
    });
    expect(['content-encoding', 'set-cookie', 'etag'].filter((header) => header in headers)).toEqual([]);
    expect(words).toBe(name === 'http2' ? '' : 'Internal Server Error');
    await expect.poll(() => records.length).toBe(1);
    const thrown = new Error('broken at db.internal');
    expect(records).toMatchObject([{ path: '/throws', status: 500, aborted: false, error: thrown }]);
    expect(lines).toMatchObject([{ type: 'ERROR_EVENT', fields: { status: 500, err: thrown } }]);
    expect(reported).toEqual([thrown]);
  });

  it('OBS-H11 so is one that rejects, with whatever it is', async () => {
    const { hardening, reported, records } = setup();
    const { ask } = await start(harden(act, hardening), protocol);
    expect((await ask('/rejects', { method: 'POST', body: 'a body' })).status).toBe(500);
    await expect.poll(() => records).toMatchObject([{ method: 'POST', status: 500, error: 'broken promise' }]);
    expect(reported).toEqual(['broken promise']);
  });

  it('what a listener that has thrown still writes hurts nobody', async () => {
    const { hardening, reported } = setup({ clock: new ManualClock() });
    const written = held();
    const { ask } = await start(
      harden((_, response) => {
        setImmediate(() => {
          response.write('from a pipe');
          written.resolve();
        });
        throw new Error('broken');
      }, hardening),
      protocol,
    );
    expect(await ask('/')).toMatchObject({ status: 500 });
    await written.promise;
    await new Promise((resolve) => setImmediate(resolve));
    expect(reported).toEqual([new Error('broken')]);
    expect((await ask('/')).status).toBe(500);
  });

  it('a listener that throws when its answer has begun breaks it off', async () => {
    const { hardening, records } = setup();
    const { ask } = await start(harden(act, hardening), protocol);
    const { status, broken } = await ask('/half');
    expect([status, broken]).toEqual([200, true]);
    const error = new Error('broken halfway');
    await expect.poll(() => records).toMatchObject([{ path: '/half', status: 200, aborted: true, error }]);
  });

  it('a listener that throws when it has answered changes no answer, and is reported', async () => {
    const { hardening, reported } = setup();
    const { ask } = await start(harden(act, hardening), protocol);
    expect(await ask('/over')).toMatchObject({ status: 200, body: 'all of it', broken: false });
    await expect.poll(() => reported).toEqual([new Error('broken afterwards')]);
  });

  it('after dispose every request passes through', async () => {
    const hardened = harden(act, { ddos: { threshold: 1 } });
    const { ask } = await start(hardened, protocol);
    expect([(await ask('/')).status, (await ask('/')).status]).toEqual([200, 429]);
    hardened.dispose();
    const { status, headers } = await ask('/');
    expect([status, headers['x-frame-options']]).toEqual([200, undefined]);
    expect((await ask('/health/live')).status).toBe(404);
  });

  it('tells a safe connection from others', async () => {
    const { ask } = await start(harden(act, { headers: { hsts: 'secure' } }), protocol);
    expect('strict-transport-security' in (await ask('/')).headers).toBe(name === 'https');
  });
});

describe('harden', () => {
  it('runs the listener in the context of its request, with the server as this', async () => {
    const contexts: object[] = [];
    const within: object[] = [];
    const logger = {
      event: () => undefined,
      withContext<T>(fields: object, fn: () => T): T {
        contexts.push(fields);
        return fn();
      },
    };
    const { hardening } = setup({ logger });
    const { ask, server } = await start(
      harden(function (this: unknown, _request, response) {
        within.push(this as object);
        response.end();
      }, hardening),
    );
    const { headers } = await ask('/');
    // The listener's, and the line's.
    expect(contexts).toEqual(Array(2).fill({ requestId: headers['x-request-id'] }));
    expect(within).toEqual([server]);
  });

  it('OBS-H20 wrapped twice, headers come once and a request counts once', async () => {
    const { hardening } = setup({ ddos: { threshold: 2 } });
    const { ask } = await start(harden(harden(act, hardening), hardening));
    expect([(await ask('/')).status, (await ask('/')).status, (await ask('/')).status]).toEqual([200, 200, 429]);
    await expect.poll(() => hardening.snapshot()).toMatchObject({ requests: 3, refused: 1 });
  });

  it('waits for a limiter that shares a store', async () => {
    const { hardening } = setup({
      ddos: {
        kind: 'ddos-protection',
        name: 'shared',
        isBlocked: () => false,
        snapshot: () => ({}),
        async check() {
          await Promise.resolve();
          return { ...admitted, allowed: ++asked < 2 };
        },
      },
    });
    let asked = 0;
    const { ask } = await start(harden(act, hardening));
    expect([(await ask('/')).status, (await ask('/')).status]).toEqual([200, 429]);
  });

  it('takes an application of a framework as the listener that it is', async () => {
    const app = express();
    app.get('/', (_request, response) => void response.send('hello'));
    const { ask } = await start(harden<IncomingMessage, ServerResponse>(app));
    expect(await ask('/')).toMatchObject({ status: 200, body: 'hello', headers: SECURITY_HEADERS });
  });

  it('refuses at once what is no listener, and wrong options', () => {
    expect(() => harden({} as never)).toThrow(InvalidArgumentError);
    expect(() => harden(act, { dddos: false } as never)).toThrow(InvalidOptionsError);
  });
});

describe('nodeExchange', () => {
  it('mounts a pipeline by hand, where a framework has no adapter', async () => {
    const { hardening, records } = setup({ ddos: { threshold: 1 } });
    const { ask } = await start((request, response) => {
      const exchange = nodeExchange(request, response);
      if (hardening.handle(exchange) !== false) return;
      hardening.within(exchange, () => {
        setRoute(request, '/by-hand');
        setError(request, new Error('answered by the framework'));
        setError(request, new Error('not the first'));
        response.writeHead(500).end();
      });
    });
    const first = await ask('/1?token=secret');
    expect([first.status, (await ask('/2')).status]).toEqual([500, 429]);
    expect(first.headers).toMatchObject(SECURITY_HEADERS);
    await expect
      .poll(() => records)
      .toMatchObject([
        { path: '/1', route: '/by-hand', address: '127.0.0.1', error: new Error('answered by the framework') },
        { path: '/2', route: 'refused', status: 429, refusedBy: 'ddos' },
      ]);
  });
});

const admitted = {
  limit: 1,
  remaining: 0,
  retryAfterMs: 1_000,
  resetAfterMs: 1_000,
  cost: 1,
  policy: 'shared',
  violated: ['shared'],
  source: 'store',
  degraded: false,
  shadow: false,
} as const;
