import { formatAddress } from '../../internal/address-text.js';
import { isSameAddress, maskAddress, type ParsedAddress } from '../../internal/ip-address.js';
import { type ParsedCidr, rangeText } from '../../internal/ip-range.js';

/** A range, and how long it is blocked. @internal */
export interface TimedRange extends ParsedCidr {
  readonly leftMs: number;
}

/** Addresses in a row that are blocked for as long as each other: `10.0.0.0/8`, or `10.0.0.0-10.1.0.255`. @internal */
export interface Stretch {
  readonly text: string;
  readonly leftMs: number;
}

interface Open {
  readonly range: TimedRange;
  /** From where on nothing is written yet; absent as long as nothing is. Most ranges are never cut. */
  from?: bigint;
}

/**
 * The same blocks by ranges of one family that do not overlap, each address for as long as the longest of those that it
 * is in. Two ranges either lie apart or one holds the other: an inner one that ends first is left out, and one that lasts
 * longer is cut out of the outer.
 * @internal
 */
export function apart(ranges: readonly TimedRange[]): Stretch[] {
  const stretches: Stretch[] = [];
  const around: Open[] = [];
  const write = ({ range, from }: Open, last: bigint): void => {
    const { family } = range.address;
    if (from === undefined || from > last) return;
    // Never a single address: what is cut out are ranges as well.
    const text = [from, last].map((bits) => formatAddress(addressOf(bits, family))).join('-');
    stretches.push({ text, leftMs: range.leftMs });
  };
  const close = (next?: TimedRange): void => {
    for (let top = around.at(-1); top !== undefined; top = around.at(-1)) {
      if (next !== undefined && holds(top.range, next)) return;
      if (top.from === undefined) stretches.push({ text: rangeText(top.range), leftMs: top.range.leftMs });
      else write(top, lastOf(top.range));
      around.pop();
    }
  };
  for (const range of [...ranges].sort(order)) {
    close(range);
    const outer = around.at(-1);
    if (outer !== undefined) {
      if (outer.range.leftMs >= range.leftMs) continue;
      outer.from ??= bitsOf(outer.range.address);
      write(outer, bitsOf(range.address) - 1n);
      outer.from = lastOf(range) + 1n;
    }
    around.push({ range });
  }
  close();
  return stretches;
}

/** Whether one of two ranges holds the other, which is no wider. */
function holds({ address, prefix }: TimedRange, other: TimedRange): boolean {
  return isSameAddress(maskAddress(other.address, prefix), address);
}

/** By their beginning; of two that begin alike the wider is first. */
function order(one: TimedRange, other: TimedRange): number {
  const [x, y] = [one.address, other.address];
  if (x.family === 4 || y.family === 4) {
    return x.family === 4 && y.family === 4 ? x.bits - y.bits || one.prefix - other.prefix : x.family - y.family;
  }
  const { a, b, c, d } = x;
  if (a !== y.a) return (a >>> 0) - (y.a >>> 0);
  if (b !== y.b) return (b >>> 0) - (y.b >>> 0);
  if (c !== y.c) return (c >>> 0) - (y.c >>> 0);
  return (d >>> 0) - (y.d >>> 0) || one.prefix - other.prefix;
}

function lastOf({ address, prefix }: TimedRange): bigint {
  return bitsOf(address) + (1n << BigInt((address.family === 4 ? 32 : 128) - prefix)) - 1n;
}

function bitsOf(address: ParsedAddress): bigint {
  if (address.family === 4) return BigInt(address.bits);
  return [address.a, address.b, address.c, address.d].reduce((bits, word) => (bits << 32n) | BigInt(word >>> 0), 0n);
}

function addressOf(bits: bigint, family: 4 | 6): ParsedAddress {
  if (family === 4) return { family, bits: Number(bits) };
  const word = (at: bigint): number => Number(BigInt.asIntN(32, bits >> at));
  return { family, a: word(96n), b: word(64n), c: word(32n), d: word(0n) };
}
