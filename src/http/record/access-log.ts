import type { EventLogger } from '../options.js';
import type { RecordTeller, RequestRecord } from './request-record.js';

const CONTEXT: readonly string[] = ['id', 'traceId', 'spanId'];

/**
 * A record as the fields of a line. Lines within the context of the request have its ids already, in the logger's words.
 * @internal
 */
export function lineFields(record: RequestRecord, inContext: boolean): object {
  const fields: Record<string, unknown> = {};
  for (const name of Object.keys(record)) {
    if (name === 'error') fields['err'] = record.error;
    else if (!inContext || !CONTEXT.includes(name)) fields[name] = record[name as keyof RequestRecord];
  }
  return fields;
}

/**
 * Writes one line for each request: a server error as an error, with what was thrown.
 *
 * @param target - the logger as it was given.
 * @internal
 */
export function accessLog(logger: EventLogger, target: object): RecordTeller {
  const hasContext = logger.withContext !== undefined;
  return {
    does: 'access-log',
    target,
    closed(record) {
      const type = record.status >= 500 ? 'ERROR_EVENT' : 'SYSTEM_EVENT';
      logger.event(type, 'request', lineFields(record, hasContext));
    },
  };
}
