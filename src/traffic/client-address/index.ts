export type { AddressKeyOptions } from './address-key.js';
export { ADDRESS_KEY_DEFAULTS, addressKey, isPrivateAddress } from './address-key.js';
export type { Cidr } from './cidr-set.js';
export { CidrSet } from './cidr-set.js';
export type { AddressResolver, AddressSource, TrustProxy } from './client-address.js';
export { clientAddress, createAddressResolver } from './client-address.js';
