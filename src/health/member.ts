import type { Clock } from '../core/clock.js';
import { awaitsCall, type Component } from '../core/component.js';
import { HealthStatus } from '../core/health-status.js';
import { quiet } from '../core/thenable.js';
import { failure, finding, readFinding, type SafeFinding } from './finding.js';
import type { HealthKind } from './options.js';
import type { ComponentHealth } from './report.js';

/** What the members of a service tell the time by. @internal */
export interface Time {
  readonly clock: Clock;
  /** Milliseconds that never go back. */
  readonly now: () => number;
}

/** One line of a report. @internal */
export interface Member {
  readonly name: string;
  readonly kinds: readonly HealthKind[];
  /** Whether the service cannot serve without it. */
  readonly critical: boolean;
  /** `false` when it stands for one that is not there. */
  readonly listed?: false;
  /** Whether there is nothing to show of it at present. */
  readonly hidden?: boolean;
  /** Whether anything was ever found out. */
  readonly known: boolean;
  /** How many results it has had; tells a report whether one is new. */
  readonly results: number;
  /** The status that listeners know. */
  told: HealthStatus | undefined;
  /** Sees to a result that is not too old; the promise, which never rejects, says when there is something new. */
  refresh(): Promise<void> | undefined;
  /** Whether all that is wrong with it is that it waits for a call. */
  readonly awaitsCall: boolean;
  /** @param resultsBefore - `results` when the report was asked for. */
  show(resultsBefore: number): ComponentHealth;
  /** Nobody asks any more. */
  stop(): void;
}

/** A component that says itself how it is doing: nothing to run and nothing to keep. @internal */
export class WatchedComponent implements Member {
  readonly name: string;
  readonly kinds: readonly HealthKind[] = [];
  readonly critical = false;
  readonly known = true;
  readonly results = 0;
  told: HealthStatus | undefined;
  readonly #component: Component;
  readonly #time: Time;
  #asking = false;

  constructor(name: string, component: Component, time: Time) {
    this.name = name;
    this.#component = component;
    this.#time = time;
  }

  refresh(): undefined {
    return undefined;
  }

  get awaitsCall(): boolean {
    if (this.#asking) return false;
    this.#asking = true;
    try {
      return awaitsCall(this.#component);
    } catch {
      return false;
    } finally {
      this.#asking = false;
    }
  }

  show(): ComponentHealth {
    const startedAtMs = this.#time.now();
    const found = this.#ask();
    return {
      name: this.name,
      ...found,
      responseTimeMs: Math.max(0, this.#time.now() - startedAtMs),
      observedAt: this.#time.clock.wallNow(),
      ageMs: 0,
      cached: false,
      critical: false,
      consecutiveFailures: found.status === HealthStatus.HEALTHY ? 0 : 1,
    };
  }

  stop(): void {
    // It holds nothing.
  }

  #ask(): SafeFinding {
    // Services that watch each other would recurse until the stack is full, and V8 ends the process when it has to
    // compile a regular expression there.
    if (this.#asking) return finding(HealthStatus.DEGRADED, 'watched in a circle');
    this.#asking = true;
    try {
      const said: unknown = this.#component.health?.();
      // An own component may be asynchronous by mistake; its rejection must not end the process.
      quiet(said);
      return readFinding(said);
    } catch (error) {
      return failure(HealthStatus.DEGRADED, 'health() failed', error);
    } finally {
      this.#asking = false;
    }
  }
}

/** Stands for what a group names and nobody registered any more. @internal */
export function absent(name: string, time: Time): Member {
  return {
    name,
    kinds: [],
    critical: false,
    listed: false,
    known: false,
    results: 0,
    told: undefined,
    awaitsCall: false,
    refresh: () => undefined,
    show: () => ({
      name,
      ...finding(HealthStatus.DEGRADED, 'not registered'),
      responseTimeMs: 0,
      observedAt: time.clock.wallNow(),
      ageMs: 0,
      cached: false,
      critical: false,
      consecutiveFailures: 0,
    }),
    stop: () => undefined,
  };
}
