import { noteError } from '../../http/exchange.js';
import {
  type HardeningInput,
  type SecurityHeaders,
  securityHeaders,
  type SecurityHeadersOptions,
} from '../../http/index.js';
import { middleware } from './middleware.js';
import type { KoaMiddleware } from './shapes.js';

/** The limits alone, for instance behind the service's own authentication. */
export function rateLimitMiddleware(hardening?: HardeningInput): KoaMiddleware {
  return middleware(hardening, ['guard']);
}

/** Request ids and records alone: the access log. */
export function requestLoggingMiddleware(hardening?: HardeningInput): KoaMiddleware {
  return middleware(hardening, ['record']);
}

/**
 * What measures requests alone: durations by method and route in the pipeline's `metrics` and `monitor`, and in its `logger`
 * those that were slow or failed.
 */
export function performanceTrackingMiddleware(hardening?: HardeningInput): KoaMiddleware {
  return middleware(hardening, ['performance']);
}

/** The health routes alone, by their whole path: inside a mount that has to be in `healthPrefix`. */
export function healthRoutes(hardening?: HardeningInput): KoaMiddleware {
  return middleware(hardening, ['health']);
}

/** The security headers alone. */
export function securityHeadersMiddleware(
  headers: SecurityHeaders | SecurityHeadersOptions = securityHeaders(),
): KoaMiddleware {
  return middleware({ headers }, ['headers']);
}

/**
 * Notes what is thrown behind it for the record of its request, and throws it on. The pipeline does that itself; this is for
 * what a middleware between answers before the pipeline sees it.
 *
 * @example
 * setupMiddleware(app);
 * app.use(answerErrors); // catches what is thrown behind it, and answers
 * app.use(errorMiddleware());
 */
export function errorMiddleware(): KoaMiddleware {
  return async function breakwaterErrors(context, next) {
    try {
      return await next();
    } catch (error) {
      noteError(context.res, error);
      throw error;
    }
  };
}
