import type { EventLogger } from '../options.js';
import { lineFields } from './access-log.js';
import { knowsContexts } from './logger.js';
import { isError, type RecordTeller, type RequestRecord } from './request-record.js';

/** Where most of a request's time went: before its answer began, or while that was sent. */
function phaseOf({ durationMs, firstByteMs = durationMs }: RequestRecord): 'handling' | 'sending' {
  return firstByteMs * 2 >= durationMs ? 'handling' : 'sending';
}

/**
 * Writes a line for each request that was slow, and for each error that has none in the access log.
 *
 * @param target - the logger as it was given.
 * @internal
 */
export function slowLog(logger: EventLogger, target: object): RecordTeller {
  const hasContext = knowsContexts(logger);
  return {
    does: 'slow-log',
    target,
    closed(record, others) {
      if (record.slow) {
        const fields = { ...lineFields(record, hasContext), phase: phaseOf(record) };
        logger.event('PERFORMANCE_EVENT', 'slow request', fields);
      }
      if (isError(record) && !others.some((other) => other.does === 'access-log' && other.target === target)) {
        logger.event('ERROR_EVENT', 'request failed', lineFields(record, hasContext));
      }
    },
  };
}
