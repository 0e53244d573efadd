import { BreakwaterError } from '../../core/errors.js';

/** A read of the database took longer than it may. What it answers later is dropped. @internal */
export class QueryTimeoutError extends BreakwaterError {
  readonly code = 'BREAKWATER_QUERY_TIMEOUT';

  /** The class's name. */
  override get name(): string {
    return 'QueryTimeoutError';
  }
}

/** A query function answered with something in which there is no answer. @internal */
export class QueryAnswerError extends BreakwaterError {
  readonly code = 'BREAKWATER_QUERY_ANSWER';

  /** The class's name. */
  override get name(): string {
    return 'QueryAnswerError';
  }
}
