import { detached } from './detached.js';

/** How many entries are compared when one must go. */
const SAMPLE = 8;

/**
 * A map that never holds more than `max` entries. When it is full, a new entry takes the place of the one that matters
 * least among a few; a hand goes round, so that every entry is looked at before any is looked at again, and what
 * matters more than its neighbours stays however many come and go.
 *
 * An entry keeps the place where it was put, which was somebody else's: in the order in which they came, those that
 * stay would in time be each other's neighbours, and push one another out.
 * @internal
 */
export class BoundedMap<V> {
  readonly #max: number;
  readonly #weight: (value: V) => number;
  readonly #places = new Map<string, number>();
  readonly #keys: (string | undefined)[] = [];
  readonly #values: (V | undefined)[] = [];
  readonly #free: number[] = [];
  #hand = 0;
  /** How many entries that still mattered had to make room. */
  evicted = 0;

  /** @param weight - how much losing a value would matter; 0 or less for not at all. */
  constructor(max: number, weight: (value: V) => number) {
    this.#max = max;
    this.#weight = weight;
  }

  get size(): number {
    return this.#places.size;
  }

  get(key: string): V | undefined {
    const place = this.#places.get(key);
    return place === undefined ? undefined : this.#values[place];
  }

  /** Stores a value under a key that is known to be new; answers what had to make room for it. */
  add(key: string, value: V): [string, V] | undefined {
    const gone = this.size >= this.#max ? this.#makeRoom() : undefined;
    this.#put(detached(key), value);
    return gone;
  }

  /** The same, unless it would take the place of what matters more. */
  offer(key: string, value: V): void {
    if (this.size < this.#max || this.#makeRoom(this.#weight(value)) !== undefined) this.#put(detached(key), value);
  }

  delete(key: string): boolean {
    const place = this.#places.get(key);
    if (place === undefined) return false;
    this.#places.delete(key);
    this.#keys[place] = undefined;
    this.#values[place] = undefined;
    this.#free.push(place);
    return true;
  }

  *entries(): Generator<[string, V]> {
    for (const [key, place] of this.#places) yield [key, this.#values[place] as V];
  }

  #put(key: string, value: V): void {
    const place = this.#free.pop() ?? this.#keys.length;
    this.#keys[place] = key;
    this.#values[place] = value;
    this.#places.set(key, place);
  }

  /**
   * Every place is taken, or there would be room.
   *
   * @param below - less than which must matter what makes room.
   */
  #makeRoom(below = Infinity): [string, V] | undefined {
    let least: string | undefined;
    let [value, weight] = [undefined as V | undefined, Infinity];
    for (let i = 0; i < SAMPLE; i++) {
      const place = this.#hand;
      this.#hand = place + 1 >= this.#keys.length ? 0 : place + 1;
      const [key, its] = [this.#keys[place], this.#values[place] as V];
      if (key === undefined) continue;
      const itsWeight = this.#weight(its);
      if (least === undefined || itsWeight < weight) [least, value, weight] = [key, its, itsWeight];
      // Nothing is lost with this one; what comes after it is for the next time.
      if (itsWeight <= 0) break;
    }
    if (least === undefined || weight >= below) return undefined;
    this.delete(least);
    if (weight > 0) this.evicted++;
    return [least, value as V];
  }
}
