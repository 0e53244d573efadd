import type { Context, Next } from 'koa';

const LONGEST = 50_000;

/** Reads JSON into `ctx.state.body`. */
export async function body(ctx: Context, next: Next): Promise<void> {
  if (ctx.is('json') === 'json') ctx.state['body'] = parse(await read(ctx), ctx);
  await next();
}

/** A text of the body; 422 when it is missing. */
export function text(ctx: Context, name: string, { min = 1 } = {}): string {
  const value = (ctx.state['body'] as Record<string, unknown> | undefined)?.[name];
  if (typeof value === 'string' && value.trim().length >= min) return value;
  return ctx.throw(422, `${name} must be a text of at least ${String(min)} characters`);
}

async function read(ctx: Context): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of ctx.req as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    if ((length += chunk.length) > LONGEST) ctx.throw(413, 'the body is too long');
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(json: string, ctx: Context): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return ctx.throw(400, 'the body is no JSON');
  }
}
