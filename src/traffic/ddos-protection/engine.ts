import { ROUNDING_MS } from '../../core/steady.js';

/** Parts of a window. A request leaves the count when its part does: between 11/12 of the window and the whole of it later. */
export const PARTS = 12;

/**
 * The requests of one address within a window, counted in {@link PARTS} parts that begin at its first request. It never
 * counts a request that is older than the window, so nobody is blocked who kept the limit, and a burst across the edge
 * of two windows counts in full.
 * @internal
 */
export class Visits {
  #startMs: number;
  #part = 0;
  #total = 0;
  // Most addresses come once or in one go: no parts to tell apart.
  #counts: number[] | undefined;
  /** The minute in which this address was last told apart from others. */
  minute = NaN;
  /** The minute in which it would have been blocked but for the brake. */
  brakedMinute = NaN;

  constructor(nowMs: number) {
    this.#startMs = nowMs;
  }

  /** Requests that count now. */
  count(nowMs: number, windowMs: number): number {
    this.#advance(nowMs, windowMs);
    return this.#total;
  }

  /** The count at the last request, when that may still be in the window. */
  weight(nowMs: number, windowMs: number): number {
    return this.#partAt(nowMs, windowMs) - this.#part >= PARTS ? 0 : this.#total;
  }

  /** Counts one more request, at the moment of the last {@link Visits.count}. */
  add(): void {
    this.#total++;
    if (this.#counts !== undefined) this.#counts[this.#part % PARTS] = (this.#counts[this.#part % PARTS] ?? 0) + 1;
  }

  /** Time until fewer than `threshold` requests count, if none comes. */
  waitMs(nowMs: number, windowMs: number, threshold: number): number {
    let left = this.#total;
    for (let part = this.#part - PARTS + 1; part <= this.#part; part++) {
      left -=
        this.#counts === undefined ? (part === this.#part ? left : 0) : (this.#counts[(part + PARTS) % PARTS] ?? 0);
      if (left < threshold) return this.#endMs(part, windowMs) - nowMs;
    }
    return 0;
  }

  /** Time until nothing counts any more. */
  resetMs(nowMs: number, windowMs: number): number {
    return this.#total === 0 ? 0 : this.#endMs(this.#part, windowMs) - nowMs;
  }

  /** When the requests of `part` cease to count. */
  #endMs(part: number, windowMs: number): number {
    return this.#startMs + (part + PARTS) * (windowMs / PARTS);
  }

  #partAt(nowMs: number, windowMs: number): number {
    // A part that ends at this very moment has ended, however the numbers were rounded.
    return Math.floor(((nowMs - this.#startMs + ROUNDING_MS) * PARTS) / windowMs);
  }

  #advance(nowMs: number, windowMs: number): void {
    const part = this.#partAt(nowMs, windowMs);
    if (part === this.#part) return;
    if (part - this.#part >= PARTS) {
      this.#startMs = nowMs;
      this.#part = 0;
      this.#total = 0;
      this.#counts = undefined;
      return;
    }
    if (this.#counts === undefined) {
      this.#counts = Array.from({ length: PARTS }, () => 0);
      this.#counts[this.#part % PARTS] = this.#total;
    }
    while (this.#part < part) {
      this.#part++;
      this.#total -= this.#counts[this.#part % PARTS] ?? 0;
      this.#counts[this.#part % PARTS] = 0;
    }
  }
}

/** What may not be exceeded before new blocks stop. */
const MOST_BLOCKED_RATIO = 0.2;
/** Below this many addresses a share says nothing. */
const FEWEST_ADDRESSES = 50;

/**
 * Stops blocking when it would hit a large part of everybody: then the addresses are probably not the clients', such as
 * those of a proxy or forged ones.
 * @internal
 */
export class Brake {
  readonly #windowMs: number;
  #startMs = -Infinity;
  #seen = 0;
  #blocked = 0;
  /** Counts the minutes. */
  minute = 0;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** Starts a new minute when the last one is over. */
  advance(nowMs: number): void {
    if (nowMs - this.#startMs < this.#windowMs) return;
    this.#startMs = nowMs;
    this.#seen = 0;
    this.#blocked = 0;
    this.minute++;
  }

  /** One more address came in this minute. */
  see(): void {
    this.#seen++;
  }

  /**
   * One more address came that is blocked already. It belongs to the minute as well: else a fifth of those that are left
   * could be blocked each minute, and in a quarter of an hour nearly all.
   */
  seeBlocked(): void {
    this.#seen++;
    this.#blocked++;
  }

  /** One more address exceeded the limit in this minute: may it be blocked? */
  release(): boolean {
    this.#blocked++;
    return this.#seen < FEWEST_ADDRESSES || this.#blocked <= this.#seen * MOST_BLOCKED_RATIO;
  }
}
