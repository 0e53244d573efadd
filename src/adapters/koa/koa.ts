import { InvalidArgumentError } from '../../core/errors.js';
import {
  type ConnectionShape,
  type Exchange,
  type HardeningInput,
  type MountedPipeline,
  type PipelineStep,
  type RequestHeaders,
  type ResponseShape,
  type SecurityHeaders,
  securityHeaders,
  type SecurityHeadersOptions,
} from '../../http/index.js';
import { refuseTrustingAll, toHardening } from '../../http/mount.js';

/** The part of Koa's context that the adapter reads. */
export interface KoaContext {
  readonly method: string;
  readonly originalUrl: string;
  readonly headers: RequestHeaders;
  readonly ip: string;
  readonly req: { readonly socket: ConnectionShape };
  readonly res: ResponseShape;
  readonly app: { readonly proxy?: boolean | undefined };
  respond?: boolean | undefined;
}

/** A middleware as Koa takes it. */
export type KoaMiddleware = (context: KoaContext, next: () => Promise<unknown>) => Promise<unknown>;

/** The part of a Koa application that set-up needs. */
export interface KoaApp {
  /** Adds a middleware. */
  use(middleware: KoaMiddleware): unknown;
  readonly middleware?: readonly unknown[] | undefined;
  readonly proxy?: boolean | undefined;
  readonly maxIpsCount?: number | undefined;
}

/**
 * Puts the whole pipeline before an application: record, security headers, health routes and limits, in that order. Call
 * it before any router is added.
 *
 * @param app - an application of Koa 2.15 or newer, or Koa 3.
 * @param hardening - a pipeline of `createHardening`, or its options. @defaultValue all defaults
 * @throws `InvalidOptionsError` when the options are wrong, or the application trusts every proxy.
 * @throws `InvalidArgumentError` when the application has a router already: it would not be protected.
 *
 * @example
 * const app = new Koa();
 * setupMiddleware(app, { identify: 'x-user-id' });
 * app.use((context) => { context.body = 'hello'; });
 */
export function setupMiddleware(app: KoaApp, hardening?: HardeningInput): MountedPipeline {
  if (typeof (app as KoaApp | undefined)?.use !== 'function') {
    throw new InvalidArgumentError('setupMiddleware: the first argument must be a Koa application');
  }
  if (app.middleware?.some((mounted) => (mounted as { router?: unknown }).router !== undefined) === true) {
    throw new InvalidArgumentError(
      'setupMiddleware: the application has a router already, which would not be protected; call it before that',
    );
  }
  refuseTrustingAll(hardening, 'app.proxy', trustsAll(app));
  let mounted = true;
  const pipeline = middleware(hardening);
  app.use((context, next) => (mounted ? pipeline(context, next) : next()));
  return {
    dispose() {
      mounted = false;
    },
  };
}

/** The limits alone, for instance behind the service's own authentication. */
export function rateLimitMiddleware(hardening?: HardeningInput): KoaMiddleware {
  return middleware(hardening, ['guard']);
}

/** Request ids and records alone: the access log. */
export function requestLoggingMiddleware(hardening?: HardeningInput): KoaMiddleware {
  return middleware(hardening, ['record']);
}

/** The health routes alone. */
export function healthRoutes(hardening?: HardeningInput): KoaMiddleware {
  return middleware(hardening, ['health']);
}

/** The security headers alone. */
export function securityHeadersMiddleware(
  headers: SecurityHeaders | SecurityHeadersOptions = securityHeaders(),
): KoaMiddleware {
  return middleware({ headers }, ['headers']);
}

function middleware(given: HardeningInput, steps?: readonly PipelineStep[]): KoaMiddleware {
  const hardening = toHardening(given);
  return async function breakwater(context, next) {
    const answers = hardening.handle(exchangeOf(context), steps);
    if (!(typeof answers === 'boolean' ? answers : await answers)) return next();
    // The answer is written to the response itself, so Koa must not write one.
    context.respond = false;
    return undefined;
  };
}

function exchangeOf(context: KoaContext): Exchange<KoaContext> {
  return {
    method: context.method,
    url: context.originalUrl,
    headers: context.headers,
    socketAddress: context.req.socket.remoteAddress,
    socket: context.req.socket,
    // A part that is mounted by itself meets the application here for the first time.
    frameworkAddress: () => (trustsAll(context.app) ? context.req.socket.remoteAddress : context.ip),
    get frameworkTrustsProxy() {
      return context.app.proxy === true && !trustsAll(context.app);
    },
    response: context.res,
    native: context,
  };
}

/** Without a count Koa believes the first address of the header, which is the client's to write. */
function trustsAll({ proxy, maxIpsCount = 0 }: Pick<KoaApp, 'proxy' | 'maxIpsCount'>): boolean {
  return proxy === true && !(maxIpsCount > 0);
}
