import type { Reporter } from '../../core/reporter.js';
import type { HardeningEvents } from '../events.js';
import type { EventLogger } from '../options.js';

/** A logger whose failures, also those of a promise that it returns, are reported and go no further. @internal */
export function harmless(logger: EventLogger, reporter: Reporter): EventLogger {
  return {
    event(type, message, fields) {
      try {
        // A method that is said to return nothing may still be async.
        reporter.watch((logger.event as (...event: unknown[]) => unknown).call(logger, type, message, fields));
      } catch (error) {
        reporter.listenerError(error);
      }
    },
    ...(typeof logger.withContext === 'function' ? { withContext: logger.withContext.bind(logger) } : {}),
    ...(typeof logger.withTrace === 'function' ? { withTrace: logger.withTrace.bind(logger) } : {}),
    ...(typeof logger.bind === 'function' ? { bind: logger.bind.bind(logger) } : {}),
  };
}

/** Writes a refusal. @internal */
export function logRefusal(logger: EventLogger, { decision, ...request }: HardeningEvents['refused']): void {
  const { policy, source, retryAfterMs } = decision;
  const wait = retryAfterMs === Infinity ? null : retryAfterMs;
  logger.event('SECURITY_EVENT', 'request refused', { ...request, policy, source, retryAfterMs: wait });
}
