import type { Context, Next } from 'koa';
import { ownerOf } from '../services/accounts.js';

export const tokenOf = (ctx: Context): string => /^Bearer (\S+)$/.exec(ctx.get('authorization'))?.[1] ?? '';

/** Whoever is logged in. */
export const userOf = (ctx: Context): string | undefined => ownerOf(tokenOf(ctx));

/** Lets nobody through who is not logged in. */
export async function session(ctx: Context, next: Next): Promise<void> {
  const user = userOf(ctx) ?? ctx.throw(401, 'log in first');
  ctx.state['user'] = user;
  await next();
}
