import Router from '@koa/router';
import Koa from 'koa';
import * as config from './config.js';
import { body } from './middleware/body.js';
import { errors } from './middleware/errors.js';
import { accounts } from './routers/accounts.js';
import { lists } from './routers/lists.js';
import * as catalogue from './services/catalogue.js';

const router = new Router({ prefix: '/v1' });
router.get('/status', async (ctx) => {
  ctx.body = { up: true, catalogue: await catalogue.isUp() };
});
router.use(accounts.routes());
router.use(lists.routes());

const app = new Koa();
app.use(errors);
app.use(body);
app.use(router.routes());
app.use(router.allowedMethods());

const server = app.listen(config.PORT, () => console.log('listening', server.address()));
