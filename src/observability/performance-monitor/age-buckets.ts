import { QuantileSketch } from '../../internal/quantile-sketch.js';

/** Parts of the window, each of which has a sketch and is forgotten as a whole. @internal */
export const AGE_BUCKETS = 5;

/**
 * Sketches of the values of the last periods, so that old ones are forgotten. A sketch is made when it is first needed,
 * and used again when its period is over. Time comes in as the number of the period, which never falls.
 * @internal
 */
export class AgeBuckets {
  readonly #sketches: QuantileSketch[] = [];
  readonly #periods: number[] = [];

  /** The sketch for values of `period`. */
  current(period: number): QuantileSketch {
    const at = period % AGE_BUCKETS;
    for (let i = this.#sketches.length; i <= at; i++) {
      this.#sketches.push(new QuantileSketch());
      this.#periods.push(-Infinity);
    }
    const sketch = this.#sketches[at] as QuantileSketch;
    if (this.#periods[at] !== period) {
      this.#periods[at] = period;
      sketch.clear();
    }
    return sketch;
  }

  /** What is in the window at `period`; only to be read. */
  merged(period: number): QuantileSketch {
    const live = this.#sketches.filter((_, i) => (this.#periods[i] ?? -Infinity) > period - AGE_BUCKETS);
    const [only] = live;
    if (only !== undefined && live.length === 1) return only;
    const all = new QuantileSketch();
    for (const sketch of live) all.merge(sketch);
    return all;
  }

  /** Bytes of all its tables. */
  get bytes(): number {
    return this.#sketches.reduce((sum, { bytes }) => sum + bytes, 0);
  }
}
