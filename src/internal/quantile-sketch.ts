import { BUCKET_BITS, middleOf, octaveOf, PER_OCTAVE, ZERO_KEY } from './log-buckets.js';

/** Octaves that are counted apart; a range of a million million to one has 40. @internal */
export const MOST_OCTAVES = 40;

// More places than octaves, so that a search is short. Octaves side by side never meet.
const PLACES = 64;
const PAGE_BITS = 6;
const PAGE_MASK = 2 ** PAGE_BITS - 1;
const BUCKET_MASK = 2 ** BUCKET_BITS - 1;
const PAGES_AT_ONCE = 4;
const LARGEST_UINT32 = 2 ** 32 - 1;

/** How many values have one key. @internal */
export type KeyCount = readonly [key: number, count: number];

/**
 * How often values of about the same size came, from which follow quantiles: within 1.1 % of the exact ones. Only octaves
 * in which there are values take room, 136 bytes each. Beyond 40 of them, the two signs counted apart, those nearest to
 * zero count as zero.
 *
 * What a sketch holds depends only on what was added, not on the order: two that are merged are the same as one that was
 * told of everything.
 * @internal
 */
export class QuantileSketch {
  // An octave and its page, or 0. Octaves begin with 2.
  readonly #places = new Int32Array(PLACES);
  #counts: Uint32Array | Float64Array = new Uint32Array(0);
  #octaves = 0;
  /** The smallest octave that has a page; only when there is no page left. */
  #floor = 0;
  #zeros = 0;
  #count = 0;
  #sum = 0;
  #min = Infinity;
  #max = -Infinity;

  get count(): number {
    return this.#count;
  }
  get sum(): number {
    return this.#sum;
  }
  /** The least value; `Infinity` without any. */
  get min(): number {
    return this.#min;
  }
  /** The greatest value; `-Infinity` without any. */
  get max(): number {
    return this.#max;
  }
  /** Values that are zero, or count as zero. */
  get zeros(): number {
    return this.#zeros;
  }
  /** Bytes of its tables. */
  get bytes(): number {
    return this.#places.byteLength + this.#counts.byteLength;
  }

  /** Counts one value. @param key - its key, by `LogBuckets`. */
  add(key: number, value: number): void {
    this.#count++;
    this.#sum += value;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
    const octave = octaveOf(key);
    const place = this.#places[octave & (PLACES - 1)] ?? 0;
    // The rest is for what is new or rare.
    if (place >> PAGE_BITS === octave && octave !== ZERO_KEY) this.#addTo(place, key, 1);
    else this.#addCount(key, 1);
  }

  /** Counts all that another has counted. */
  merge(other: QuantileSketch): void {
    this.addCounts(other, other.#zeros, []);
    for (const place of other.#places) {
      const [octave, from] = [place >> PAGE_BITS, (place & PAGE_MASK) * PER_OCTAVE];
      for (let bucket = 0; octave !== 0 && bucket < PER_OCTAVE; bucket++) {
        const times = other.#counts[from + bucket] ?? 0;
        if (times > 0) this.#addCount((octave << BUCKET_BITS) | bucket, times);
      }
    }
  }

  /** Counts values of which there is no more than a summary. */
  addCounts(
    { count, sum, min, max }: Readonly<Record<'count' | 'sum' | 'min' | 'max', number>>,
    zeros: number,
    keyCounts: Iterable<KeyCount>,
  ): void {
    this.#count += count;
    this.#sum += sum;
    this.#min = Math.min(this.#min, min);
    this.#max = Math.max(this.#max, max);
    this.#zeros += zeros;
    for (const [key, times] of keyCounts) this.#addCount(key, times);
  }

  clear(): void {
    this.#places.fill(0);
    this.#counts.fill(0);
    this.#octaves = this.#floor = this.#zeros = this.#count = this.#sum = 0;
    this.#min = Infinity;
    this.#max = -Infinity;
  }

  /** The keys that were seen and how often, from the least value to the greatest; zeros are not among them. */
  *keyCounts(): Generator<KeyCount> {
    for (const [octave, page] of this.#ascending()) {
      for (let i = 0; i < PER_OCTAVE; i++) {
        const bucket = (octave & 1) === 1 ? PER_OCTAVE - 1 - i : i;
        const times = this.#counts[page * PER_OCTAVE + bucket] ?? 0;
        if (times > 0) yield [(octave << BUCKET_BITS) | bucket, times];
      }
    }
  }

  /**
   * The value that a share of all values does not exceed: that of rank `ceil(ratio * count)`, or the first.
   *
   * @param ratios - each from 0 to 1.
   * @returns as many values; each `null` when nothing was added.
   */
  quantiles(ratios: readonly number[]): (number | null)[] {
    const octaves = this.#ascending();
    return ratios.map((ratio) => {
      // Less than a rounding below the product: 0.07 of 100 values are 7, and not 8.
      const rank = Math.ceil(ratio * this.#count * (1 - 2 * Number.EPSILON));
      if (this.#count === 0) return null;
      if (rank <= 1) return this.#min;
      return rank >= this.#count ? this.#max : Math.min(this.#max, Math.max(this.#min, this.#atRank(octaves, rank)));
    });
  }

  #atRank(octaves: readonly (readonly [octave: number, page: number])[], rank: number): number {
    let left = rank;
    let zeros = this.#zeros;
    for (const [octave, page] of octaves) {
      const negative = (octave & 1) === 1;
      if (!negative) {
        left -= zeros;
        zeros = 0;
        if (left <= 0) return 0;
      }
      for (let i = 0; i < PER_OCTAVE; i++) {
        const bucket = negative ? PER_OCTAVE - 1 - i : i;
        left -= this.#counts[page * PER_OCTAVE + bucket] ?? 0;
        if (left <= 0) return middleOf(octave, bucket);
      }
    }
    return 0;
  }

  /** Octaves and their pages, by the values in them. */
  #ascending(): [octave: number, page: number][] {
    const all: [number, number][] = [];
    for (const place of this.#places) if (place !== 0) all.push([place >> PAGE_BITS, place & PAGE_MASK]);
    const size = ([octave]: readonly [number, number]): number => ((octave & 1) === 1 ? -octave : octave);
    return all.sort((a, b) => size(a) - size(b));
  }

  #addCount(key: number, times: number): void {
    if (key === ZERO_KEY) {
      this.#zeros += times;
      return;
    }
    const octave = octaveOf(key);
    let at = octave & (PLACES - 1);
    let place = this.#places[at] ?? 0;
    while (place >> PAGE_BITS !== octave) {
      if (place === 0) {
        place = this.#open(octave);
        if (place === 0) {
          this.#zeros += times;
          return;
        }
        break;
      }
      at = (at + 1) & (PLACES - 1);
      place = this.#places[at] ?? 0;
    }
    this.#addTo(place, key, times);
  }

  #addTo(place: number, key: number, times: number): void {
    const bucket = (place & PAGE_MASK) * PER_OCTAVE + (key & BUCKET_MASK);
    const sum = (this.#counts[bucket] ?? 0) + times;
    if (sum > LARGEST_UINT32) this.#widen();
    this.#counts[bucket] = sum;
  }

  #widen(): void {
    if (this.#counts instanceof Uint32Array) this.#counts = Float64Array.from(this.#counts);
  }

  /** Gives an octave a page; answers its place, or 0 when those that have one are all larger. */
  #open(octave: number): number {
    let page = this.#octaves;
    if (page === MOST_OCTAVES) {
      if (octave < this.#floor) return 0;
      page = this.#close(this.#floor);
    } else {
      this.#octaves++;
      if ((page + 1) * PER_OCTAVE > this.#counts.length) this.#grow();
    }
    const place = (octave << PAGE_BITS) | page;
    this.#put(place);
    if (this.#octaves === MOST_OCTAVES) this.#floor = this.#smallest();
    return place;
  }

  /** Its values count as zero from now on. Answers the page that has become free. */
  #close(octave: number): number {
    const places = [...this.#places].filter((place) => place !== 0);
    this.#places.fill(0);
    let page = 0;
    for (const place of places) {
      if (place >> PAGE_BITS === octave) page = place & PAGE_MASK;
      else this.#put(place);
    }
    const [from, to] = [page * PER_OCTAVE, (page + 1) * PER_OCTAVE];
    for (const times of this.#counts.subarray(from, to)) this.#zeros += times;
    this.#counts.fill(0, from, to);
    return page;
  }

  #put(place: number): void {
    let at = (place >> PAGE_BITS) & (PLACES - 1);
    while (this.#places[at] !== 0) at = (at + 1) & (PLACES - 1);
    this.#places[at] = place;
  }

  #smallest(): number {
    let least = Infinity;
    for (const place of this.#places) if (place !== 0) least = Math.min(least, place >> PAGE_BITS);
    return least;
  }

  #grow(): void {
    const length = Math.min(this.#counts.length / PER_OCTAVE + PAGES_AT_ONCE, MOST_OCTAVES) * PER_OCTAVE;
    const counts = this.#counts instanceof Uint32Array ? new Uint32Array(length) : new Float64Array(length);
    counts.set(this.#counts);
    this.#counts = counts;
  }
}
