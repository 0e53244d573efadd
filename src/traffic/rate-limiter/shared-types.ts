import type { StoreEvents } from '../store/index.js';
import type { PerUserRateLimiterEvents } from './events.js';

/** The state of a shared limiter in this process, as plain JSON; no key is in it. */
export interface SharedPerUserRateLimiterSnapshot {
  readonly name: string;
  readonly capacity: number;
  readonly refillPerSecond: number;
  readonly mode: 'enforce' | 'shadow';
  /** Whether the store answers, as far as is known. */
  readonly storeAvailable: boolean;
  /** Keys that are known here to be blocked. */
  readonly blockedKeys: number;
  /** Calls of this process that were admitted and refused so far; in shadow mode, what would have been refused. */
  readonly admitted: number;
  readonly rejected: number;
  /** How many of both were decided without the store. */
  readonly degraded: number;
  /** How many were admitted by a lease, and how many tokens are held of all keys now. */
  readonly leased: number;
  readonly leasedTokens: number;
}

/** The events of a `SharedPerUserRateLimiter`, by name. */
export interface SharedPerUserRateLimiterEvents extends PerUserRateLimiterEvents, StoreEvents {}
