import { CircuitBreaker, type CircuitBreakerOptions } from 'breakwater/circuit-breaker';
import { ManualClock } from 'breakwater/testing';

/** A breaker on a clock of its own, and short words for what the tests do to it. */
export function setup(options: CircuitBreakerOptions = {}) {
  const clock = new ManualClock({ now: 1_000, wallNow: 1_700_000_000_000 });
  const reported: unknown[] = [];
  const breaker = new CircuitBreaker({
    clock,
    recoveryTimeoutMs: 60_000,
    onListenerError: (error) => reported.push(error),
    ...options,
  });
  const succeed = (): Promise<unknown> => breaker.execute(() => 'fine');
  const fail = (error: unknown = new Error('down')): Promise<unknown> =>
    breaker.execute(() => Promise.reject(error as Error)).catch((caught: unknown) => caught);
  const failTimes = async (times: number): Promise<void> => {
    for (let i = 0; i < times; i++) await fail();
  };
  const trip = async (): Promise<void> => {
    await failTimes(options.failureThreshold ?? 5);
  };
  /** Opens the circuit and waits until it lets a probe through. */
  const toHalfOpen = async (): Promise<void> => {
    await trip();
    clock.advance(options.recoveryTimeoutMs ?? 60_000);
  };
  return { breaker, clock, reported, succeed, fail, failTimes, trip, toHalfOpen };
}

/** A call that is held until it is let go. */
export function held<T = string>() {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
