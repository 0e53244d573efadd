import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ManualClock } from 'breakwater/testing';
import type { CallContext } from 'breakwater/resilience';

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

/** An operation that fails with each of `errors` in turn, then succeeds; it keeps the context of each attempt. */
export function failing(...errors: unknown[]) {
  const calls: CallContext[] = [];
  const operation = (call: CallContext): Promise<string> => {
    calls.push(call);
    return calls.length <= errors.length ? Promise.reject(errors[calls.length - 1]) : Promise.resolve('fine');
  };
  return { calls, operation };
}

/** Begins a call, and tells what has come of it so far. */
export function watch<T>(running: Promise<T>) {
  const outcome: { done: boolean; value?: T; error?: unknown } = { done: false };
  running.then(
    (value) => Object.assign(outcome, { done: true, value }),
    (error: unknown) => Object.assign(outcome, { done: true, error }),
  );
  return outcome;
}

/** Counts the listeners that are added to a signal and not taken off. */
export function counted(signal: AbortSignal) {
  const listeners = { now: 0, most: 0 };
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = ((...args: Parameters<AbortSignal['addEventListener']>) => {
    listeners.now++;
    listeners.most = Math.max(listeners.most, listeners.now);
    add(...args);
  }) as AbortSignal['addEventListener'];
  signal.removeEventListener = ((...args: Parameters<AbortSignal['removeEventListener']>) => {
    listeners.now--;
    remove(...args);
  }) as AbortSignal['removeEventListener'];
  return listeners;
}

/** A clock at a time that is not zero. */
export function clockAt(now = 1_000): ManualClock {
  return new ManualClock({ now, wallNow: 1_700_000_000_000 });
}

/** Collects all garbage there is. */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}
