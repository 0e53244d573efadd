import type { Component } from '../../core/component.js';
import type { HealthSource, Phase } from '../health/report.js';
import type { HardeningSnapshot } from '../hardening.js';
import type { AbuseSettings } from '../limits/abuse-options.js';
import type { AddressLimiter, KeyLimiter } from '../limits/limits.js';

/** A lifecycle that may tell what it has done. @internal */
export interface LifecycleSource {
  readonly phase: Phase;
  snapshot?(): object;
}

/** Where the page has what it shows from. @internal */
export interface StatusSources {
  readonly title: string;
  readonly pipeline: { snapshot(): HardeningSnapshot };
  readonly lifecycle: LifecycleSource | undefined;
  readonly checks: HealthSource | undefined;
  /** The components' own health as a report. */
  readonly watched: HealthSource | undefined;
  readonly components: readonly Component[];
  /** Of the service and of its route rules; one may come more than once. */
  readonly limiters: readonly (AddressLimiter | KeyLimiter | undefined)[];
  readonly abuse: AbuseSettings | undefined;
  /** Milliseconds that never go back. */
  readonly now: () => number;
  /** Milliseconds since the Unix epoch. */
  readonly wallNow: () => number;
}
