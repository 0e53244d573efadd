/** How long what was made is shown to everybody who asks. @internal */
export const SHARED_FOR_MS = 1_000;

/**
 * Makes something at most once a second, however many ask for it: health routes are open to everybody, and no number of
 * requests may cause as many runs.
 * @internal
 */
export class ForASecond<T> {
  readonly #now: () => number;
  readonly #make: () => T;
  #made: { readonly value: T; readonly atMs: number } | undefined;

  /** @param now - reads the time; never fails. */
  constructor(now: () => number, make: () => T) {
    this.#now = now;
    this.#make = make;
  }

  get(): T {
    const nowMs = this.#now();
    if (this.#made === undefined || nowMs - this.#made.atMs >= SHARED_FOR_MS) {
      this.#made = { value: this.#make(), atMs: nowMs };
    }
    return this.#made.value;
  }
}
