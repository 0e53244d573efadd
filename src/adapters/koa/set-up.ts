import { InvalidArgumentError } from '../../core/errors.js';
import type { HardeningInput, MountedPipeline } from '../../http/index.js';
import { refuseTrustingAll } from '../../http/mount.js';
import { middleware } from './middleware.js';
import { watchContexts } from './route.js';
import type { KoaApp } from './shapes.js';
import { trustsAll } from './trust.js';

/**
 * Puts the whole pipeline before an application: record, metrics, security headers, health routes and limits, in that order.
 * Call it before any router is added.
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
  watchContexts((app as KoaApp & { readonly context?: object }).context);
  return {
    dispose() {
      mounted = false;
    },
  };
}
