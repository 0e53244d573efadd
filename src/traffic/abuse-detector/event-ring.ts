import { ROUNDING_MS } from '../../core/steady.js';

/** Most subjects come a few times: room for all that could count is made in steps. */
const FIRST_ROOM = 4;

/**
 * The events of one subject within a window, the latest `most` of them, each with its moment and its type: so whether
 * `most` events came within the window is known exactly.
 * @internal
 */
export class EventRing {
  readonly #most: number;
  // A plain array: a typed one takes as much again for itself.
  #times: number[];
  /** The type of all of them, as long as they have one. */
  #type = 0;
  #types: Uint8Array | undefined;
  // Where the oldest is.
  #first = 0;
  #size = 0;

  constructor(most: number) {
    this.#most = most;
    this.#times = room(Math.min(FIRST_ROOM, most));
  }

  /** Events that are no older than the window. */
  count(nowMs: number, windowMs: number): number {
    while (this.#size > 0 && nowMs - (this.#times[this.#first] ?? 0) > windowMs + ROUNDING_MS) this.#dropOldest();
    return this.#size;
  }

  /** Those of one type, at the moment of the last {@link EventRing.count}. */
  countOf(type: number): number {
    if (this.#types === undefined) return type === this.#type ? this.#size : 0;
    let found = 0;
    for (let i = 0; i < this.#size; i++) if (this.#types[this.#at(i)] === type) found++;
    return found;
  }

  /** When the i-th of them came, from the oldest, … */
  timeAt(i: number): number {
    return this.#times[this.#at(i)] ?? 0;
  }

  /** … and its type. */
  typeAt(i: number): number {
    return this.#types?.[this.#at(i)] ?? this.#type;
  }

  /** The types that are there. */
  types(): Set<number> {
    return new Set(Array.from({ length: this.#size }, (_, i) => this.typeAt(i)));
  }

  /** One event that counts as `weight`, and takes the place of the oldest. */
  add(nowMs: number, type: number, weight: number): void {
    if (weight === 0) return;
    if (this.#size === 0) {
      this.#type = type;
      this.#types = undefined;
    } else if (this.#types === undefined && type !== this.#type) {
      this.#types = new Uint8Array(this.#times.length).fill(this.#type);
    }
    for (let left = Math.min(weight, this.#most); left > 0; left--) {
      if (this.#size === this.#most) this.#dropOldest();
      else if (this.#size === this.#times.length) this.#grow();
      const place = this.#at(this.#size++);
      this.#times[place] = nowMs;
      if (this.#types !== undefined) this.#types[place] = type;
    }
  }

  clear(): void {
    this.#first = 0;
    this.#size = 0;
  }

  #at(i: number): number {
    const place = this.#first + i;
    return place < this.#times.length ? place : place - this.#times.length;
  }

  #dropOldest(): void {
    this.#first = this.#at(1);
    this.#size--;
  }

  #grow(): void {
    const size = Math.min(this.#most, this.#size * 4);
    const times = room(size);
    const types = this.#types === undefined ? undefined : new Uint8Array(size);
    for (let i = 0; i < this.#size; i++) {
      times[i] = this.#times[this.#at(i)] ?? 0;
      if (types !== undefined) types[i] = this.#types?.[this.#at(i)] ?? 0;
    }
    this.#times = times;
    this.#types = types;
    this.#first = 0;
  }
}

/** Places for so many moments; what is filled with a fraction is stored without boxes. */
function room(size: number): number[] {
  return new Array<number>(size).fill(0.5);
}
