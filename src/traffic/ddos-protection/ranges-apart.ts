import { formatAddress } from '../../internal/address-text.js';
import type { ParsedAddress } from '../../internal/ip-address.js';
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
  readonly first: bigint;
  readonly last: bigint;
  /** From where on nothing is written yet. */
  from: bigint;
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
  const write = (open: Open, last: bigint): void => {
    if (open.from <= last) stretches.push(stretch(open, last));
  };
  const close = (before?: bigint): void => {
    for (let top = around.at(-1); top !== undefined; top = around.at(-1)) {
      if (before !== undefined && top.last >= before) return;
      write(top, top.last);
      around.pop();
    }
  };
  for (const next of ranges.map(opened).sort(order)) {
    close(next.first);
    const outer = around.at(-1);
    if (outer !== undefined) {
      if (outer.range.leftMs >= next.range.leftMs) continue;
      write(outer, next.first - 1n);
      outer.from = next.last + 1n;
    }
    around.push(next);
  }
  close();
  return stretches;
}

function opened(range: TimedRange): Open {
  const { address, prefix } = range;
  const first = bitsOf(address);
  const last = first + (1n << BigInt((address.family === 4 ? 32 : 128) - prefix)) - 1n;
  return { range, first, last, from: first };
}

/** By their beginning; of two that begin alike the wider is first. */
function order(one: Open, other: Open): number {
  if (one.first !== other.first) return one.first < other.first ? -1 : 1;
  return one.range.prefix - other.range.prefix;
}

function stretch({ range, first, last: end, from }: Open, last: bigint): Stretch {
  const { leftMs } = range;
  if (from === first && last === end) return { text: rangeText(range), leftMs };
  const { family } = range.address;
  // Never a single address: what is cut out are ranges as well.
  return { text: [from, last].map((bits) => formatAddress(addressOf(bits, family))).join('-'), leftMs };
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
