import { InvalidArgumentError } from '../../core/errors.js';
import { maskAddress, type ParsedAddress, parseAddress } from '../../internal/ip-address.js';
import { parseCidr } from '../../internal/ip-range.js';

/** An address or a range of addresses, such as `10.0.0.0/8`, `2001:db8::/32` or `192.0.2.7`. */
export type Cidr = string;

/** Bits as something that a `Set` compares by value. */
function bitKey(address: ParsedAddress): number | string {
  return address.family === 4 ? address.bits : String.fromCharCode(...address.groups);
}

/**
 * A set of address ranges that is asked often: a lookup costs one probe for each prefix length in use, however many
 * ranges there are.
 *
 * @example
 * const office = new CidrSet(['192.0.2.0/24', '2001:db8::/32']);
 * office.has('192.0.2.7'); // true
 */
export class CidrSet {
  readonly #v4 = new Map<number, Set<number | string>>();
  readonly #v6 = new Map<number, Set<number | string>>();
  readonly #size: number;

  /** @throws {@link InvalidArgumentError} naming every entry that is not a range. */
  constructor(cidrs: Iterable<Cidr>) {
    const wrong: string[] = [];
    let size = 0;
    for (const cidr of cidrs) {
      const parsed = parseCidr(cidr);
      if (typeof parsed === 'string') {
        wrong.push(parsed);
        continue;
      }
      const lengths = parsed.address.family === 4 ? this.#v4 : this.#v6;
      let ranges = lengths.get(parsed.prefix);
      if (ranges === undefined) lengths.set(parsed.prefix, (ranges = new Set()));
      ranges.add(bitKey(parsed.address));
      size++;
    }
    if (wrong.length > 0) throw new InvalidArgumentError(`CidrSet: ${wrong.join('; ')}`);
    this.#size = size;
  }

  /** How many ranges were given. */
  get size(): number {
    return this.#size;
  }

  /** Whether `address` lies in one of the ranges; text that is no address does not. */
  has(address: string): boolean {
    if (this.#size === 0) return false;
    const parsed = parseAddress(address);
    return parsed !== undefined && this.hasParsed(parsed);
  }

  /** The same for an address that was read already. @internal */
  hasParsed(address: ParsedAddress): boolean {
    for (const [prefix, ranges] of address.family === 4 ? this.#v4 : this.#v6) {
      if (ranges.has(bitKey(maskAddress(address, prefix)))) return true;
    }
    return false;
  }
}
