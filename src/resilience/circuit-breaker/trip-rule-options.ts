/** A rule that says when a circuit opens; made by `consecutiveFailures`, `failureRate`, `slowCallRate` or `anyOf`. */
export interface TripRule {
  /** What it is. Its content is not for reading. */
  readonly kind: 'trip-rule';
}

/** Options of {@link failureRate}. */
export interface FailureRateOptions {
  /** Share of failed calls that opens the circuit, itself included; more than 0, at most 1. @defaultValue `0.5` */
  readonly ratio?: number | undefined;
  /**
   * Calls that must be in the window before it says anything. Integer, at least 1.
   * @defaultValue `20`, at most `lastCalls`
   */
  readonly minimumCalls?: number | undefined;
  /** Length of the window, in ms, at least 1; a tenth of it leaves at a time. @defaultValue `30_000` */
  readonly windowMs?: number | undefined;
  /** Instead of `windowMs`: the window is the last so many calls. Integer, from `minimumCalls` to 1,000,000. */
  readonly lastCalls?: number | undefined;
}

/** Options of {@link slowCallRate}. */
export interface SlowCallRateOptions extends FailureRateOptions {
  /** A call is slow once it has taken this long, in ms, at least 0. */
  readonly slowAfterMs: number;
  /** Whether a call counts as slow while it still runs. @defaultValue `true` */
  readonly countInFlight?: boolean | undefined;
}
