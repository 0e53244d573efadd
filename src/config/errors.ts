import { BreakwaterError } from '../core/errors.js';
import { type ConfigIssue, toldTogether } from './issues.js';

/** A configuration that cannot be used. Thrown with everything that is wrong at once, and without a character of a value. */
export class ConfigInvalidError extends BreakwaterError {
  readonly code = 'BREAKWATER_CONFIG_INVALID';
  /** Every problem found, in the order of registration. */
  readonly issues: readonly ConfigIssue[];

  /**
   * @param owner - whose configuration it is.
   * @param issues - at least one.
   */
  constructor(owner: string, issues: readonly ConfigIssue[]) {
    super(`${owner}: ${toldTogether(issues)}`);
    this.issues = issues;
  }

  /** The class's name. */
  override get name(): string {
    return 'ConfigInvalidError';
  }
}
