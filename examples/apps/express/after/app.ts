import { ApplicationLifecycle, createHardening, databaseCheck, HealthCheckService, StructuredLogger } from 'breakwater';
import { rateLimitMiddleware, setupMiddleware } from 'breakwater/express';
import express from 'express';
import * as config from './config.js';
import * as db from './db.js';
import * as auth from './middleware/auth.js';
import * as errors from './middleware/errors.js';
import { api } from './routes/index.js';

// #region parts
const parts = { logger: new StructuredLogger({ service: 'press' }), health: new HealthCheckService() };
parts.health.register('database', databaseCheck(db.ping), { critical: true });
const lifecycle = new ApplicationLifecycle(parts);
// #endregion parts
// #region pipeline
const identify = (request: { native: unknown }) => auth.userOf(request.native as express.Request);
const limits = { trustProxy: 1, identify, routes: [{ path: '/api/users/login', ddos: { threshold: 10 } }] };
const shown = { metrics: {}, components: [db.breaker], authorize: config.OPS_TOKEN, statusPage: true };
const hardening = createHardening({ ...parts, ...limits, ...shown, lifecycle, abuse: { action: 'reject' } });
// #endregion pipeline
// #region mount
const app = express();
setupMiddleware(app, hardening);
app.disable('x-powered-by');
app.use(express.json({ limit: '100kb' }));
app.use(auth.loadUser);
app.use(rateLimitMiddleware(hardening));
// #endregion mount

app.get('/status', async (_req, res) => {
  await db.ping();
  res.json({ up: true });
});
app.use('/api', api);
app.use(errors.notFound);
app.use(errors.handler);

// #region server
await db.migrate();
const server = app.listen(config.PORT, () => console.log('listening', server.address()));
lifecycle.attach(server);
lifecycle.onStop('resources', 'database', () => db.pool.end());
await lifecycle.start();
// #endregion server
