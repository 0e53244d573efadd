import { clearTimeout, setTimeout } from 'node:timers';
import { createServer } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';

/** How often a stream says something, in milliseconds. */
const EVENT_MS = 100;

/** Says something every now and then, for as long as there is a connection. */
function stream(response, streams) {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  let n = 0;
  let timer;
  const say = () => {
    if (response.writableEnded) return;
    response.write(`data: ${String(++n)}\n\n`);
    timer = setTimeout(say, EVENT_MS);
  };
  say();
  streams.add(response);
  response.on('close', () => {
    clearTimeout(timer);
    streams.delete(response);
  });
}

/** Answers after as long and with as much as the client asks for: its number, the size of its body, and padding. */
function work(request, response, query) {
  let received = 0;
  request.on('data', (chunk) => {
    received += chunk.length;
  });
  request.on('end', () => {
    const head = `${query.get('id')}:${String(received)}:`;
    const padding = 'x'.repeat(Number(query.get('size')));
    if (query.has('early')) {
      response.writeHead(200, { 'content-type': 'text/plain' });
      response.write(head);
      setTimeout(() => response.end(padding), Number(query.get('ms')));
      return;
    }
    setTimeout(
      () => {
        response.writeHead(200, { 'content-type': 'text/plain', 'content-length': head.length + padding.length });
        response.end(head + padding);
      },
      Number(query.get('ms')),
    );
  });
}

/**
 * The service that is restarted: plain work and streams over HTTP/1.1 or HTTP/2, and with `ws` an echo. It knows nothing
 * of being stopped; that is what the libraries are for.
 */
export async function createApp(protocol) {
  const streams = new Set();
  const handler = (request, response) => {
    // Whoever is gone is no concern of the service.
    response.on('error', () => undefined);
    const { pathname, searchParams } = new URL(request.url, 'http://replica');
    if (pathname === '/events') stream(response, streams);
    else work(request, response, searchParams);
  };
  const server = protocol === 'h2' ? createHttp2Server(handler) : createServer(handler);
  if (protocol !== 'ws') return { server, streams };
  const { WebSocketServer } = await import('ws');
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => {
    socket.on('error', () => undefined);
    socket.on('message', (data) => socket.send(data));
  });
  return { server, streams, sockets };
}
