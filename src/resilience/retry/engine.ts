/** How the waits between attempts are spread. */
export type Jitter = 'full' | 'equal' | 'decorrelated' | 'none';

/** The numbers of growing waits. @internal */
export interface BackoffSettings {
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
  readonly factor: number;
  readonly jitter: Jitter;
  /** The waits, one by one, in the place of growing ones; the last one repeats. */
  readonly delaysMs: readonly number[] | undefined;
}

/**
 * The wait before a retry. With b the base, m the cap, f the factor, n the number of the retry from 0, u a number from
 * [0, 1), and x = min(m, b · fⁿ):
 *
 * - `none`: x
 * - `full`: u · x
 * - `equal`: x/2 + u · x/2
 * - `decorrelated`: b + u · (min(m, (f + 1) · p) − b), with p the wait before, b at first
 *
 * The first three and, with f = 2, the last are those of the AWS Architecture Blog, "Exponential Backoff And Jitter"
 * (2015); there the cap comes after the draw, here before, so that waits at the cap still differ.
 * @internal
 */
export function backoffMs(settings: BackoffSettings, n: number, previousMs: number | undefined, u: number): number {
  const { delaysMs, maxDelayMs } = settings;
  if (delaysMs !== undefined) return delaysMs[Math.min(n, delaysMs.length - 1)] ?? 0;
  // Roundings of very small or very large numbers must not lead beyond the cap.
  return Math.min(maxDelayMs, spread(settings, n, previousMs, u));
}

function spread(settings: BackoffSettings, n: number, previousMs: number | undefined, u: number): number {
  const { baseDelayMs, maxDelayMs, factor, jitter } = settings;
  if (jitter === 'decorrelated') {
    const highest = Math.min(maxDelayMs, (factor + 1) * (previousMs ?? baseDelayMs));
    return baseDelayMs + u * Math.max(0, highest - baseDelayMs);
  }
  // A base of 0 times a power that overflowed would be no number.
  const x = baseDelayMs === 0 ? 0 : Math.min(maxDelayMs, baseDelayMs * factor ** n);
  if (jitter === 'none') return x;
  return jitter === 'full' ? u * x : x / 2 + (u * x) / 2;
}

/** Why there was no further attempt. */
export type RetryStop =
  /** All attempts were made. */
  | 'attempts'
  /** The error is not one that another attempt could mend, or it is not known whether the first one took effect. */
  | 'not-retryable'
  /** The other side asked for a longer wait than is allowed. */
  | 'retry-after'
  /** The next attempt would have begun after `maxElapsedMs`. */
  | 'elapsed'
  /** The next attempt would have begun after the deadline of the call. */
  | 'deadline'
  /** Too many calls fail: the budget for retries is used up. */
  | 'budget'
  /** The caller gave up. */
  | 'aborted';

/** A failed attempt, and what the next one would meet. @internal */
export interface Failed {
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly retryable: boolean;
  /** Wait by the rules of this side, in ms. */
  readonly backoffMs: number;
  /** Wait that the other side asked for, in ms. */
  readonly hintMs: number | undefined;
  readonly maxHintMs: number;
  /** Time left by `maxElapsedMs`. */
  readonly elapsedLeftMs: number;
  /** Time left by the deadline of the call. */
  readonly remainingMs: number;
}

/** Whether and when to try again; the budget is asked afterwards, by whoever has one. @internal */
export function decide(failed: Failed): { readonly delayMs: number } | { readonly stop: RetryStop } {
  const { hintMs } = failed;
  if (!failed.retryable) return { stop: 'not-retryable' };
  if (failed.attempt >= failed.maxAttempts) return { stop: 'attempts' };
  // Coming back sooner than one was asked to is rude, and useless.
  if (hintMs !== undefined && hintMs > failed.maxHintMs) return { stop: 'retry-after' };
  const delayMs = Math.max(failed.backoffMs, hintMs ?? 0);
  if (delayMs >= failed.elapsedLeftMs) return { stop: 'elapsed' };
  return delayMs >= failed.remainingMs ? { stop: 'deadline' } : { delayMs };
}
