import { noteError } from '../../http/exchange.js';
import {
  type HardeningInput,
  type SecurityHeaders,
  securityHeaders,
  type SecurityHeadersOptions,
} from '../../http/index.js';
import { middleware } from './middleware.js';
import type { ExpressErrorMiddleware, ExpressMiddleware } from './shapes.js';

/** The limits alone, for instance behind the service's own authentication. */
export function rateLimitMiddleware(hardening?: HardeningInput): ExpressMiddleware {
  return middleware(hardening, ['guard']);
}

/** Request ids and records alone: the access log. */
export function requestLoggingMiddleware(hardening?: HardeningInput): ExpressMiddleware {
  return middleware(hardening, ['record']);
}

/**
 * What measures requests alone: durations by method and route in the pipeline's `metrics` and `monitor`, and in its `logger`
 * those that were slow or failed.
 */
export function performanceTrackingMiddleware(hardening?: HardeningInput): ExpressMiddleware {
  return middleware(hardening, ['performance']);
}

/** The health routes alone, by their whole path: inside a mount that has to be in `healthPrefix`. */
export function healthRoutes(hardening?: HardeningInput): ExpressMiddleware {
  return middleware(hardening, ['health']);
}

/** The security headers alone. */
export function securityHeadersMiddleware(
  headers: SecurityHeaders | SecurityHeadersOptions = securityHeaders(),
): ExpressMiddleware {
  return middleware({ headers }, ['headers']);
}

/**
 * Notes what handlers threw for the records of their requests, and hands it on. Mount it after all routes, before error handlers
 * of the service's own. From Express 5.3 on nothing is missing without it.
 *
 * @example
 * setupMiddleware(app);
 * app.get('/', handler);
 * app.use(errorMiddleware());
 */
export function errorMiddleware(): ExpressErrorMiddleware {
  // Express tells error handlers by their four parameters.
  return function breakwaterErrors(error, _request, response, next) {
    noteError(response, error);
    next(error);
  };
}
