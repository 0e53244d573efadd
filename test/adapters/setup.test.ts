import { InvalidArgumentError, InvalidOptionsError } from 'breakwater/core';
import { setupMiddleware } from 'breakwater/express';
import { createHardening } from 'breakwater/http';
import * as koaAdapter from 'breakwater/koa';
import express5 from 'express';
import express4 from 'express-4';
import Koa3 from 'koa';
import Koa2 from 'koa-2';
import { once } from 'node:events';
import * as http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { FRAMEWORKS, serve } from './frameworks.js';

const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });

describe.each(FRAMEWORKS.map((framework) => [framework.name, framework] as const))('%s', (_, framework) => {
  it('OBS-H17 accepts an application that trusts every proxy when the pipeline itself was told about them', () => {
    expect(() => {
      framework.setupTrustingAll(createHardening({ trustProxy: 1 }));
    }).not.toThrow();
    expect(() => {
      framework.setupTrustingAll(createHardening());
    }).toThrow(InvalidOptionsError);
  });

  it('TRA-74 OBS-H17 a part by itself does not believe what an application that trusts everybody does', async () => {
    const warnings: unknown[] = [];
    const hardening = { ddos: { threshold: 2 }, onListenerError: (error: unknown) => warnings.push(error) };
    const acts = [{ path: '/', run: () => 'hello' }];
    const { ask, close } = await serve(framework.app(acts, hardening, { parts: ['rateLimit'], trustsProxy: 'all' }));
    const statuses: number[] = [];
    for (const host of [1, 2, 3]) statuses.push((await ask('/', from(`203.0.113.${String(host)}`))).status);
    await close();
    expect(statuses).toEqual([200, 200, 429]);
    expect(warnings).toMatchObject([{ code: 'BREAKWATER_W_TRUST_PROXY' }]);
  });
});

describe.each([
  ['Express 5', express5],
  ['Express 4', express4],
])('%s', (_, factory) => {
  it.each([
    ['all addresses as ranges', ['0.0.0.0/1', '128.0.0.0/1'], true],
    ['a function that never says no', () => true, true],
    ['a number', 2, false],
    ['a range', '10.0.0.0/8', false],
    ['ranges by name', 'loopback, uniquelocal', false],
    ['a function that counts', (_address: string, hop: number) => hop < 2, false],
    ['nobody', false, false],
  ])("TRA-74 'trust proxy' as %s", (_what, setting, refused) => {
    const app = factory();
    app.set('trust proxy', setting);
    const set = () => setupMiddleware(app);
    if (refused) expect(set).toThrow(InvalidOptionsError);
    else expect(set).not.toThrow();
  });

  it('a trust function that throws takes nothing down', async () => {
    const app = factory();
    app.set('env', 'test');
    app.set('trust proxy', () => {
      throw new Error('mine');
    });
    const records: object[] = [];
    const hardening = createHardening({ onListenerError: () => undefined });
    hardening.on('request', (record) => records.push(record));
    setupMiddleware(app, hardening);
    app.get('/', (_request, response) => void response.send('hello'));
    const { ask, close } = await serve(app);
    const answers = [await ask('/', from('203.0.113.5')), await ask('/', from('203.0.113.5'))];
    expect(answers.map((answer) => answer.status)).toEqual([200, 200]);
    await expect.poll(() => records.length).toBe(2);
    await close();
  });

  it('an application inside another has routes as well', () => {
    const app = factory();
    app.use('/inner', factory());
    expect(() => setupMiddleware(app)).toThrow(InvalidArgumentError);
  });

  it('middlewares without routes may come before', () => {
    const app = factory();
    app.use((_request, _response, next) => {
      next();
    });
    expect(() => setupMiddleware(app)).not.toThrow();
  });
});

describe.each([
  ['Koa 3', Koa3],
  ['Koa 2', Koa2],
])('%s over HTTP/2', (_, Factory) => {
  it('answers and refuses with all headers, and warns of none', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error): void => {
      if (warning.name === 'UnsupportedWarning') warnings.push(warning);
    };
    process.on('warning', note);
    const app = new Factory();
    koaAdapter.setupMiddleware(app, { ddos: { threshold: 1 } });
    app.use((context) => {
      context.body = 'hello';
    });
    const handle = app.callback();
    const server = http2.createServer((request, response) => void handle(request as never, response as never));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const session = http2.connect(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
    const statuses: unknown[] = [];
    for (let i = 0; i < 2; i++) {
      const stream = session.request({ ':method': 'POST', ':path': '/', 'content-length': '4' });
      stream.end('body');
      const [headers] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders];
      statuses.push(headers[':status']);
      expect(headers['x-frame-options']).toBe('DENY');
      expect(headers['x-request-id']).toMatch(/^[0-9a-f]{32}$/);
      stream.resume();
      await once(stream, 'close');
    }
    session.close();
    server.close();
    await once(server, 'close');
    process.off('warning', note);
    expect(statuses).toEqual([200, 429]);
    expect(warnings).toEqual([]);
  });
});
