/** How long breaks last. @internal */
export interface BreakSettings {
  readonly recoveryTimeoutMs: number;
  readonly factor: number;
  readonly maxMs: number;
  readonly jitter: number;
  /** Draws from [0, 1); asked only when there is jitter. */
  readonly draw: () => number;
}

/**
 * Length of a break. With r the recovery timeout, f the factor, m the cap, j the jitter, u a number from [0, 1), and n
 * the breaks in a row before this one: min(m, r · fⁿ) · (1 − j · u). The cap comes first, so that waits at the cap still
 * differ, and never exceed it.
 * @internal
 */
export function breakLengthMs({ recoveryTimeoutMs, factor, maxMs, jitter, draw }: BreakSettings, n: number): number {
  // A timeout of 0 times a power that overflowed would be no number.
  const longestMs = recoveryTimeoutMs === 0 ? 0 : Math.min(maxMs, recoveryTimeoutMs * factor ** n);
  if (jitter === 0) return longestMs;
  return longestMs * (1 - jitter * draw());
}
