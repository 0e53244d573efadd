import { maskAt, type ParsedIPv4, type ParsedIPv6 } from '../../internal/ip-address.js';
import { WordIndex } from './word-index.js';

/** A range of one family. @internal */
export interface Range<A> {
  readonly address: A;
  readonly prefix: number;
}

// Two ranges either lie apart or one holds the other, so the outer ones in order answer for all: an address can only be
// in the last one that begins before it.

/** Ranges of IPv4 in order, without those that lie in others: 8 bytes each. @internal */
export class RangesV4 {
  readonly #firsts: Uint32Array;
  readonly #lasts: Uint32Array;
  readonly #index: WordIndex;

  constructor(ranges: readonly Range<ParsedIPv4>[]) {
    // Both numbers in one, so that the engine sorts them without calling back; the wider of two that begin alike is first.
    const ordered = Float64Array.from(ranges, ({ address, prefix }) => address.bits * 64 + prefix).sort();
    const [firsts, lasts]: [number[], number[]] = [[], []];
    let end = -1;
    for (const packed of ordered) {
      const first = Math.floor(packed / 64);
      if (first <= end) continue;
      end = first + 2 ** (32 - (packed % 64)) - 1;
      firsts.push(first);
      lasts.push(end);
    }
    this.#firsts = Uint32Array.from(firsts);
    this.#lasts = Uint32Array.from(lasts);
    this.#index = new WordIndex(this.#firsts, 0);
  }

  /** Whether one of the ranges has all addresses from `bits` to `last`. */
  has(bits: number, last = bits): boolean {
    const firsts = this.#firsts;
    let low = this.#index.from(bits);
    let high = this.#index.to(bits);
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((firsts[middle] ?? 0) <= bits) low = middle + 1;
      else high = middle;
    }
    return low > 0 && last <= (this.#lasts[low - 1] ?? 0);
  }
}

/** Turns the order of signed numbers into that of unsigned ones. */
const TOP = -0x80000000;

/** The same of IPv6: 17 bytes each. @internal */
export class RangesV6 {
  /** Four to a range, in an order that signed numbers have. */
  readonly #words: Int32Array;
  readonly #prefixes: Uint8Array;
  readonly #index: WordIndex;
  /** How many first bits all ranges have in common, none being shorter, and the word in which they are. */
  readonly #shared: number = 0;
  readonly #sharedWord: number = 0;

  constructor(ranges: readonly Range<ParsedIPv6>[]) {
    const outer: Range<ParsedIPv6>[] = [];
    for (const range of [...ranges].sort(order)) {
      const last = outer.at(-1);
      if (last === undefined || !holds(last, range.address)) outer.push(range);
    }
    this.#prefixes = Uint8Array.from(outer, ({ prefix }) => prefix);
    this.#words = new Int32Array(outer.length * 4);
    for (const [i, { address }] of outer.entries()) {
      this.#words.set([address.a ^ TOP, address.b ^ TOP, address.c ^ TOP, address.d ^ TOP], i * 4);
    }
    const [first, last] = [outer[0], outer.at(-1)];
    if (first !== undefined && last !== undefined) {
      this.#sharedWord = first.address.a;
      this.#shared = Math.min(Math.clz32(first.address.a ^ last.address.a), ...new Set(this.#prefixes));
    }
    this.#index = new WordIndex(
      Uint32Array.from(outer, ({ address }) => address.a),
      this.#shared,
    );
  }

  /** Whether one of the ranges has all addresses that begin with the first `bits` ones of `address`. */
  has(address: ParsedIPv6, bits = 128): boolean {
    if (((address.a ^ this.#sharedWord) & maskAt(this.#shared, 0)) !== 0) return false;
    const words = this.#words;
    const [a, b, c, d] = [address.a ^ TOP, address.b ^ TOP, address.c ^ TOP, address.d ^ TOP];
    let low = this.#index.from(address.a);
    let high = this.#index.to(address.a);
    while (low < high) {
      const middle = (low + high) >>> 1;
      const at = middle * 4;
      let [left, right] = [words[at] ?? 0, a];
      if (left === right) {
        [left, right] = [words[at + 1] ?? 0, b];
        if (left === right) {
          [left, right] = [words[at + 2] ?? 0, c];
          if (left === right) [left, right] = [words[at + 3] ?? 0, d];
        }
      }
      if (left <= right) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return false;
    const at = low * 4 - 4;
    const prefix = this.#prefixes[low - 1] ?? 0;
    return (
      prefix <= bits &&
      (((words[at] ?? 0) ^ a) & maskAt(prefix, 0)) === 0 &&
      (((words[at + 1] ?? 0) ^ b) & maskAt(prefix, 32)) === 0 &&
      (((words[at + 2] ?? 0) ^ c) & maskAt(prefix, 64)) === 0 &&
      (((words[at + 3] ?? 0) ^ d) & maskAt(prefix, 96)) === 0
    );
  }
}

function order(one: Range<ParsedIPv6>, other: Range<ParsedIPv6>): number {
  const [x, y] = [one.address, other.address];
  if (x.a !== y.a) return x.a >>> 0 < y.a >>> 0 ? -1 : 1;
  if (x.b !== y.b) return x.b >>> 0 < y.b >>> 0 ? -1 : 1;
  if (x.c !== y.c) return x.c >>> 0 < y.c >>> 0 ? -1 : 1;
  if (x.d !== y.d) return x.d >>> 0 < y.d >>> 0 ? -1 : 1;
  return one.prefix - other.prefix;
}

function holds({ address, prefix }: Range<ParsedIPv6>, other: ParsedIPv6): boolean {
  return (
    ((address.a ^ other.a) & maskAt(prefix, 0)) === 0 &&
    ((address.b ^ other.b) & maskAt(prefix, 32)) === 0 &&
    ((address.c ^ other.c) & maskAt(prefix, 64)) === 0 &&
    ((address.d ^ other.d) & maskAt(prefix, 96)) === 0
  );
}
