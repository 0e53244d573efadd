import { HealthStatus } from '../core/health-status.js';

/** A status that changed. */
export interface HealthChange {
  /** When, in ms since the Unix epoch. */
  readonly at: number;
  /** Name of the component; absent when it was the service as a whole. */
  readonly component?: string;
  /** Absent when nothing was known before. */
  readonly from?: HealthStatus;
  readonly to: HealthStatus;
  /** Why; redacted, at most 200 characters. */
  readonly message?: string;
}

/** What one run of a check found. */
export interface HealthSample {
  /** When, in ms since the Unix epoch. */
  readonly observedAt: number;
  /** What the run found, which may differ from what is shown while `failAfter` or `recoverAfter` wait for more. */
  readonly status: HealthStatus;
  /** Milliseconds that it took. */
  readonly responseTimeMs: number;
}

/** What happened lately: plain JSON, bounded. */
export interface HealthHistory {
  /** Version of this shape. */
  readonly version: 1;
  /** Name of the service object. */
  readonly name: string;
  /** The last 100 changes, the oldest first. */
  readonly changes: readonly HealthChange[];
  /** The last results of each check that is registered, the oldest first. */
  readonly checks: readonly { readonly name: string; readonly results: readonly HealthSample[] }[];
}

/** Changes that are remembered: enough for an incident, and no more than a page can show. */
const MOST_CHANGES = 100;

/** The last changes. @internal */
export class ChangeLog {
  #changes: HealthChange[] = [];

  add(change: HealthChange): void {
    this.#changes.push(change);
    if (this.#changes.length > MOST_CHANGES) this.#changes.shift();
  }

  list(): HealthChange[] {
    return this.#changes.map((change) => ({ ...change }));
  }
}

const STATUSES = /* @__PURE__ */ Object.freeze(['HEALTHY', 'DEGRADED', 'UNHEALTHY'] as const);

/** The last results of a check, in columns: keeping one more makes no garbage. @internal */
export class SampleRing {
  readonly #size: number;
  #observedAt = new Float64Array(0);
  #durations = new Float64Array(0);
  #statuses = new Uint8Array(0);
  #next = 0;
  #count = 0;

  /** @param size - how many are kept; 0 keeps none. */
  constructor(size: number) {
    this.#size = size;
  }

  add(observedAt: number, status: HealthStatus, durationMs: number): void {
    if (this.#size === 0) return;
    if (this.#count === 0) {
      this.#observedAt = new Float64Array(this.#size);
      this.#durations = new Float64Array(this.#size);
      this.#statuses = new Uint8Array(this.#size);
    }
    this.#observedAt[this.#next] = observedAt;
    this.#durations[this.#next] = durationMs;
    this.#statuses[this.#next] = STATUSES.indexOf(status);
    this.#next = (this.#next + 1) % this.#size;
    this.#count = Math.min(this.#count + 1, this.#size);
  }

  /** The oldest first. */
  list(): HealthSample[] {
    return Array.from({ length: this.#count }, (_, i) => {
      const at = (this.#next - this.#count + i + this.#size) % this.#size;
      return {
        observedAt: this.#observedAt[at] ?? 0,
        status: STATUSES[this.#statuses[at] ?? 0] ?? HealthStatus.UNHEALTHY,
        responseTimeMs: this.#durations[at] ?? 0,
      };
    });
  }
}
