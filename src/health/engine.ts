import { HealthStatus, milder, worse } from '../core/health-status.js';
import type { ComponentHealth } from './report.js';

/** The status of the whole: its worst component, where one that is not critical counts as `DEGRADED` at most. @internal */
export function overall(components: readonly Pick<ComponentHealth, 'status' | 'critical'>[]): HealthStatus {
  let status: HealthStatus = HealthStatus.HEALTHY;
  for (const component of components) {
    status = worse(status, component.critical ? component.status : milder(component.status, HealthStatus.DEGRADED));
  }
  return status;
}

/** How many runs in a row it takes to move a status. @internal */
export interface StandingSettings {
  readonly failAfter: number;
  readonly recoverAfter: number;
}

/**
 * The status that a component is shown with: it follows the runs, but falls only when `failAfter` of them in a row were
 * worse, to the mildest of these, and rises only when `recoverAfter` in a row were better, to the worst of these.
 * @internal
 */
export class Standing {
  readonly #settings: StandingSettings;
  #shown: HealthStatus | undefined;
  #consecutiveFailures = 0;
  /** Runs in a row on the other side of what is shown, and the one of them that is nearest to it. */
  #streak: { readonly worse: boolean; readonly length: number; readonly nearest: HealthStatus } | undefined;

  constructor(settings: StandingSettings) {
    this.#settings = settings;
  }

  get shown(): HealthStatus | undefined {
    return this.#shown;
  }

  get consecutiveFailures(): number {
    return this.#consecutiveFailures;
  }

  /** What was shown is too old to weigh against the next run. */
  forget(): void {
    this.#shown = undefined;
    this.#streak = undefined;
  }

  /** Books one run. */
  record(found: HealthStatus): void {
    this.#consecutiveFailures = found === HealthStatus.HEALTHY ? 0 : this.#consecutiveFailures + 1;
    // Nothing is known yet: a first failure is shown at once, whatever failAfter says.
    this.#shown ??= found;
    if (found === this.#shown) {
      this.#streak = undefined;
      return;
    }
    const isWorse = worse(found, this.#shown) === found;
    const before = this.#streak?.worse === isWorse ? this.#streak : { length: 0, nearest: found };
    const length = before.length + 1;
    const nearest = isWorse ? milder(before.nearest, found) : worse(before.nearest, found);
    if (length >= (isWorse ? this.#settings.failAfter : this.#settings.recoverAfter)) {
      this.#shown = nearest;
      this.#streak = undefined;
    } else this.#streak = { worse: isWorse, length, nearest };
  }
}

/** How long a result is served: half as long when it is not good, so that a recovery shows soon. @internal */
export function servedForMs(found: HealthStatus, ttlMs: number): number {
  return found === HealthStatus.HEALTHY ? ttlMs : ttlMs / 2;
}
