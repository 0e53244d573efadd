import { setupMiddleware } from 'breakwater/express';
import { createHardening } from 'breakwater/http';
import { setupMiddleware as setupKoa } from 'breakwater/koa';
import { harden } from 'breakwater/node-http';
import express5 from 'express';
import express4 from 'express-4';
import Koa from 'koa';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

function pipeline() {
  return createHardening({ ddos: { threshold: 1 }, trustProxy: 0 });
}

/** Asks for the body, and answers with what came of it. */
function echo(request: IncomingMessage, response: ServerResponse): void {
  if (request.headers.expect !== undefined) response.writeContinue();
  // Koa begins with a 404.
  response.statusCode = 200;
  let text = '';
  request.on('data', (chunk: Buffer) => (text += String(chunk)));
  request.on('end', () => response.end(text));
}

function onExpress(express: typeof express5): Listener {
  const app = express();
  setupMiddleware(app, pipeline());
  app.use((request, response) => {
    echo(request, response);
  });
  return app;
}

function onKoa(): Listener {
  const app = new Koa();
  setupKoa(app, pipeline());
  app.use((context) => {
    context.respond = false;
    echo(context.req, context.res);
  });
  return app.callback() as Listener;
}

const LISTENERS: readonly (readonly [string, () => Listener])[] = [
  ['Express 5', () => onExpress(express5)],
  ['Express 4', () => onExpress(express4)],
  ['Koa', onKoa],
  ['node:http', () => harden(echo, pipeline())],
];

describe.each(LISTENERS)('a body that waits to be asked for, on %s', (_, make) => {
  const ends: (() => void)[] = [];
  afterEach(() => {
    for (const end of ends.splice(0)) end();
  });

  it('is asked for when the request is let in, and not when it is refused', async () => {
    const listener = make() as RequestListener;
    const server = createServer(listener).on('checkContinue', listener).listen(0, '127.0.0.1');
    ends.push(() => {
      server.close().closeAllConnections();
    });
    await once(server, 'listening');

    /** The first lines of what comes back, the body being sent where it is asked for. */
    async function upload(): Promise<string[]> {
      const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
      socket.setEncoding('latin1');
      ends.push(() => socket.destroy());
      socket.write(
        'POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n',
      );
      let text = '';
      for await (const chunk of socket) {
        if (text === '' && String(chunk).startsWith('HTTP/1.1 100')) socket.write('hello');
        text += String(chunk);
      }
      return [...(text.match(/HTTP\/1\.1 \d+/g) ?? []), text.endsWith('hello') ? 'hello' : ''];
    }

    expect(await upload()).toEqual(['HTTP/1.1 100', 'HTTP/1.1 200', 'hello']);
    expect(await upload()).toEqual(['HTTP/1.1 429', '']);
  });
});
