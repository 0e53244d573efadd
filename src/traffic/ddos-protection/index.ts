export type { Cidr } from '../client-address/index.js';
export type { Decision } from '../decision.js';
export type { Ban } from './bans.js';
export type { BanPage } from './ddos-protection.js';
export { DDoSProtection } from './ddos-protection.js';
export type { AddressBlocked, AddressUnblocked, DDoSProtectionEvents, ProtectionPressure } from './events.js';
export type { DDoSProtectionOptions } from './options.js';
export { DDOS_PROTECTION_DEFAULTS } from './options.js';
export type { DDoSStats } from './stats.js';
