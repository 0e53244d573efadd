const BUCKETS = 10;

/**
 * How many outcomes there were lately, and how many of them were hits: the window is made of ten buckets, and the oldest
 * one leaves as a whole. Recording and moving on cost the same however many outcomes there are, and after a pause of any
 * length. A time before the latest one counts as the latest one.
 * @internal
 */
export class BucketWindow {
  readonly #spanMs: number;
  /** Two numbers a bucket: outcomes and hits. */
  readonly #counts = new Uint32Array(2 * BUCKETS);
  /** Number of the bucket that is being filled, counted from time 0. */
  #newest = -Infinity;
  #calls = 0;
  #hits = 0;

  constructor(windowMs: number) {
    this.#spanMs = windowMs / BUCKETS;
  }

  get calls(): number {
    return this.#calls;
  }

  get hits(): number {
    return this.#hits;
  }

  add(hit: boolean, nowMs: number): void {
    this.advance(nowMs);
    const at = slot(this.#newest);
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#calls++;
    if (!hit) return;
    this.#counts[at + 1] = (this.#counts[at + 1] ?? 0) + 1;
    this.#hits++;
  }

  /** Drops the buckets that are too old by `nowMs`. */
  advance(nowMs: number): void {
    const newest = Math.floor(nowMs / this.#spanMs);
    if (newest > this.#newest) this.#drop(newest);
  }

  #drop(newest: number): void {
    if (newest - this.#newest >= BUCKETS) {
      this.#counts.fill(0);
      this.#calls = 0;
      this.#hits = 0;
    } else {
      for (let bucket = this.#newest + 1; bucket <= newest; bucket++) {
        const at = slot(bucket);
        this.#calls -= this.#counts[at] ?? 0;
        this.#hits -= this.#counts[at + 1] ?? 0;
        this.#counts.fill(0, at, at + 2);
      }
    }
    this.#newest = newest;
  }
}

/** Where a bucket's numbers are; bucket numbers may be negative. */
function slot(bucket: number): number {
  return 2 * (((bucket % BUCKETS) + BUCKETS) % BUCKETS);
}
