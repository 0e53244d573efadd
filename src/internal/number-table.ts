import { detached } from './detached.js';

/** How many entries are compared when one must go, as long as losing each of those would matter. */
const SAMPLE = 32;
const FIRST_SLOTS = 64;

/**
 * Numbers by key, never more than `max` of them. When it is full, a new key takes the place of the one with the least
 * number among a few; a hand goes round, so that what is larger than its neighbours stays however many come and go.
 *
 * The numbers live outside the garbage-collected heap: a `Map` would make a new object for each write, and moving those
 * about costs more than everything else about a limiter with many keys.
 * @internal
 */
export class NumberTable {
  readonly #max: number;
  readonly #slots = new Map<string, number>();
  readonly #keys: (string | undefined)[] = [];
  readonly #free: number[] = [];
  #values = new Float64Array(FIRST_SLOTS);
  #hand = 0;
  /** How many entries that still mattered had to make room. */
  evicted = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#slots.size;
  }

  /** Where the key's number is, until the next `add` or `delete`; `undefined` when it has none. */
  find(key: string): number | undefined {
    return this.#slots.get(key);
  }

  /** The number in a slot. */
  at(slot: number): number {
    return this.#values[slot] ?? NaN;
  }

  /** Replaces the number in a slot. */
  put(slot: number, value: number): void {
    this.#values[slot] = value;
  }

  /**
   * Stores a number under a key that is known to be new.
   *
   * @param nothing - a number up to this is as good as none, so that losing it is no loss.
   */
  add(key: string, value: number, nothing: number): void {
    if (this.#slots.size >= this.#max) this.#makeRoom(nothing);
    const slot = this.#free.pop() ?? this.#keys.length;
    if (slot >= this.#values.length) this.#grow();
    const kept = detached(key);
    this.#keys[slot] = kept;
    this.#values[slot] = value;
    this.#slots.set(kept, slot);
  }

  delete(key: string): void {
    const slot = this.#slots.get(key);
    if (slot === undefined) return;
    this.#slots.delete(key);
    this.#keys[slot] = undefined;
    this.#free.push(slot);
  }

  #makeRoom(nothing: number): void {
    let least: string | undefined;
    let value = Infinity;
    // Full, so that nearly every slot is taken; an empty one only shortens the sample.
    for (let i = 0; i < SAMPLE || least === undefined; i++) {
      const slot = this.#hand;
      this.#hand = slot + 1 === this.#keys.length ? 0 : slot + 1;
      if (least !== undefined && this.at(slot) >= value) continue;
      const key = this.#keys[slot];
      if (key === undefined) continue;
      [least, value] = [key, this.at(slot)];
      // Nothing is lost with this one; what comes after it is for the next time.
      if (value <= nothing) break;
    }
    this.delete(least);
    if (value > nothing) this.evicted++;
  }

  #grow(): void {
    const values = new Float64Array(Math.min(this.#values.length * 2, Math.max(this.#max, FIRST_SLOTS)));
    values.set(this.#values);
    this.#values = values;
  }
}
