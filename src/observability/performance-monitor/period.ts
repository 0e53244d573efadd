import type { Clock } from '../../core/clock.js';
import { SteadyTime } from '../../core/steady.js';
import { AGE_BUCKETS } from './age-buckets.js';

/** The number of the period that it is: time in fifths of a window. A window without end has one. @internal */
export class Periods {
  readonly #time: SteadyTime;
  readonly #lengthMs: number;
  #now = 0;
  #endMs: number;

  constructor(clock: Clock, windowMs: number) {
    this.#time = new SteadyTime(clock);
    this.#lengthMs = windowMs / AGE_BUCKETS;
    this.#endMs = this.#lengthMs;
  }

  /** Time in ms, which never goes back. */
  nowMs(): number {
    return this.#time.now();
  }

  /** The period of now. Without an end nobody has to know the time. */
  now(): number {
    return this.#lengthMs === Infinity ? 0 : this.at(this.#time.now());
  }

  /** The period of a time that was read from here, later than any before. */
  at(nowMs: number): number {
    if (nowMs >= this.#endMs) {
      this.#now = Math.floor(nowMs / this.#lengthMs);
      this.#endMs = (this.#now + 1) * this.#lengthMs;
    }
    return this.#now;
  }
}
