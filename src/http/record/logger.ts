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
    ...(typeof logger.contextRunner === 'function' ? { contextRunner: logger.contextRunner.bind(logger) } : {}),
  };
}

/** Whether its lines tell their request by themselves. @internal */
export function knowsContexts(logger: EventLogger): boolean {
  return logger.contextRunner !== undefined || logger.withContext !== undefined;
}

/** Writes a refusal. @internal */
export function logRefusal(logger: EventLogger, { decision, id, ...request }: HardeningEvents['refused']): void {
  const { policy, source, retryAfterMs } = decision;
  const wait = retryAfterMs === Infinity ? null : retryAfterMs;
  // Within the context of the request it is in the line already.
  const ids = id === undefined || knowsContexts(logger) ? {} : { id };
  const message = request.shadow ? 'request would be refused' : 'request refused';
  logger.event('SECURITY_EVENT', message, { ...ids, ...request, policy, source, retryAfterMs: wait });
}
