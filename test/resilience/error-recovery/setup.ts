import { ManualClock } from 'breakwater/testing';
import { ErrorRecoveryService, type ErrorRecoveryServiceOptions } from 'breakwater/error-recovery';

export const MINUTE = 60_000;

/** A service on a clock of its own, without retries unless asked for, and everything that it tells. */
export function setup(options: ErrorRecoveryServiceOptions = {}) {
  const clock = new ManualClock({ now: 5_000, wallNow: 1_700_000_000_000 });
  const reported: unknown[] = [];
  const recovery = new ErrorRecoveryService({
    clock,
    retry: false,
    onListenerError: (error) => reported.push(error),
    ...options,
  });
  const told: [string, object][] = [];
  for (const type of ['error', 'recovered', 'trend'] as const) {
    recovery.on(type, (event) => told.push([type, event]));
  }
  const fail = (service = 'db', error: unknown = new Error('down')): Promise<unknown> =>
    recovery.execute(service, () => Promise.reject(error)).catch((caught: unknown) => caught);
  const of = (service = 'db') => {
    const found = recovery.summary().services.find((summary) => summary.service === service);
    if (found === undefined) throw new Error(`no service ${service}`);
    return found;
  };
  /** Runs a call with retries to its end, letting the waits pass. */
  const settle = async <T>(running: Promise<T>): Promise<T> => {
    running.catch(() => undefined);
    for (let i = 0; i < 10; i++) await clock.advanceAsync(1_000);
    return running;
  };
  return { recovery, clock, reported, told, fail, of, settle };
}

/** Three attempts, and waits that are always the same. */
export const RETRY = { maxAttempts: 3, baseDelayMs: 100, jitter: 'none' } as const;
