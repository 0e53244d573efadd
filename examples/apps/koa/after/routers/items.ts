import Router from '@koa/router';
import type { Context } from 'koa';
import { text } from '../middleware/body.js';
import * as catalogue from '../services/catalogue.js';
import { addItem, type List, removeItem } from '../services/lists.js';

export const listOf = (ctx: Context): List => ctx.state['list'] as List;

/** Below a list, which is loaded by then. */
export const items = new Router();

items.get('/', (ctx) => {
  ctx.body = { items: listOf(ctx).items };
});

items.post('/', async (ctx) => {
  const product = await catalogue.product(text(ctx, 'sku'));
  ctx.status = 201;
  ctx.body = { item: addItem(listOf(ctx), product ?? ctx.throw(422, 'the catalogue has no such product')) };
});

items.delete('/:item', (ctx) => {
  if (!removeItem(listOf(ctx), ctx.params['item'] ?? '')) ctx.throw(404, 'no such item');
  ctx.status = 204;
});
