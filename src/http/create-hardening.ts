import type { Hardening } from './hardening.js';
import type { HardeningOptions } from './options.js';
import { Pipeline } from './pipeline.js';
import { parseHardeningOptions } from './read-options.js';

/**
 * Makes the pipeline that stands before every request: record, security headers, health routes and limits. Mount it
 * with an adapter: `breakwater/express`, `breakwater/koa`, `breakwater/node-http` or `breakwater/fetch`.
 *
 * @example
 * const hardening = createHardening({ identify: 'x-user-id', components: [breaker] });
 * setupMiddleware(app, hardening);
 *
 * @throws {@link InvalidOptionsError} naming every option, of the parts too, that is unknown or impossible.
 */
export function createHardening(options?: HardeningOptions): Hardening {
  return parseHardeningOptions(options, (parsed, issues) => new Pipeline(parsed, issues));
}
