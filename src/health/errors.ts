import { BreakwaterError } from '../core/errors.js';

/** A health check took longer than it may. The `reason` of the signal that the check was given. */
export class CheckTimeoutError extends BreakwaterError {
  readonly code = 'BREAKWATER_CHECK_TIMEOUT';

  /** The class's name. */
  override get name(): string {
    return 'CheckTimeoutError';
  }
}
