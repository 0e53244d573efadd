import type { Reporter } from '../../core/reporter.js';
import type { EventLogger } from '../options.js';
import { knowsContexts } from './logger.js';
import { shownError } from './shown-error.js';
import { isError, type RecordTeller, type RequestRecord } from './request-record.js';

const CONTEXT: readonly string[] = ['id', 'traceId', 'spanId'];

/**
 * A record as the fields of a line. Lines within the context of the request have its ids already, in the logger's words.
 * @internal
 */
export function lineFields(record: RequestRecord, inContext: boolean): object {
  const fields: Record<string, unknown> = {};
  for (const name of Object.keys(record)) {
    if (name === 'error') fields['err'] = shownError(record.error);
    else if (!inContext || !CONTEXT.includes(name)) fields[name] = record[name as keyof RequestRecord];
  }
  return fields;
}

/** What an access log goes by. @internal */
export interface AccessLogSettings {
  readonly logger: EventLogger;
  /** The logger as it was given. */
  readonly target: object;
  /** Which requests leave no line. */
  readonly skip: ((record: RequestRecord) => boolean) | undefined;
  readonly reporter: Reporter;
}

/**
 * Writes one line for each request: a server error as an error, with what was thrown. No error is left out.
 * @internal
 */
export function accessLog({ logger, target, skip, reporter }: AccessLogSettings): RecordTeller {
  const skips = (record: RequestRecord): boolean => {
    try {
      const answer: unknown = skip?.(record);
      return !reporter.watch(answer) && answer === true;
    } catch (error) {
      reporter.listenerError(error);
      return false;
    }
  };
  const hasContext = knowsContexts(logger);
  return {
    does: 'access-log',
    target,
    closed(record) {
      const failed = isError(record);
      if (!failed && skip !== undefined && skips(record)) return;
      const type = failed ? 'ERROR_EVENT' : 'SYSTEM_EVENT';
      logger.event(type, 'request', lineFields(record, hasContext));
    },
  };
}
