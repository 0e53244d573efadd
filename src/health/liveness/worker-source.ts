/**
 * What runs beside the main thread: a server that says how long ago that one last showed a sign of life. As text, since a
 * worker that is started from text needs no file: it works in both module formats and in a bundle. Nothing in here may
 * wait for the main thread.
 *
 * It faces a network: what is slow, garbage or too much is cut off. Each connection has one answer and three seconds, and
 * when there are too many the oldest goes, because a probe takes a millisecond and what holds on for longer is no probe. A
 * timer of each connection does that, and not one that looks again and again: at rest there is none.
 *
 * `shared`: when the main thread last lived, in ns of the platform's monotonic clock, which all threads share; probes that
 * found it alive; probes that did not.
 * @internal
 */
export const WORKER_SOURCE = `
  'use strict';
  const { createServer } = require('node:http');
  const { parentPort, workerData } = require('node:worker_threads');
  const { shared, port, host, path, stalledAfterMs, retryAfterSeconds } = workerData;
  const cells = new BigInt64Array(shared);
  const MOST_CONNECTIONS = 200;
  const LONGEST_CONNECTION_MS = 3000;
  const open = new Set();

  function answer(response, code, body, more) {
    const text = JSON.stringify(body);
    response.writeHead(code, {
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': Buffer.byteLength(text),
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      Connection: 'close',
      ...more,
    });
    response.end(text);
  }

  const server = createServer(
    { maxHeaderSize: 8192, headersTimeout: 0, requestTimeout: 0, keepAliveTimeout: 0, connectionsCheckingInterval: 2147483647 },
    (request, response) => {
      if (request.url.split('?', 1)[0] !== path) return answer(response, 404, { error: 'not found' });
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        return answer(response, 405, { error: 'method not allowed' }, { Allow: 'GET, HEAD' });
      }
      const ageMs = Math.max(0, Math.round(Number(process.hrtime.bigint() - Atomics.load(cells, 0)) / 1e6));
      const alive = ageMs < stalledAfterMs;
      Atomics.add(cells, alive ? 1 : 2, 1n);
      if (alive) return answer(response, 200, { status: 'HEALTHY', heartbeatAgeMs: ageMs });
      const body = { status: 'UNHEALTHY', heartbeatAgeMs: ageMs, busySinceMs: ageMs };
      return answer(response, 503, body, { 'Retry-After': String(retryAfterSeconds) });
    },
  );
  server.on('checkExpectation', (request, response) => answer(response, 417, { error: 'expectation failed' }));
  server.on('connect', (request, socket) => {
    socket.end('HTTP/1.1 404 Not Found\\r\\nConnection: close\\r\\nContent-Length: 0\\r\\n\\r\\n');
  });
  server.on('connection', (socket) => {
    open.add(socket);
    const timer = setTimeout(() => socket.destroy(), LONGEST_CONNECTION_MS);
    socket.on('close', () => {
      clearTimeout(timer);
      open.delete(socket);
    });
    socket.on('error', () => undefined);
    if (open.size > MOST_CONNECTIONS) open.values().next().value.destroy();
  });
  server.on('error', (error) => parentPort.postMessage({ failed: String(error.code ?? error.message) }));
  server.listen({ port, host, exclusive: true }, () => parentPort.postMessage({ port: server.address().port }));
`;
