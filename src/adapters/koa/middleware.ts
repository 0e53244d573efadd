import { noteError } from '../../http/exchange.js';
import type { HardeningInput, PipelineStep } from '../../http/index.js';
import { toHardening } from '../../http/mount.js';
import { KoaExchange } from './exchange.js';
import { type RoutedContext, watch } from './route.js';
import type { KoaContext, KoaMiddleware } from './shapes.js';

/**
 * Steps of a pipeline as a middleware.
 *
 * @param steps - which ones. @defaultValue all
 * @internal
 */
export function middleware(given: HardeningInput, steps?: readonly PipelineStep[]): KoaMiddleware {
  const hardening = toHardening(given);
  const names = steps === undefined || steps.includes('record');
  const measures = names || steps.includes('performance');
  return async function breakwater(context, next) {
    if (measures) watch(context as KoaContext & RoutedContext);
    const exchange = new KoaExchange(context);
    const answers = hardening.handle(exchange, steps);
    if (typeof answers === 'boolean' ? answers : await answers) {
      // The answer is written to the response itself, so Koa must not write one.
      context.respond = false;
      return undefined;
    }
    try {
      return await (names ? hardening.within(exchange, next) : next());
    } catch (error) {
      if (measures) noteError(context.res, error);
      throw error;
    }
  };
}
