import Router from '@koa/router';
import { text } from '../middleware/body.js';
import { session, tokenOf } from '../middleware/session.js';
import * as service from '../services/accounts.js';

export const accounts = new Router();

accounts.post('/accounts', async (ctx) => {
  const name = text(ctx, 'name');
  if (!(await service.open(name, text(ctx, 'password', { min: 8 })))) ctx.throw(409, 'the name is taken');
  ctx.status = 201;
  ctx.body = { account: { name } };
});

accounts.get('/accounts/me', session, (ctx) => {
  ctx.body = { account: { name: ctx.state['user'] as string } };
});

accounts.post('/sessions', async (ctx) => {
  const token = await service.logIn(text(ctx, 'name'), text(ctx, 'password'));
  ctx.status = 201;
  ctx.body = { token: token ?? ctx.throw(401, 'wrong name or password') };
});

accounts.delete('/sessions', session, (ctx) => {
  service.logOut(tokenOf(ctx));
  ctx.status = 204;
});
