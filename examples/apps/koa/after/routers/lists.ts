import Router, { type RouterContext } from '@koa/router';
import type { Next } from 'koa';
import { text } from '../middleware/body.js';
import { session } from '../middleware/session.js';
import * as service from '../services/lists.js';
import { items, listOf } from './items.js';

/** Everything here belongs to somebody. */
export const lists = new Router({ prefix: '/lists' });
lists.use(session);

async function load(ctx: RouterContext, next: Next): Promise<void> {
  const list = service.find(ctx.params['list'] ?? '') ?? ctx.throw(404, 'no such list');
  if (list.owner !== ctx.state['user']) ctx.throw(403, 'not yours');
  ctx.state['list'] = list;
  await next();
}

lists.get('/', (ctx) => {
  ctx.body = { lists: service.ofOwner(ctx.state['user'] as string) };
});

lists.post('/', (ctx) => {
  ctx.status = 201;
  ctx.body = { list: service.create(ctx.state['user'] as string, text(ctx, 'name')) };
});

lists.get('/:list', load, (ctx) => {
  ctx.body = { list: listOf(ctx) };
});

lists.put('/:list', load, (ctx) => {
  listOf(ctx).name = text(ctx, 'name');
  ctx.body = { list: listOf(ctx) };
});

lists.delete('/:list', load, (ctx) => {
  service.remove(listOf(ctx).id);
  ctx.status = 204;
});

lists.use('/:list/items', load, items.routes());
