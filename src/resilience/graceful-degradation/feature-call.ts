import type { PlatformAbortSignal } from '../../core/platform.js';
import { type CallContext, type ExecuteOptions, SingleCall } from '../call-context.js';

/** What a feature's operations are told about the call they serve. */
export interface FeatureCall extends CallContext {
  /** Name of the feature. */
  readonly feature: string;
  /** The level to serve at. */
  readonly level: string;
  /** Whether that is another one than the best. */
  readonly degraded: boolean;
  /** Why; redacted. `['error']` for a call whose operation failed although the feature is well. */
  readonly reasons: readonly string[];
  /** What the operation failed with, when the fallback answers for that. */
  readonly error?: unknown;
}

/** What {@link GracefulDegradation.run} answers. */
export interface FeatureResult<T> {
  /** The answer. */
  readonly value: T;
  /** Whether it is the degraded one. */
  readonly degraded: boolean;
  /** The level that it was served at. */
  readonly level: string;
  /** Why it is degraded; redacted. Empty while the feature only waits for the end of its shortest time degraded. */
  readonly reasons: readonly string[];
}

/** Who made a call. @internal */
export interface Around {
  /** Its options, which may be the context of a call around it, … */
  readonly options: ExecuteOptions | undefined;
  /** … and their signal. */
  readonly signal: PlatformAbortSignal | undefined;
}

/** @internal */
export class FeatureCallContext extends SingleCall implements FeatureCall {
  readonly feature: string;
  readonly level: string;
  readonly degraded: boolean;
  readonly reasons: readonly string[];
  declare readonly error?: unknown;

  constructor(
    feature: string,
    level: string,
    degraded: boolean,
    reasons: readonly string[],
    around: Around,
    failure?: { readonly error: unknown },
  ) {
    super(around.options, around.signal);
    this.feature = feature;
    this.level = level;
    this.degraded = degraded;
    this.reasons = reasons;
    if (failure !== undefined) this.error = failure.error;
  }
}
