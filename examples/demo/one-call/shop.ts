import type { IncomingMessage, RequestListener } from 'node:http';
import Router from '@koa/router';
import * as onExpress from 'breakwater/express';
import type { HardeningOptions, MountedPipeline } from 'breakwater/http';
import * as onKoa from 'breakwater/koa';
import express, { type NextFunction, type Request, type Response } from 'express';
import Koa from 'koa';
import type { Framework } from '../options.js';

/** What the bank says when it takes no money. */
export class PaymentError extends Error {
  override readonly name = 'PaymentError';
}

/** What the shop's routes use. */
export interface Needs {
  /** Where its handlers write. */
  readonly log: (message: string, fields?: Readonly<Record<string, unknown>>) => void;
  /** Rejects with a {@link PaymentError}. */
  readonly pay: () => Promise<void>;
  readonly customerPassword: string;
}

/** A shop that can be served. */
export interface Shop {
  readonly listener: RequestListener;
  /** What the call gave, if there was one. */
  readonly mounted: MountedPipeline | undefined;
}

interface Route {
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly answer: (
    request: IncomingMessage,
    needs: Needs,
  ) => Promise<{ readonly status: number; readonly body: object }>;
}

/** A service that is there already: nothing in it knows of its hardening. */
const ROUTES: readonly Route[] = [
  { method: 'get', path: '/stock', answer: () => Promise.resolve({ status: 200, body: { stock: 12 } }) },
  {
    method: 'get',
    path: '/pay',
    answer: async ({ url }, { log, pay }) => {
      log('payment begun', { url });
      await pay();
      return { status: 200, body: { paid: true } };
    },
  },
  {
    method: 'post',
    path: '/orders',
    answer: async (request, { log }) => {
      log('order begun');
      const bytes = (await read(request)).length;
      log('order taken', { bytes });
      return { status: 200, body: { bytes } };
    },
  },
  {
    method: 'post',
    path: '/login',
    answer: async (request, { customerPassword }) => {
      const welcome = (await read(request)).toString() === customerPassword;
      return { status: welcome ? 200 : 401, body: { welcome } };
    },
  },
];

async function read(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

/** Opens the shop: bare, or with the one call before its first route. */
export function openShop(framework: Framework, needs: Needs, options?: HardeningOptions): Shop {
  return framework === 'koa' ? koaShop(needs, options) : expressShop(needs, options);
}

function expressShop(needs: Needs, options: HardeningOptions | undefined): Shop {
  const app = express();
  const mounted = options && onExpress.setupMiddleware(app, options);
  for (const { method, path, answer } of ROUTES) {
    app[method](path, async (req, res) => {
      const { status, body } = await answer(req, needs);
      res.status(status).json(body);
    });
  }
  app.use((error: Error, _req: Request, res: Response, _next: NextFunction) => {
    needs.log('failed', { stack: error.stack });
    res.status(500).json({ error: 'something went wrong' });
  });
  return { listener: app, mounted };
}

function koaShop(needs: Needs, options: HardeningOptions | undefined): Shop {
  const app = new Koa();
  const mounted = options && onKoa.setupMiddleware(app, options);
  const router = new Router();
  for (const { method, path, answer } of ROUTES) {
    router[method](path, async (ctx) => {
      const { status, body } = await answer(ctx.req, needs);
      ctx.status = status;
      ctx.body = body;
    });
  }
  app.use(router.routes());
  app.on('error', (error: Error) => {
    needs.log('failed', { stack: error.stack });
  });
  const handle = app.callback();
  return { listener: (req, res) => void handle(req, res), mounted };
}
