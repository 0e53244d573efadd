import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as onExpress from 'breakwater/express';
import { createHardening, type Hardening } from 'breakwater/http';
import * as onKoa from 'breakwater/koa';
import type { EventLogger, LogDestination } from 'breakwater/logger';
import express from 'express';
import Koa from 'koa';
import { Backend, HEALTH_TOKEN } from './backend.js';
import type { DatabaseAddress } from './database.js';
import { front } from './front.js';
import { Guards } from './guards.js';
import { Observability } from './observability.js';
import type { Framework } from './options.js';

/** The service while it runs. */
export interface DemoService {
  readonly url: string;
  readonly framework: Framework;
  /** As people say it. */
  readonly frameworkName: string;
  readonly backend: Backend;
  readonly guards: Guards;
  readonly hardening: Hardening;
  readonly observability: Observability;
  close(): Promise<void>;
}

/** What every request passes before it reaches a route: the same for both frameworks. */
function hardeningOf({ breaker, health }: Backend, { ddos, users }: Guards, logger: EventLogger): Hardening {
  return createHardening({
    logger,
    ddos,
    perUser: users,
    // One proxy stands before the service, so the last entry of X-Forwarded-For is the visitor.
    trustProxy: 1,
    identify: 'x-user-id',
    // Many users may share an address here, and each has a limit of their own.
    routes: [{ path: /^\/api\/users/, ddos: { threshold: 1_000 } }],
    health,
    components: [breaker],
    authorize: HEALTH_TOKEN,
  });
}

/** How to start the service. */
export interface ServiceOptions {
  readonly framework: Framework;
  /** `0` for any free one. */
  readonly port: number;
  /** Where its lines go. */
  readonly log: LogDestination | string | number;
}

/** Starts the service. */
export async function startService(
  address: DatabaseAddress,
  { framework, port, log }: ServiceOptions,
): Promise<DemoService> {
  const observability = new Observability(log, [address.password]);
  const backend = new Backend(address, observability);
  try {
    await backend.prepare();
    const guards = new Guards();
    observability.show(guards.ddos, guards.users, guards.abuse);
    const hardening = hardeningOf(backend, guards, observability.logger);
    observability.showPipeline(hardening);
    const mounted = framework === 'koa' ? koaService(backend, hardening) : expressService(backend, hardening);
    const server = createServer(front(mounted.listener, observability)).listen(port, '127.0.0.1');
    await once(server, 'listening');
    observability.logger.systemEvent('listening', { framework, database: address });
    return {
      url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
      framework,
      frameworkName: framework === 'koa' ? 'Koa 3' : 'Express 5',
      backend,
      guards,
      hardening,
      observability,
      close: async () => {
        await closed(server);
        mounted.dispose();
        await backend.close();
        await observability.close();
      },
    };
  } catch (error) {
    await backend.close();
    await observability.close();
    throw error;
  }
}

interface Mounted {
  readonly listener: RequestListener;
  readonly dispose: () => void;
}

function expressService(backend: Backend, hardening: Hardening): Mounted {
  const app = express();
  const setup = onExpress.setupMiddleware(app, hardening);
  app.use(async (req, res, next) => {
    const route = backend.routes[`${req.method} ${req.path}`];
    if (route === undefined) {
      next();
      return;
    }
    const { status, headers, body } = await route(req);
    res.status(status).set(headers).json(body);
  });
  return {
    listener: app,
    dispose: () => {
      setup.dispose();
    },
  };
}

function koaService(backend: Backend, hardening: Hardening): Mounted {
  const app = new Koa();
  const setup = onKoa.setupMiddleware(app, hardening);
  app.use(async (ctx, next) => {
    const route = backend.routes[`${ctx.method} ${ctx.path}`];
    if (route === undefined) {
      await next();
      return;
    }
    const { status, headers, body } = await route(ctx.req);
    ctx.status = status;
    ctx.set({ ...headers });
    ctx.body = body;
  });
  const handle = app.callback();
  return {
    listener: (req, res) => void handle(req, res),
    dispose: () => {
      setup.dispose();
    },
  };
}

async function closed(server: Server): Promise<void> {
  const gone = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await gone;
}
