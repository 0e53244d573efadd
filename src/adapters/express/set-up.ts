import { InvalidArgumentError } from '../../core/errors.js';
import { hasMethod } from '../../core/options.js';
import type { HardeningInput, MountedPipeline } from '../../http/index.js';
import { refuseTrustingAll } from '../../http/mount.js';
import { followRoutes } from './app-routes.js';
import { middleware } from './middleware.js';
import type { ExpressApp } from './shapes.js';
import { trustsAll } from './trust.js';

/**
 * Puts the whole pipeline before an application: record, metrics, security headers, health routes and limits, in that order.
 * Call it before any route is added.
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
  // A router has no settings.
  if (!hasMethod(app, 'use') || !hasMethod(app, 'set')) {
    throw new InvalidArgumentError(
      'setupMiddleware: the first argument must be an Express application; on a router, mount the parts',
    );
  }
  if (hasRoutes(app)) {
    throw new InvalidArgumentError(
      'setupMiddleware: the application has routes already, which would not be protected; call it before them',
    );
  }
  refuseTrustingAll(hardening, "'trust proxy'", trustsAll(app));
  let mounted = true;
  const pipeline = middleware(hardening, undefined, false);
  app.use((request, response, next) => {
    if (mounted) pipeline(request, response, next);
    else next();
  });
  const endFollowing = followRoutes(app);
  return {
    dispose() {
      mounted = false;
      endFollowing();
    },
  };
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
