import type { BucketRule, MarkChange, StoreKey } from '../traffic/store/index.js';
import { LONGEST_US } from '../traffic/store/index.js';
import { seededRandom } from './seeded-random.js';

/** As long as a mark's text may be, of all that text may be made of. @internal */
export const LONG_TEXT = 'é✓😀"\\\n\u0000'.repeat(500);

/** Draws whatever a trace needs. @internal */
export class Draw {
  readonly #random: { next(): number };

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  whole(min: number, max: number): number {
    return min + Math.floor(this.#random.next() * (max - min + 1));
  }

  /** A number whose length, rather than whose value, is as likely as any other. */
  long(min: number, max: number): number {
    return Math.min(max, Math.max(min, Math.floor(2 ** (this.#random.next() * Math.log2(max)))));
  }

  of<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.whole(0, choices.length - 1)] ?? choices[0];
  }

  /** One time in so many. */
  oneIn(times: number): boolean {
    return this.whole(1, times) === 1;
  }

  some<T>(all: readonly [T, ...T[]]): readonly T[] {
    const chosen = all.filter(() => this.oneIn(2));
    return chosen.length === 0 ? all.slice(0, 1) : chosen;
  }

  /** How many there may be of something. */
  limit(): number {
    return this.of([this.whole(1, 6), this.whole(1, 6), this.long(1, Number.MAX_SAFE_INTEGER)]);
  }

  bucket(key: StoreKey): Omit<BucketRule, 'cost'> {
    if (this.oneIn(3)) return { ...key, ...this.#largeBucket() };
    return {
      ...key,
      capacity: this.of([1, this.whole(1, 10), this.whole(1, 1_000)]),
      refillTokens: this.of([1, this.whole(1, 1_000)]),
      refillUs: this.of([1, this.whole(1, 1_000), this.whole(1, 10_000_000)]),
    };
  }

  /** Up to the bounds: a product of 2^53, ten years to fill. */
  #largeBucket(): Pick<BucketRule, 'capacity' | 'refillTokens' | 'refillUs'> {
    const most = Number.MAX_SAFE_INTEGER - 2 ** 30;
    const capacity = this.long(1, most);
    const refillUs = this.of([1, this.long(1, Math.floor(most / capacity)), Math.floor(most / capacity)]);
    const least = Math.ceil((capacity * refillUs) / LONGEST_US);
    return { capacity, refillUs, refillTokens: this.of([least, this.long(least, 2 ** 30)]) };
  }

  /** Any change of a mark but when it applies. */
  change(key: StoreKey): Omit<MarkChange, 'after'> {
    const forUs = this.of([this.whole(0, 1_000_000), this.whole(0, 1_000_000), 0, this.long(1, LONGEST_US)]);
    return {
      ...key,
      held: this.whole(0, 2) > 0,
      forUs,
      keepUs: Math.min(LONGEST_US, forUs + this.of([0, this.whole(0, 1_000_000), this.whole(0, 1_000_000)])),
      text: this.of(['', 'why', '{"a":"ü✓"}', this.oneIn(4) ? LONG_TEXT : '-']),
      clear: this.oneIn(2),
      counts: !this.oneIn(4),
    };
  }
}
