import { BreakwaterError } from '../../core/errors.js';

/** The shared store did not answer in time: whether a change was made there is not known, and making it again does no harm. */
export class StoreUnavailableError extends BreakwaterError {
  readonly code = 'BREAKWATER_STORE_UNAVAILABLE';

  /** The class's name. */
  override get name(): string {
    return 'StoreUnavailableError';
  }
}
