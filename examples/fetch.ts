// #region basic
import { harden } from 'breakwater/fetch';

const handler = harden(
  (request: Request, _connection: { address: string }) => new Response(`hello from ${new URL(request.url).pathname}`),
  { trustProxy: 0, identify: 'x-user-id' },
  { address: (_request, connection) => connection.address }, // from whatever the runtime gives besides the request
);
// #endregion basic

// #region hono
import { type HttpBindings, serve } from '@hono/node-server';
import { setError, setRoute } from 'breakwater/fetch';
import { Hono } from 'hono';
import { routePath } from 'hono/route';

const app = new Hono<{ Bindings: HttpBindings }>();
app.use(async (context, next) => {
  await next();
  if (context.res.status !== 404) setRoute(context.req.raw, routePath(context, -1));
});
app.onError((error, context) => {
  setError(context.req.raw, error);
  return context.text('sorry', 500);
});
app.get('/users/:id', (context) => context.json({ id: context.req.param('id') }));

const hardened = harden(
  app.fetch,
  { trustProxy: 0 },
  { address: (_request, bindings) => (bindings as HttpBindings).incoming.socket.remoteAddress },
);
const server = serve({ fetch: hardened, port: 0, hostname: '127.0.0.1' });
// #endregion hono

const answer = await handler(new Request('http://service.test/here'), { address: '203.0.113.5' });
console.log(answer.status, answer.headers.get('x-frame-options'), await answer.text());

server.once('listening', () => {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  void fetch(`http://127.0.0.1:${String(port)}/users/7`).then(async (response) => {
    console.log(response.status, response.headers.get('x-frame-options'), await response.text());
    server.close();
    if ('closeAllConnections' in server) server.closeAllConnections();
  });
});
