import type { StoreEvents } from '../store/index.js';
import type { DDoSProtectionEvents } from './events.js';
import type { DDoSStats } from './stats.js';

/** What a `SharedDDoSProtection` has counted in this process; plain JSON without addresses. */
export interface SharedDDoSStats extends Omit<DDoSStats, 'addresses' | 'evictedAddresses'> {
  /** Blocks made by this process, by the limit or by hand. */
  readonly blocks: number;
  /** Blocks that are known here; one that is over may be among them until somebody looks. */
  readonly blockedNow: number;
  /** Whether the store answers, as far as is known. */
  readonly storeAvailable: boolean;
  /** Requests that were decided without the store. */
  readonly degraded: number;
}

/** The events of a `SharedDDoSProtection`, by name. */
export interface SharedDDoSProtectionEvents extends DDoSProtectionEvents, StoreEvents {}
