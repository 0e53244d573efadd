/**
 * Two windows of one figure, begun at different times: the older one is read, and when the younger one is long enough it takes
 * that place. So whoever reads sees at least the last `windowMs`, whoever else has read in between; one window that begins
 * anew would show each reader only what came after the last of the others.
 * @internal
 */
export class OverlappingWindows<T> {
  readonly #now: () => number;
  readonly #windowMs: number;
  readonly #begin: (window: T) => T;
  #older: T;
  #younger: T;
  #youngerSinceMs: number;

  /**
   * @param now - monotonic time, in ms.
   * @param both - two windows that begin now.
   * @param begin - begins a window anew.
   */
  constructor(now: () => number, windowMs: number, both: readonly [T, T], begin: (window: T) => T) {
    this.#now = now;
    this.#windowMs = windowMs;
    this.#begin = begin;
    [this.#older, this.#younger] = both;
    this.#youngerSinceMs = now();
  }

  /** What `look` sees in the window that reaches back the furthest. */
  read<R>(look: (window: T) => R): R {
    const seen = look(this.#older);
    const nowMs = this.#now();
    if (nowMs - this.#youngerSinceMs >= this.#windowMs) {
      [this.#older, this.#younger] = [this.#younger, this.#begin(this.#older)];
      this.#youngerSinceMs = nowMs;
    }
    return seen;
  }
}
