/**
 * The last so many outcomes, one bit each, and how many of them were hits.
 * @internal
 */
export class RingWindow {
  readonly #size: number;
  readonly #bits: Uint8Array;
  #next = 0;
  #calls = 0;
  #hits = 0;

  /** @param size - how many outcomes count, at least 1. */
  constructor(size: number) {
    this.#size = size;
    this.#bits = new Uint8Array(Math.ceil(size / 8));
  }

  get calls(): number {
    return this.#calls;
  }

  get hits(): number {
    return this.#hits;
  }

  add(hit: boolean): void {
    const at = this.#next >> 3;
    const bit = 1 << (this.#next & 7);
    const byte = this.#bits[at] ?? 0;
    if (this.#calls < this.#size) this.#calls++;
    else if ((byte & bit) !== 0) this.#hits--;
    this.#bits[at] = hit ? byte | bit : byte & ~bit;
    if (hit) this.#hits++;
    this.#next = this.#next + 1 === this.#size ? 0 : this.#next + 1;
  }
}
