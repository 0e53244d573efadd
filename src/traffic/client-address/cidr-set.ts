import { InvalidArgumentError } from '../../core/errors.js';
import { describe } from '../../core/options.js';
import { type ParsedAddress, type ParsedIPv4, type ParsedIPv6, parseAddress } from '../../internal/ip-address.js';
import { type ParsedCidr, parseCidr } from '../../internal/ip-range.js';
import { isGiven } from './is-given.js';
import { type Range, RangesV4, RangesV6 } from './range-list.js';

/** An address or a range of addresses, such as `10.0.0.0/8`, `2001:db8::/32` or `192.0.2.7`. */
export type Cidr = string;

/**
 * A set of address ranges that is asked often: a lookup halves the ranges until one is left, so that it takes 17 steps
 * for 100,000 of them.
 *
 * @example
 * const office = new CidrSet(['192.0.2.0/24', '2001:db8::/32']);
 * office.has('192.0.2.7'); // true
 */
export class CidrSet {
  readonly #v4: RangesV4;
  readonly #v6: RangesV6;
  readonly #size: number;

  /** @throws {@link InvalidArgumentError} when there is no list, or naming every entry that is not a range. */
  constructor(cidrs: Iterable<Cidr>) {
    if (!isList(cidrs)) {
      throw new InvalidArgumentError(
        `CidrSet: must be given a list of CIDR ranges such as ['10.0.0.0/8'], got ${describe(cidrs)}`,
      );
    }
    const wrong: string[] = [];
    const v4: Range<ParsedIPv4>[] = [];
    const v6: Range<ParsedIPv6>[] = [];
    for (const cidr of cidrs) {
      const parsed = parseCidr(cidr);
      if (typeof parsed === 'string') wrong.push(parsed);
      else if (parsed.address.family === 4) v4.push({ address: parsed.address, prefix: parsed.prefix });
      else v6.push({ address: parsed.address, prefix: parsed.prefix });
    }
    if (wrong.length > 0) throw new InvalidArgumentError(`CidrSet: ${wrong.join('; ')}`);
    this.#size = v4.length + v6.length;
    this.#v4 = new RangesV4(v4);
    this.#v6 = new RangesV6(v6);
  }

  /** How many ranges were given. */
  get size(): number {
    return this.#size;
  }

  /**
   * Whether `address` lies in one of the ranges; text that is no address does not, nor does `undefined`.
   *
   * @throws {@link InvalidArgumentError} when `address` is neither text nor missing.
   */
  has(address: string | undefined): boolean {
    if (!isGiven('CidrSet.has: the address', address) || this.#size === 0) return false;
    const parsed = parseAddress(address);
    return parsed !== undefined && this.hasParsed(parsed);
  }

  /** The same for an address that was read already. @internal */
  hasParsed(address: ParsedAddress): boolean {
    return address.family === 4 ? this.#v4.has(address.bits) : this.#v6.has(address);
  }

  /** Whether a whole range lies in one of the ranges. @internal */
  hasRange({ address, prefix }: ParsedCidr): boolean {
    return address.family === 4
      ? this.#v4.has(address.bits, address.bits + 2 ** (32 - prefix) - 1)
      : this.#v6.has(address, prefix);
  }
}

/** Text could be walked through as well, character by character. */
function isList(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}
