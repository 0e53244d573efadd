import { BreakwaterError } from '../../core/errors.js';

/** Another attempt answered first. The `reason` of the signal of an attempt that was not needed. */
export class SupersededError extends BreakwaterError {
  readonly code = 'BREAKWATER_SUPERSEDED';

  /** The class's name. */
  override get name(): string {
    return 'SupersededError';
  }
}
