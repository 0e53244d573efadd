import { RejectedError } from '../../core/errors.js';

/** All slots and queue places were taken when the call arrived. */
export class BulkheadFullError extends RejectedError {
  readonly code = 'BREAKWATER_BULKHEAD_FULL';

  /** The class's name. */
  override get name(): string {
    return 'BulkheadFullError';
  }
}

/** No slot became free while the call waited. */
export class BulkheadTimeoutError extends RejectedError {
  readonly code = 'BREAKWATER_BULKHEAD_TIMEOUT';

  /** The class's name. */
  override get name(): string {
    return 'BulkheadTimeoutError';
  }
}
