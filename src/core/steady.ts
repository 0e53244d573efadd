import type { Clock } from './clock.js';

/**
 * By how much, in ms, a time may be off that was computed from others: whoever comes back after exactly the wait that
 * was promised is not too early. A clock that counts from 1970 in fractions has no finer steps than a quarter of it.
 * @internal
 */
export const ROUNDING_MS = 1e-3;

/** Whether a wait is over: after exactly the time that was promised, however the numbers were rounded. @internal */
export function isOver(untilMs: number, nowMs: number): boolean {
  return untilMs - nowMs <= ROUNDING_MS;
}

/**
 * Reads the time, in ms since `steady` was called, so that it never goes back: when the clock is set back, time goes on
 * from the last value that was seen, and so it does when the clock fails to say. A clock that is put forth again to where
 * it was has thereby moved no time.
 * @internal
 */
export function steady(clock: Clock): () => number {
  const time = new SteadyTime(clock);
  return () => time.now();
}

/**
 * The time of {@link steady}, for the hottest paths. Numbers in fields are changed in place; in a closure each change would
 * be a new object.
 * @internal
 */
export class SteadyTime {
  readonly #clock: Clock;
  #offsetMs = 0;
  #latestMs = 0;
  // Where the clock was before it was set back; nowhere, as long as it was not.
  #returnMs = Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
    try {
      const startMs = clock.now();
      if (Number.isFinite(startMs)) this.#offsetMs = startMs;
    } catch {
      // As below.
    }
  }

  now(): number {
    try {
      const clockMs = this.#clock.now();
      const nowMs = clockMs - this.#offsetMs;
      // Answers the number it has just made: to read the field again would cost a new one.
      if (nowMs >= this.#latestMs && clockMs < this.#returnMs) return (this.#latestMs = nowMs);
      this.#correct(clockMs);
    } catch {
      // A clock that fails to say stands still: whoever waits for its time must not be lost with it.
    }
    return this.#latestMs;
  }

  #correct(clockMs: number): void {
    if (!Number.isFinite(clockMs)) return;
    if (clockMs >= this.#returnMs) {
      this.#latestMs += clockMs - this.#returnMs;
      this.#offsetMs = clockMs - this.#latestMs;
      this.#returnMs = Infinity;
    } else if (clockMs - this.#offsetMs < this.#latestMs) {
      const beforeMs = this.#latestMs + this.#offsetMs;
      this.#returnMs = this.#returnMs === Infinity ? beforeMs : Math.max(this.#returnMs, beforeMs);
      this.#offsetMs = clockMs - this.#latestMs;
    }
  }
}
