import { InvalidArgumentError } from '../../core/errors.js';
import { formatAddress, maskAddress, type ParsedAddress, parseAddress } from './parse.js';

/** An address or a range of addresses, such as `10.0.0.0/8`, `2001:db8::/32` or `192.0.2.7`. */
export type Cidr = string;

/** A range, read. @internal */
export interface ParsedCidr {
  readonly address: ParsedAddress;
  readonly prefix: number;
}

/** Reads a range, or says what is wrong with it. @internal */
export function parseCidr(cidr: unknown): ParsedCidr | string {
  if (typeof cidr !== 'string') return `must be an address or a CIDR range such as '10.0.0.0/8', got a ${typeof cidr}`;
  const shown = cidr.slice(0, 64);
  const slash = cidr.indexOf('/');
  const host = slash === -1 ? cidr : cidr.slice(0, slash);
  const address = parseAddress(host);
  if (address === undefined)
    return `'${shown}' is not an address or a CIDR range such as '10.0.0.0/8' or '2001:db8::/32'`;
  const width = address.family === 4 ? 32 : 128;
  if (slash === -1) return { address, prefix: width };
  const written = cidr.slice(slash + 1);
  // A range of IPv4 inside IPv6 counts its prefix from the IPv6 start.
  const prefix = Number(written) - (address.family === 4 && host.includes(':') ? 96 : 0);
  if (!/^\d{1,3}$/.test(written) || prefix < 0 || prefix > width)
    return `'${shown}' must have a prefix length from 0 to ${String(width)}`;
  if (prefix === 0 && host.includes(':') && address.family === 4)
    return `'${shown}' stands for every IPv4 address; write '0.0.0.0/0' if that is meant`;
  const masked = formatAddress(maskAddress(address, prefix));
  if (masked !== formatAddress(address))
    return `'${shown}' has bits beyond its prefix; did you mean '${masked}/${String(prefix)}'?`;
  return { address, prefix };
}

/** A range in its usual form, however it was written. @internal */
export function rangeText({ address, prefix }: ParsedCidr): string {
  return `${formatAddress(address)}/${String(prefix)}`;
}

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
