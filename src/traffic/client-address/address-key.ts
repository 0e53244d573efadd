import { InvalidArgumentError } from '../../core/errors.js';
import { checkCallOptions } from '../../core/options.js';
import { addressKeyOf } from '../../internal/address-text.js';
import { parseAddress } from '../../internal/ip-address.js';
import { isGiven } from './is-given.js';

/** Options of {@link addressKey}. */
export interface AddressKeyOptions {
  /**
   * Bits of an IPv6 address that name one client: a client holds a whole range and may use a new address for each
   * request. Integer from 32 to 128. @defaultValue `64`
   */
  readonly ipv6Prefix?: number | undefined;
}

/** Defaults of {@link AddressKeyOptions}. */
export const ADDRESS_KEY_DEFAULTS = /* @__PURE__ */ Object.freeze({ ipv6Prefix: 64 });

/**
 * The name under which an address is counted: an IPv4 address as it is, also when it is written inside IPv6, and the
 * range of an IPv6 address.
 *
 * @returns such as `192.0.2.7` or `2001:db8:0:1::/64`; `undefined` for text that is no address, and for none.
 * @throws {@link InvalidArgumentError} when `ip` is neither text nor missing, or `ipv6Prefix` not an integer from 32 to 128.
 */
export function addressKey(ip: string | undefined, options: AddressKeyOptions = {}): string | undefined {
  checkCallOptions('addressKey', options);
  const { ipv6Prefix = ADDRESS_KEY_DEFAULTS.ipv6Prefix } = options;
  if (!Number.isInteger(ipv6Prefix) || ipv6Prefix < 32 || ipv6Prefix > 128) {
    throw new InvalidArgumentError(
      `addressKey: ipv6Prefix must be an integer from 32 to 128, got ${String(ipv6Prefix)}`,
    );
  }
  return isGiven('addressKey: the address', ip) ? addressKeyOf(ip, ipv6Prefix) : undefined;
}

/** First bits of a range of IPv4, and how many of them count. */
const PRIVATE_V4: readonly (readonly [bits: number, prefix: number])[] = [
  [0x7f000000, 8], // loopback
  [0x0a000000, 8], // private use
  [0xac100000, 12],
  [0xc0a80000, 16],
  [0xa9fe0000, 16], // link-local
  [0x64400000, 10], // shared by a carrier
];

/**
 * Whether an address is one that the public internet cannot reach directly: loopback, private use (RFC 1918, RFC 4193),
 * link-local, or shared by a carrier (RFC 6598). Behind an undeclared proxy every client has such an address. Text that is
 * no address is not one, nor is `undefined`.
 *
 * @throws {@link InvalidArgumentError} when `ip` is neither text nor missing.
 */
export function isPrivateAddress(ip: string | undefined): boolean {
  const address = isGiven('isPrivateAddress: the address', ip) ? parseAddress(ip) : undefined;
  if (address === undefined) return false;
  if (address.family === 4)
    return PRIVATE_V4.some(([bits, prefix]) => address.bits >>> (32 - prefix) === bits >>> (32 - prefix));
  const { a, b, c, d } = address;
  const loopback = a === 0 && b === 0 && c === 0 && d === 1;
  return loopback || a >>> 25 === 0xfc >>> 1 || a >>> 22 === 0xfe80 >>> 6;
}
