import { formatAddress } from './address-text.js';
import { isSameAddress, maskAddress, type ParsedAddress, parseAddress } from './ip-address.js';

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
  const masked = maskAddress(address, prefix);
  if (!isSameAddress(masked, address))
    return `'${shown}' has bits beyond its prefix; did you mean '${formatAddress(masked)}/${String(prefix)}'?`;
  return { address, prefix };
}

/** A range in its usual form, however it was written. @internal */
export function rangeText({ address, prefix }: ParsedCidr): string {
  return `${formatAddress(address)}/${String(prefix)}`;
}
