import type { Context, Next } from 'koa';

interface Failure {
  status?: number;
  code?: string;
  message: string;
}

/** Every error leaves as `{ error: { status, message } }`. */
export async function errors(ctx: Context, next: Next): Promise<void> {
  try {
    await next();
    if (ctx.status === 404 && ctx.body == null) ctx.throw(404, `no ${ctx.method} ${ctx.path}`);
  } catch (thrown) {
    const error = thrown as Failure;
    const status = error.status ?? 500;
    if (status >= 500) console.error(`${ctx.method} ${ctx.path} failed:`, error);
    ctx.status = status;
    ctx.body = { error: { status, message: status >= 500 ? 'something went wrong' : error.message } };
  }
}
