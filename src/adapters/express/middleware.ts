import { toHardening } from '../../http/mount.js';
import type { HardeningInput, PipelineStep } from '../../http/index.js';
import { keepFollowing } from './app-routes.js';
import { ExpressExchange } from './exchange.js';
import { type RoutedRequest, ROUTES, TRACK } from './route-track.js';
import type { ExpressMiddleware, ExpressRequest } from './shapes.js';

/**
 * Steps of a pipeline as a middleware.
 *
 * @param steps - which ones. @defaultValue all
 * @param stays - whether it is mounted for good, and not by set-up, which follows the routes of its application itself.
 * @internal
 */
export function middleware(given: HardeningInput, steps?: readonly PipelineStep[], stays = true): ExpressMiddleware {
  const hardening = toHardening(given);
  const names = steps === undefined || steps.includes('record');
  const measures = names || steps.includes('performance');
  return function breakwater(request, response, next) {
    if (measures) follow(request, stays);
    const exchange = new ExpressExchange(request, response);
    const answers = hardening.handle(exchange, steps);
    if (answers === false) {
      if (names) hardening.within(exchange, next);
      else next();
    } else if (answers !== true) {
      const goOn = names ? (): unknown => hardening.within(exchange, next) : next;
      // Never rejects. Called back later, so that what comes after it throws by itself, not into this promise.
      void answers.then((does) => does || queueMicrotask(goOn));
    }
  };
}

function follow(request: ExpressRequest & RoutedRequest, stays: boolean): void {
  if (stays) keepFollowing(request);
  // Express 4, and the first request of a part that is mounted by itself, have no track yet.
  if (request[TRACK] === undefined) request[ROUTES]?.begin(request, request.baseUrl);
}
