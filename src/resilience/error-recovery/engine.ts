/** How the errors of a service develop. */
export interface ErrorTrend {
  /** Whether there are more or fewer than before, by more than chance would explain. */
  readonly direction: 'RISING' | 'STEADY' | 'FALLING';
  /** Errors a minute now: in the current minute and the four before it. */
  readonly perMinute: number;
  /** Errors a minute in the hour before that. */
  readonly previousPerMinute: number;
  /** Errors that `perMinute` is worked out from, … */
  readonly errors: number;
  /** … and those of `previousPerMinute`. */
  readonly previousErrors: number;
}

const MINUTE_MS = 60_000;
/** Minutes that are now, the current one included. */
const NOW = 5;
/** Minutes that they are compared with. */
const BEFORE = 60;
/** How long an error matters for the trend. @internal */
export const TREND_MS = (NOW + BEFORE) * MINUTE_MS;

const FEWEST = 5;
const FACTOR = 1.5;
const DEVIATIONS = 2;

/** Errors by minute, of the minutes that the trend looks at. @internal */
export class MinuteCounts {
  readonly #counts = new Uint32Array(NOW + BEFORE);
  #newest = 0;

  /** Counts one error. */
  add(atMs: number): void {
    const minute = Math.floor(atMs / MINUTE_MS);
    this.#advance(minute);
    const slot = Math.max(minute, this.#newest) % this.#counts.length;
    this.#counts[slot] = (this.#counts[slot] ?? 0) + 1;
  }

  /** Errors of the minutes from `first` to `last`, both included. */
  sum(first: number, last: number): number {
    let sum = 0;
    const oldest = Math.max(first, this.#newest - this.#counts.length + 1, 0);
    for (let minute = oldest; minute <= Math.min(last, this.#newest); minute++) {
      sum += this.#counts[minute % this.#counts.length] ?? 0;
    }
    return sum;
  }

  #advance(minute: number): void {
    const { length } = this.#counts;
    if (minute - this.#newest >= length) this.#counts.fill(0);
    else for (let next = this.#newest + 1; next <= minute; next++) this.#counts[next % length] = 0;
    this.#newest = Math.max(minute, this.#newest);
  }
}

/**
 * Compares the errors of the last five minutes with those of the hour before. With e errors in m minutes now and p errors
 * in b minutes before, the errors are rising when e >= 5, e/m > 1.5 p/b, and the difference of the two is more than twice
 * its standard deviation, √(e/m² + p/b²); they are falling when at least 5 would have been expected now (m p/b >= 5), and
 * the same holds the other way round.
 *
 * @param atMs - time since errors were first looked out for; what was before is not compared with.
 * @internal
 */
export function trendOf(counts: MinuteCounts | undefined, atMs: number): ErrorTrend {
  const minute = Math.floor(atMs / MINUTE_MS);
  const minutes = Math.max(1, Math.min(minute, NOW - 1) + (atMs % MINUTE_MS) / MINUTE_MS);
  const previousMinutes = Math.min(BEFORE, Math.max(0, minute - NOW + 1));
  const errors = counts?.sum(minute - NOW + 1, minute) ?? 0;
  const previousErrors = counts?.sum(minute - NOW - BEFORE + 1, minute - NOW) ?? 0;
  const perMinute = errors / minutes;
  const previousPerMinute = previousMinutes === 0 ? 0 : previousErrors / previousMinutes;
  const previousVariance = previousMinutes === 0 ? 0 : previousErrors / previousMinutes ** 2;
  const chance = DEVIATIONS * Math.sqrt(errors / minutes ** 2 + previousVariance);
  const exceeds = (a: number, b: number): boolean => a > FACTOR * b && a - b > chance;
  let direction: ErrorTrend['direction'] = 'STEADY';
  if (errors >= FEWEST && exceeds(perMinute, previousPerMinute)) direction = 'RISING';
  else if (previousPerMinute * minutes >= FEWEST && exceeds(previousPerMinute, perMinute)) direction = 'FALLING';
  return { direction, perMinute, previousPerMinute, errors, previousErrors };
}
