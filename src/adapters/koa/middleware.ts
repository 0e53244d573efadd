import { noteError } from '../../http/exchange.js';
import type { HardeningInput, PipelineStep, ResponseShape } from '../../http/index.js';
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
      // What is around it goes on afterwards, and must not take this for a request that nobody answers.
      if (!context.res.headersSent && context.res.destroyed !== true) await over(context.res);
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

function over(response: ResponseShape): Promise<void> {
  return new Promise((resolve) => {
    response.once('close', resolve);
  });
}
