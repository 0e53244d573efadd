import { secureBytes } from '../core/random.js';
import { maskAt, type ParsedAddress } from './ip-address.js';

const FIRST_ROOM = 64;
/** The end of a chain. */
const END = -1;
/** What is less than the end marks a free slot, and says which is the next one: this less its number. */
const FREE = -3;
/** The third word of IPv4 inside IPv6 (RFC 4291), which no other address that was read has after two empty ones. */
const MAPPED = 0xffff;

/**
 * Gives each address a slot, a small number, for tables of numbers outside the garbage-collected heap. All bits are
 * compared, so that no two addresses are ever taken for one. Where an address is looked for depends on a secret of this
 * table, so that nobody can choose addresses that are all looked for in one place.
 * @internal
 */
export class AddressSlots {
  readonly #max: number;
  // Four odd numbers that nobody knows.
  readonly #k = secretNumber();
  readonly #l = secretNumber();
  readonly #m = secretNumber();
  readonly #n = secretNumber();
  /** Slots that there is room for. */
  room: number;
  size = 0;
  /** Four to a slot. */
  #words: Int32Array;
  /** The next slot of the same place. */
  #next: Int32Array;
  #heads: Int32Array;
  #shift = 0;
  #free = END;

  constructor(max: number) {
    this.#max = max;
    this.room = Math.min(max, FIRST_ROOM);
    this.#words = new Int32Array(0);
    this.#next = new Int32Array(0);
    this.#heads = new Int32Array(0);
    this.#makeRoom(0);
  }

  /** The slot of an address of which the first `ipv6Prefix` bits count; less than 0 when it has none. */
  find(address: ParsedAddress, ipv6Prefix: number): number {
    return address.family === 4
      ? this.#find(0, 0, MAPPED, address.bits | 0)
      : this.#find(
          address.a & maskAt(ipv6Prefix, 0),
          address.b & maskAt(ipv6Prefix, 32),
          address.c & maskAt(ipv6Prefix, 64),
          address.d & maskAt(ipv6Prefix, 96),
        );
  }

  /** Gives a slot to an address that is known to have none. There must be one left. */
  add(address: ParsedAddress, ipv6Prefix: number): number {
    if (this.#free === END) this.#makeRoom(this.room);
    const slot = this.#free;
    this.#free = FREE - (this.#next[slot] ?? FREE);
    const at = slot * 4;
    if (address.family === 4) {
      this.#words[at] = 0;
      this.#words[at + 1] = 0;
      this.#words[at + 2] = MAPPED;
      this.#words[at + 3] = address.bits;
    } else {
      this.#words[at] = address.a & maskAt(ipv6Prefix, 0);
      this.#words[at + 1] = address.b & maskAt(ipv6Prefix, 32);
      this.#words[at + 2] = address.c & maskAt(ipv6Prefix, 64);
      this.#words[at + 3] = address.d & maskAt(ipv6Prefix, 96);
    }
    this.#link(slot);
    this.size++;
    return slot;
  }

  /** Takes the slot from its address. */
  remove(slot: number): void {
    const place = this.#placeOf(slot);
    const next = this.#next[slot] ?? END;
    let before = this.#heads[place] ?? END;
    if (before === slot) this.#heads[place] = next;
    else {
      while (this.#next[before] !== slot) before = this.#next[before] ?? END;
      this.#next[before] = next;
    }
    this.#giveBack(slot);
    this.size--;
  }

  /** The address that has the slot, as far as it counts. */
  at(slot: number): ParsedAddress | undefined {
    if ((this.#next[slot] ?? FREE) < END) return undefined;
    const [a = 0, b = 0, c = 0, d = 0] = this.#words.subarray(slot * 4, slot * 4 + 4);
    return a === 0 && b === 0 && c === MAPPED ? { family: 4, bits: d >>> 0 } : { family: 6, a, b, c, d };
  }

  #find(a: number, b: number, c: number, d: number): number {
    const words = this.#words;
    let slot = this.#heads[this.#place(a, b, c, d)] ?? END;
    while (slot !== END) {
      const at = slot * 4;
      if (words[at + 3] === d && words[at + 1] === b && words[at] === a && words[at + 2] === c) return slot;
      slot = this.#next[slot] ?? END;
    }
    return END;
  }

  /** Sums of products with secret numbers: whatever addresses come, few of them share the upper bits. */
  #place(a: number, b: number, c: number, d: number): number {
    const sum = Math.imul(a, this.#k) + Math.imul(b, this.#l) + Math.imul(c, this.#m) + Math.imul(d, this.#n);
    return sum >>> this.#shift;
  }

  #placeOf(slot: number): number {
    const words = this.#words;
    const at = slot * 4;
    return this.#place(words[at] ?? 0, words[at + 1] ?? 0, words[at + 2] ?? 0, words[at + 3] ?? 0);
  }

  #link(slot: number): void {
    const place = this.#placeOf(slot);
    this.#next[slot] = this.#heads[place] ?? END;
    this.#heads[place] = slot;
  }

  #giveBack(slot: number): void {
    this.#next[slot] = FREE - this.#free;
    this.#free = slot;
  }

  /** Doubles the room; so many slots are taken, which is all there are. */
  #makeRoom(taken: number): void {
    this.room = taken === 0 ? this.room : Math.min(this.#max, taken * 2);
    this.#words = grown(this.#words, this.room * 4);
    this.#next = grown(this.#next, this.room);
    const bits = Math.max(1, Math.ceil(Math.log2(this.room)));
    this.#shift = 32 - bits;
    this.#heads = new Int32Array(2 ** bits).fill(END);
    for (let slot = 0; slot < taken; slot++) this.#link(slot);
    for (let slot = this.room - 1; slot >= taken; slot--) this.#giveBack(slot);
  }
}

function secretNumber(): number {
  return secureBytes(4).reduce((number, byte) => (number << 8) | byte, 0) | 1;
}

/** A larger copy. @internal */
export function grown<T extends Int32Array | Uint32Array | Uint16Array | Uint8Array | Float64Array>(
  numbers: T,
  size: number,
): T {
  const larger = new (numbers.constructor as new (size: number) => T)(size);
  larger.set(numbers);
  return larger;
}
