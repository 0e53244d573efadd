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

/** The part of Express's request that the adapter reads. */
export interface ExpressRequest {
  readonly method: string;
  readonly originalUrl: string;
  readonly headers: RequestHeaders;
  readonly ip?: string | undefined;
  readonly socket: ConnectionShape;
  readonly app: Pick<ExpressApp, 'get'>;
}

/** A middleware as Express takes it. */
export type ExpressMiddleware = (
  request: ExpressRequest,
  response: ResponseShape,
  next: (error?: unknown) => void,
) => void;

/** The part of an Express application that set-up needs. */
export interface ExpressApp {
  /** Adds a middleware. */
  use(middleware: ExpressMiddleware): unknown;
  /** Reads a setting. */
  get(setting: string): unknown;
}

/**
 * Puts the whole pipeline before an application: record, security headers, health routes and limits, in that order. Call
 * it before any route is added.
 *
 * @param app - an application of Express 4.18 or newer, or Express 5.
 * @param hardening - a pipeline of `createHardening`, or its options. @defaultValue all defaults
 * @throws `InvalidOptionsError` when the options are wrong, or the application trusts every proxy.
 * @throws `InvalidArgumentError` when the application has routes already: they would not be protected.
 *
 * @example
 * const app = express();
 * setupMiddleware(app, { identify: 'x-user-id' });
 * app.get('/', (request, response) => response.send('hello'));
 */
export function setupMiddleware(app: ExpressApp, hardening?: HardeningInput): MountedPipeline {
  if (typeof (app as ExpressApp | undefined)?.use !== 'function') {
    throw new InvalidArgumentError('setupMiddleware: the first argument must be an Express application');
  }
  if (hasRoutes(app)) {
    throw new InvalidArgumentError(
      'setupMiddleware: the application has routes already, which would not be protected; call it before them',
    );
  }
  refuseTrustingAll(hardening, "'trust proxy'", trustsAll(app));
  let mounted = true;
  const pipeline = middleware(hardening);
  app.use((request, response, next) => {
    if (mounted) pipeline(request, response, next);
    else next();
  });
  return {
    dispose() {
      mounted = false;
    },
  };
}

/** The limits alone, for instance behind the service's own authentication. */
export function rateLimitMiddleware(hardening?: HardeningInput): ExpressMiddleware {
  return middleware(hardening, ['guard']);
}

/** Request ids and records alone: the access log. */
export function requestLoggingMiddleware(hardening?: HardeningInput): ExpressMiddleware {
  return middleware(hardening, ['record']);
}

/** The health routes alone. */
export function healthRoutes(hardening?: HardeningInput): ExpressMiddleware {
  return middleware(hardening, ['health']);
}

/** The security headers alone. */
export function securityHeadersMiddleware(
  headers: SecurityHeaders | SecurityHeadersOptions = securityHeaders(),
): ExpressMiddleware {
  return middleware({ headers }, ['headers']);
}

function middleware(given: HardeningInput, steps?: readonly PipelineStep[]): ExpressMiddleware {
  const hardening = toHardening(given);
  return function breakwater(request, response, next) {
    const answers = hardening.handle(exchangeOf(request, response), steps);
    if (answers === false) next();
    // Never rejects. Called back later, so that what comes after it throws by itself, not into this promise.
    else if (answers !== true) void answers.then((does) => does || queueMicrotask(next));
  };
}

function exchangeOf(request: ExpressRequest, response: ResponseShape): Exchange<ExpressRequest> {
  return {
    method: request.method,
    url: request.originalUrl,
    headers: request.headers,
    socketAddress: request.socket.remoteAddress,
    socket: request.socket,
    // A part that is mounted by itself meets the application here for the first time.
    frameworkAddress: () => (trustsAll(request.app) ? request.socket.remoteAddress : request.ip),
    get frameworkTrustsProxy() {
      const setting = request.app.get('trust proxy');
      return setting !== undefined && setting !== false && !trustsAll(request.app);
    },
    response,
    native: request,
  };
}

/** Two addresses that are nobody's proxy, and a place in a header that no chain of proxies reaches. */
const STRANGERS = ['192.0.2.1', '203.0.113.1'];
const FAR = 1_000_000;

/** Whether the setting believes everybody: `true`, all addresses as ranges, or a function that never says no. */
function trustsAll(app: Pick<ExpressApp, 'get'>): boolean {
  const setting = app.get('trust proxy');
  if (setting === true) return true;
  if (typeof setting !== 'function' && typeof setting !== 'string' && !Array.isArray(setting)) return false;
  const trusts = app.get('trust proxy fn') as (address: string, hop: number) => unknown;
  try {
    return STRANGERS.every((address) => Boolean(trusts(address, FAR)));
  } catch {
    return false;
  }
}

/** Express 4 makes its router late and calls it `_router`; asking Express 4 for `router` throws. */
function hasRoutes(app: ExpressApp): boolean {
  const stack = routerStack(app, '_router') ?? routerStack(app, 'router') ?? [];
  return stack.some(
    ({ route, handle }) => route !== undefined || Array.isArray(handle?.stack) || handle?.name === SUB_APPLICATION,
  );
}

/** What Express calls the function that stands for an application inside another. */
const SUB_APPLICATION = 'mounted_app';

interface Layer {
  readonly route?: unknown;
  readonly handle?: { readonly stack?: unknown; readonly name?: string };
}

function routerStack(app: object, key: string): readonly Layer[] | undefined {
  try {
    return (app as Record<string, { readonly stack?: readonly Layer[] } | undefined>)[key]?.stack;
  } catch {
    return undefined;
  }
}
