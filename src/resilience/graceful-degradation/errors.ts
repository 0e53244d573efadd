import { RejectedError, type RejectedErrorOptions } from '../../core/errors.js';

/** The feature is degraded, and there is nothing to run in its place. Nothing was attempted. */
export class FeatureDegradedError extends RejectedError {
  readonly code = 'BREAKWATER_FEATURE_DEGRADED';
  /** Name of the feature. */
  readonly feature: string;
  /** The level that it is at. */
  readonly level: string;
  /** Why; redacted. Empty while the feature only waits for the end of its shortest time degraded. */
  readonly reasons: readonly string[];

  constructor(feature: string, level: string, reasons: readonly string[], options?: RejectedErrorOptions) {
    const because = reasons.length === 0 ? '' : ` (${reasons.slice(0, 3).join(', ')})`;
    super(`feature '${feature}' is at level '${level}'${because} and has no fallback`, options);
    this.feature = feature;
    this.level = level;
    this.reasons = reasons;
  }

  /** The class's name. */
  override get name(): string {
    return 'FeatureDegradedError';
  }
}
