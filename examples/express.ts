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

// #region parts
import { createHardening } from 'breakwater/http';
import { healthRoutes, rateLimitMiddleware, securityHeadersMiddleware } from 'breakwater/express';

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
