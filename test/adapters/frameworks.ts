import * as expressAdapter from 'breakwater/express';
import type { HardeningInput, MountedPipeline } from 'breakwater/express';
import * as koaAdapter from 'breakwater/koa';
import express5 from 'express';
import express4 from 'express-4';
import express52 from 'express-5.2';
import Koa3 from 'koa';
import Koa2 from 'koa-2';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the handlers of the tests do, said once for every framework. */
export interface Act {
  readonly path: string;
  /** Answers with text, throws, or waits. Response headers may be set. */
  run(set: (name: string, value: string) => void): string | Promise<string>;
}

type Part = 'before' | 'setup' | 'rateLimit' | 'headers' | 'log' | 'health';

/** A framework, as far as the tests need it. */
export interface Framework {
  readonly name: string;
  /** Whether the framework itself answers when an async handler rejects. */
  readonly catchesRejections: boolean;
  /** An application with a pipeline, or parts of it, before its acts. */
  app(
    acts: readonly Act[],
    hardening?: HardeningInput,
    options?: {
      readonly parts?: readonly Part[];
      /** Whether the framework believes one proxy, or all of them. */
      readonly trustsProxy?: boolean | 'all';
      readonly mounted?: (pipeline: MountedPipeline) => void;
      /** What the part `before` waits for, as the service's own authentication does. */
      readonly before?: () => Promise<void>;
    },
  ): (request: IncomingMessage, response: ServerResponse) => void;
  /** Adds a route first and sets up afterwards. */
  setupTooLate(): void;
  /** Sets up an application that trusts every proxy. */
  setupTrustingAll(hardening?: HardeningInput): void;
}

type ExpressFactory = typeof express5;

function expressFramework(name: string, factory: ExpressFactory, catchesRejections: boolean): Framework {
  return {
    name,
    catchesRejections,
    app(acts, hardening, { parts = ['setup'], trustsProxy = false, mounted, before = () => Promise.resolve() } = {}) {
      const app = factory();
      // The default error handler prints what it answers.
      app.set('env', 'test');
      if (trustsProxy !== false) app.set('trust proxy', trustsProxy === 'all' || 1);
      for (const part of parts) {
        if (part === 'before') app.use((_request, _response, next) => void before().then(next, next));
        if (part === 'setup') mounted?.(expressAdapter.setupMiddleware(app, hardening));
        if (part === 'setup' && mounted === undefined) expressAdapter.setupMiddleware(app, hardening);
        if (part === 'rateLimit') app.use(expressAdapter.rateLimitMiddleware(hardening));
        if (part === 'headers') app.use(expressAdapter.securityHeadersMiddleware());
        if (part === 'log') app.use(expressAdapter.requestLoggingMiddleware(hardening));
        if (part === 'health') app.use(expressAdapter.healthRoutes(hardening));
      }
      for (const act of acts) {
        app.all(act.path, (_, response, next) => {
          const answer = act.run((header, value) => response.setHeader(header, value));
          const send = (text: string): unknown => response.send(text);
          if (typeof answer === 'string') send(answer);
          // Express 5 answers by itself when a promise rejects.
          else return catchesRejections ? answer.then(send) : answer.then(send, next);
          return undefined;
        });
      }
      return app;
    },
    setupTooLate() {
      const app = factory();
      app.get('/', (_, response) => response.send(''));
      expressAdapter.setupMiddleware(app);
    },
    setupTrustingAll(hardening) {
      const app = factory();
      app.set('trust proxy', true);
      expressAdapter.setupMiddleware(app, hardening);
    },
  };
}

function koaFramework(name: string, Factory: typeof Koa3): Framework {
  return {
    name,
    catchesRejections: true,
    app(acts, hardening, { parts = ['setup'], trustsProxy = false, mounted, before = () => Promise.resolve() } = {}) {
      const app = new Factory(trustsProxy === false ? {} : { proxy: true, maxIpsCount: trustsProxy === 'all' ? 0 : 1 });
      app.silent = true;
      for (const part of parts) {
        if (part === 'before') app.use((_, next) => before().then(next));
        if (part === 'setup') mounted?.(koaAdapter.setupMiddleware(app, hardening));
        if (part === 'setup' && mounted === undefined) koaAdapter.setupMiddleware(app, hardening);
        if (part === 'rateLimit') app.use(koaAdapter.rateLimitMiddleware(hardening));
        if (part === 'headers') app.use(koaAdapter.securityHeadersMiddleware());
        if (part === 'log') app.use(koaAdapter.requestLoggingMiddleware(hardening));
        if (part === 'health') app.use(koaAdapter.healthRoutes(hardening));
      }
      app.use(async (context) => {
        const act = acts.find(({ path }) => path === context.path);
        if (act === undefined) return;
        context.body = await act.run((header, value) => {
          context.set(header, value);
        });
      });
      const handle = app.callback();
      return (request, response) => {
        void handle(request, response);
      };
    },
    setupTooLate() {
      const app = new Factory();
      const routes: Koa3.Middleware & { router?: object } = (_, next) => next();
      routes.router = {};
      app.use(routes);
      koaAdapter.setupMiddleware(app);
    },
    setupTrustingAll(hardening) {
      koaAdapter.setupMiddleware(new Factory({ proxy: true }), hardening);
    },
  };
}

export const FRAMEWORKS: readonly Framework[] = [
  expressFramework('Express 5', express5, true),
  expressFramework('Express 5.2', express52, true),
  expressFramework('Express 4', express4, false),
  koaFramework('Koa 3', Koa3),
  koaFramework('Koa 2', Koa2),
];

/** A server on a free port of loopback, and how to ask it. */
export interface Running {
  readonly port: number;
  readonly server: Server;
  ask(path: string, init?: RequestInit): Promise<Response>;
  close(): Promise<void>;
}

export async function serve(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<Running> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    server,
    ask: (path, init) => fetch(`http://127.0.0.1:${String(port)}${path}`, init),
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
