import Router from '@koa/router';
import { ApplicationLifecycle, createHardening, HealthCheckService, httpCheck, StructuredLogger } from 'breakwater';
import { setupMiddleware } from 'breakwater/koa';
import Koa from 'koa';
import * as config from './config.js';
import { body } from './middleware/body.js';
import { errors } from './middleware/errors.js';
import { userOf } from './middleware/session.js';
import { accounts } from './routers/accounts.js';
import { lists } from './routers/lists.js';
import * as catalogue from './services/catalogue.js';

const parts = { logger: new StructuredLogger({ service: 'lists' }), health: new HealthCheckService() };
parts.health.register('catalogue', httpCheck(`${config.CATALOGUE_URL}/health`));
const lifecycle = new ApplicationLifecycle(parts);
const identify = (request: { native: unknown }) => userOf(request.native as Koa.Context);
const limits = { trustProxy: 1, identify, routes: [{ path: '/v1/sessions', ddos: { threshold: 10 } }] };
const shown = { metrics: {}, components: [catalogue.breaker], authorize: config.OPS_TOKEN, statusPage: true };
const hardening = createHardening({ ...parts, ...limits, ...shown, lifecycle, abuse: { action: 'reject' } });
const router = new Router({ prefix: '/v1' });
router.get('/status', async (ctx) => {
  ctx.body = { up: true, catalogue: await catalogue.isUp() };
});
router.use(accounts.routes());
router.use(lists.routes());

const app = new Koa();
setupMiddleware(app, hardening);
app.use(errors);
app.use(body);
app.use(router.routes());
app.use(router.allowedMethods());

const server = app.listen(config.PORT, () => console.log('listening', server.address()));
lifecycle.attach(server);
await lifecycle.start();
