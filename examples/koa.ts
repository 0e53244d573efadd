// #region basic
import Koa from 'koa';
import { setupMiddleware } from 'breakwater/koa';

const app = new Koa();
setupMiddleware(app, { identify: 'x-user-id' }); // before the first router
app.use((context) => {
  context.body = 'hello';
});
const server = app.listen(0);
// #endregion basic

server.once('listening', () => {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  void fetch(`http://127.0.0.1:${String(port)}/`).then((answer) => {
    console.log(answer.status, answer.headers.get('x-frame-options'));
    server.close();
    server.closeAllConnections();
  });
});

// #region parts
import { createHardening } from 'breakwater/http';
import {
  errorMiddleware,
  healthRoutes,
  performanceTrackingMiddleware,
  rateLimitMiddleware,
  requestLoggingMiddleware,
  securityHeadersMiddleware,
} from 'breakwater/koa';

const service = new Koa();
const seen = createHardening({ metrics: {}, slowRequestMs: 500 }); // with a logger, its access log as well
service.use(requestLoggingMiddleware(seen));
service.use(performanceTrackingMiddleware(seen));
service.use(securityHeadersMiddleware({ preset: 'modern' }));
service.use(healthRoutes()); // before all limits: probes must not fail
service.use(async (context, next) => {
  try {
    await next();
  } catch {
    context.status = 503; // the service's own answer to errors, which nobody sees before it
  }
});
service.use(errorMiddleware()); // behind it, so that records tell of them all the same
service.use((context, next) => {
  context.state['user'] = 'from the session'; // the service's own authentication
  return next();
});
const identify = ({ native }: { native: unknown }) => (native as { state: { user?: string } }).state.user;
service.use(rateLimitMiddleware({ ddos: false, identify })); // after it, so that the identity is known
// #endregion parts
