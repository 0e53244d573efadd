import { detached } from './detached.js';

/** How many entries are compared when one must go. */
const SAMPLE = 8;

/**
 * A map that never holds more than `max` entries. When it is full, a new entry takes the place of the one that matters
 * least among a few; a hand goes round, so that every entry is looked at before any is looked at again, and what
 * matters more than its neighbours stays however many come and go.
 * @internal
 */
export class BoundedMap<V> {
  readonly #max: number;
  readonly #weight: (value: V) => number;
  readonly #entries = new Map<string, V>();
  #hand: Iterator<[string, V]> | undefined;
  /** How many entries that still mattered had to make room. */
  evicted = 0;

  /** @param weight - how much losing a value would matter; 0 or less for not at all. */
  constructor(max: number, weight: (value: V) => number) {
    this.#max = max;
    this.#weight = weight;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): V | undefined {
    return this.#entries.get(key);
  }

  /** Stores a value under a key that is known to be new; answers what had to make room for it. */
  add(key: string, value: V): [string, V] | undefined {
    const gone = this.#entries.size >= this.#max ? this.#makeRoom() : undefined;
    this.#entries.set(detached(key), value);
    return gone;
  }

  /** The same, unless it would take the place of what matters more. */
  offer(key: string, value: V): void {
    if (this.#entries.size < this.#max || this.#makeRoom(this.#weight(value)) !== undefined) {
      this.#entries.set(detached(key), value);
    }
  }

  delete(key: string): boolean {
    return this.#entries.delete(key);
  }

  entries(): IterableIterator<[string, V]> {
    return this.#entries.entries();
  }

  /** @param below - less than which must matter what makes room. */
  #makeRoom(below = Infinity): [string, V] | undefined {
    let least: [string, V] | undefined;
    let weight = Infinity;
    for (let i = 0; i < SAMPLE; i++) {
      const entry = this.#next();
      if (entry === undefined) break;
      const its = this.#weight(entry[1]);
      if (least === undefined || its < weight) [least, weight] = [entry, its];
      // Nothing is lost with this one; what comes after it is for the next time.
      if (its <= 0) break;
    }
    if (least === undefined || weight >= below) return undefined;
    this.#entries.delete(least[0]);
    if (weight > 0) this.evicted++;
    return least;
  }

  #next(): [string, V] | undefined {
    let step = this.#hand?.next();
    if (step === undefined || step.done === true) {
      this.#hand = this.#entries.entries();
      step = this.#hand.next();
    }
    return step.done === true ? undefined : step.value;
  }
}
