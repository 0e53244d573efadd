/** How features are doing: plain JSON, safe to print, always in the same order. */
export interface DegradationReport {
  /** Version of this shape. */
  readonly version: 1;
  /** Name of the `GracefulDegradation`. */
  readonly name: string;
  /** How many features are degraded. */
  readonly degraded: number;
  /** All features, by name. */
  readonly features: readonly FeatureReport[];
}

/** How one feature is doing. */
export interface FeatureReport {
  readonly feature: string;
  readonly level: string;
  readonly degraded: boolean;
  /** In the order in which they came up. */
  readonly reasons: readonly ReasonReport[];
  /** Milliseconds since it became degraded; 0 when it is not. */
  readonly degradedForMs: number;
  /** Milliseconds until it recovers; present when it has no reason left and only waits for the end of `minDwellMs`. */
  readonly recoversInMs?: number;
  readonly calls: FeatureCalls;
}

/** Why a feature is degraded. */
export interface ReasonReport {
  /** Redacted. */
  readonly reason: string;
  readonly level: string;
  /** Milliseconds since it came up. */
  readonly sinceMs: number;
  /** Whether somebody said so, or a linked component ails. */
  readonly by: 'manual' | 'link';
  /** What the linked component says; redacted, at most 200 characters. */
  readonly message?: string;
}

/** What came of a feature's calls. */
export interface FeatureCalls {
  /** Answered in full. */
  readonly full: number;
  /** Answered degraded. */
  readonly degraded: number;
  /** Refused for want of a fallback. */
  readonly refused: number;
  /** Failed: the operation, or the fallback. */
  readonly failed: number;
}
