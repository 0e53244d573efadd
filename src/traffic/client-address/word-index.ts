/** The largest index takes 256 KiB. */
const MOST_BITS = 16;

/**
 * Where to look for a number among many in order: the bits after those that all of them share lead to a few, so that two
 * to five steps are left of the seventeen that halving 100,000 takes.
 * @internal
 */
export class WordIndex {
  readonly #shared: number;
  readonly #shift: number;
  /** How many lie before each part. */
  readonly #before: Uint32Array;

  /**
   * @param words - numbers of 32 bits in order.
   * @param shared - how many first bits all of them share; what else is looked up shares them as well.
   */
  constructor(words: Uint32Array, shared: number) {
    this.#shared = shared;
    this.#shift = 32 - Math.min(MOST_BITS, Math.ceil(Math.log2(words.length + 1)) + 1);
    this.#before = new Uint32Array(2 ** (32 - this.#shift) + 1);
    let part = 0;
    for (const [i, word] of words.entries()) {
      for (const its = this.#partOf(word); part < its;) this.#before[++part] = i;
    }
    this.#before.fill(words.length, part + 1);
  }

  /** The first that may be as large as the number, … */
  from(word: number): number {
    return this.#before[this.#partOf(word)] ?? 0;
  }

  /** … and the first that is larger for sure. */
  to(word: number): number {
    return this.#before[this.#partOf(word) + 1] ?? 0;
  }

  #partOf(word: number): number {
    return (word << this.#shared) >>> this.#shift;
  }
}
