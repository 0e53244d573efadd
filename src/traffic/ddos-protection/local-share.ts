import { DDoSProtection } from './ddos-protection.js';
import type { ParsedSharedDDoSProtectionOptions } from './options.js';

/** What one process may admit by itself, when it is to; it counts along while the store decides. @internal */
export function localShare(options: ParsedSharedDDoSProtectionOptions): DDoSProtection | undefined {
  const { onStoreError, instances, name, threshold, windowMs, ipv6Prefix, maxAddresses, mode, clock } = options;
  if (onStoreError !== 'local' || instances === undefined) return undefined;
  const share = Math.floor(threshold / instances);
  return new DDoSProtection({ name, threshold: share, windowMs, ipv6Prefix, maxAddresses, mode, clock });
}
