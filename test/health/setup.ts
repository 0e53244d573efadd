import { HealthCheckService, type HealthCheckServiceOptions, type HealthReport } from 'breakwater/health';
import { ManualClock } from 'breakwater/testing';

export { held } from '../held.js';

export const WALL_START = 1_700_000_000_000;

/** A service on a clock of its own, and short words for what the tests do to it. */
export function setup(options: HealthCheckServiceOptions = {}) {
  const clock = new ManualClock({ now: 1_000, wallNow: WALL_START });
  const reported: unknown[] = [];
  const health = new HealthCheckService({ clock, onListenerError: (error) => reported.push(error), ...options });
  return { health, clock, reported };
}

/** A check that takes `ms` of virtual time, then does what `then` does. */
export function takes<T>(clock: ManualClock, ms: number, then: () => T): () => Promise<T> {
  return () =>
    new Promise((resolve, reject) => {
      clock.schedule(() => {
        try {
          resolve(then());
        } catch (error) {
          reject(error as Error);
        }
      }, ms);
    });
}

/** The statuses of a report, by component. */
export function statuses(report: HealthReport): Record<string, string> {
  return Object.fromEntries(report.components.map(({ name, status }) => [name, status]));
}

/** Lets time pass until the promise is settled; virtual ms that this took. */
export async function settledAfterMs(clock: ManualClock, promise: Promise<unknown>, limitMs = 10_000): Promise<number> {
  let settled = false;
  void promise.then(() => {
    settled = true;
  });
  const startMs = clock.now();
  await clock.advanceAsync(0);
  while (!settled && clock.now() - startMs < limitMs) await clock.advanceAsync(1);
  return clock.now() - startMs;
}
