import type { LimitStore } from '../traffic/store/index.js';

/** A store, and a hand on its time. */
export interface StoreUnderTest {
  /** A store that knows nothing of any key whose group begins with `trace` or `case`. */
  readonly store: LimitStore;
  /** Moves the store's time forward by so many milliseconds, to the microsecond; for the store time stands still else. */
  readonly advance: (ms: number) => void | Promise<void>;
}
