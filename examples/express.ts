// #region basic
import express from 'express';
import { setupMiddleware } from 'breakwater/express';

const app = express();
setupMiddleware(app, { identify: 'x-user-id' }); // before the first route
app.get('/', (_request, response) => {
  response.send('hello');
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

// #region errors
import { errorMiddleware } from 'breakwater/express';

app.use(errorMiddleware()); // behind all routes and before the service's own error handlers: Express before 5.3
// #endregion errors

// #region parts
import { createHardening } from 'breakwater/http';
import {
  healthRoutes,
  performanceTrackingMiddleware,
  rateLimitMiddleware,
  requestLoggingMiddleware,
  securityHeadersMiddleware,
} from 'breakwater/express';

const seen = createHardening({ metrics: {}, slowRequestMs: 500 }); // with a logger, its access log as well
app.use(requestLoggingMiddleware(seen)); // on the application, so that routes are known from the first request on
app.use(performanceTrackingMiddleware(seen));

const limits = createHardening({ ddos: false, identify: ({ native }) => (native as { user?: string }).user });
const api = express.Router();
api.use(securityHeadersMiddleware({ preset: 'modern' }));
api.use(healthRoutes({ healthPrefix: '/api/health' })); // before all limits: probes must not fail
api.use((request, _response, next) => {
  (request as { user?: string }).user = 'from the session'; // the service's own authentication
  next();
});
api.use(rateLimitMiddleware(limits)); // after it, so that the identity is known
// #endregion parts

// #region continue
import { createServer } from 'node:http';

const uploads = express();
setupMiddleware(uploads);
uploads.use((request, response, next) => {
  if (request.headers.expect !== undefined) response.writeContinue(); // asks for the body, now that it is let in
  next();
});
const uploadServer = createServer(uploads).on('checkContinue', uploads); // instead of asking before it is
// #endregion continue
console.log(uploadServer.listenerCount('checkContinue'));
