import { setupMiddleware as setUpExpress } from 'breakwater/express';
import { createHardening, type RequestRecord } from 'breakwater/http';
import { setupMiddleware as setUpKoa } from 'breakwater/koa';
import express from 'express';
import Koa from 'koa';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { PassThrough, pipeline } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { type Running, serve } from './frameworks.js';

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

const FAILURE = new Error('the backend is gone');

/** A body that fails, after a piece of it or before. */
function body(sends: boolean): PassThrough {
  const stream = new PassThrough();
  if (sends) stream.write('a piece');
  setImmediate(() => setImmediate(() => stream.destroy(FAILURE)));
  return stream;
}

function koaApp(hardening: ReturnType<typeof createHardening>, sends: boolean): Listener {
  const app = new Koa();
  app.silent = true;
  setUpKoa(app, hardening);
  app.use((context) => {
    context.body = body(sends);
  });
  const handle = app.callback();
  return (request, response) => void handle(request, response);
}

function expressApp(hardening: ReturnType<typeof createHardening>, sends: boolean): Listener {
  const app = express();
  setUpExpress(app, hardening);
  app.get('/', (_request, response) => {
    pipeline(body(sends), response, () => undefined);
  });
  return app;
}

describe.each([
  ['Koa', koaApp],
  ['Express', expressApp],
] as const)('a body whose stream fails on %s', (_, make) => {
  let running: Running | undefined;
  afterEach(() => running?.close());

  it.each([
    [true, 200],
    [false, 500],
  ])('OBS-H11 is an error of the service, a piece of it sent: %s', async (sends, status) => {
    const lines: unknown[] = [];
    const hardening = createHardening({ logger: { event: (type) => lines.push(type) } });
    const closed = new Promise<RequestRecord>((resolve) => hardening.on('request', resolve));
    running = await serve(make(hardening, sends));
    await running.ask('/').then((answer) => answer.text()).catch(() => undefined); // prettier-ignore
    expect(await closed).toMatchObject({ status, aborted: true, error: FAILURE });
    expect(lines).toEqual(['ERROR_EVENT']);
    expect(hardening.snapshot().aborted).toBe(0);
  });
});
