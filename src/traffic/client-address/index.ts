export type { AddressKeyOptions } from './address-key.js';
export { ADDRESS_KEY_DEFAULTS, addressKey, isPrivateAddress, keyOf } from './address-key.js';
export type { Cidr, ParsedCidr } from './cidr-set.js';
export { CidrSet, parseCidr, rangeText } from './cidr-set.js';
export type { AddressResolver, AddressSource, TrustProxy } from './client-address.js';
export { clientAddress, createAddressResolver } from './client-address.js';
export { maskAddress, parseAddress } from './parse.js';
