import { isThenable, settled } from '../core/thenable.js';

/** Hears once how a call ended. It must not throw. @internal */
export interface Ended {
  (failed: false): void;
  (failed: true, error: unknown): void;
}

/**
 * Runs `call` and says when it has ended: at once, or when the promise that it returns has settled. What it returns stays
 * of its kind, a value a value, a promise of some class one of that class; what it throws is thrown on.
 *
 * Something else that can be waited for, such as a query that begins when it is awaited, is never awaited from here, or
 * it would run twice: a stand-in for it hears when the caller awaits it.
 * @internal
 */
export function followed<R>(call: () => R, ended: Ended): R {
  let result: R;
  try {
    result = call();
  } catch (error) {
    ended(true, error);
    throw error;
  }
  return follow(result, ended);
}

/** The same for a result that is there. @internal */
export function follow<R>(result: R, ended: Ended): R {
  if (!isThenable(result)) {
    ended(false);
    return result;
  }
  const tell = once(ended);
  const [done, failed] = outcomes(tell);
  try {
    // A promise with fields of its own, such as `cancel`, would lose them. Symbols are what the platform notes on promises.
    if (result instanceof Promise && Object.getOwnPropertyNames(result).length === 0) {
      return settled(result as Promise<unknown>, done, failed) as R;
    }
    return standIn(result, tell) as R;
  } catch {
    // It cannot be followed; the caller shall have it all the same.
    tell(false);
    return result;
  }
}

function once(ended: Ended): Ended {
  let told = false;
  return (failed: boolean, error?: unknown) => {
    if (told) return;
    told = true;
    if (failed) ended(true, error);
    else ended(false);
  };
}

function outcomes(ended: Ended): [done: (value: unknown) => unknown, failed: (error: unknown) => never] {
  return [
    (value) => {
      ended(false);
      return value;
    },
    (error) => {
      ended(true, error);
      throw error;
    },
  ];
}

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** What its methods return of themselves, as builders do, is the stand-in again. */
function standIn(target: object, ended: Ended): object {
  const stand: object = new Proxy(target, {
    get(_, key) {
      // The target itself is the receiver, or what touches private fields would throw.
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function' || key === 'constructor' || isFixed(target, key)) return value;
      return (...args: unknown[]): unknown => {
        const passed = key === 'then' ? withOutcome(args, ended) : args;
        const result: unknown = Reflect.apply(value as Method, target, passed);
        return result === target ? stand : result;
      };
    },
    set: (_, key, value) => Reflect.set(target, key, value, target),
  });
  return stand;
}

/** What `then` is given, in such a way that the outcome is heard of first. */
function withOutcome([onDone, onFailed, ...rest]: unknown[], ended: Ended): unknown[] {
  const [done, failed] = outcomes(ended);
  return [
    typeof onDone === 'function' ? (value: unknown) => (onDone as Method)(done(value)) : done,
    (error: unknown) => {
      if (typeof onFailed !== 'function') return failed(error);
      ended(true, error);
      return (onFailed as Method)(error);
    },
    ...rest,
  ];
}

/** A proxy must show such a property as it is. */
function isFixed(target: object, key: PropertyKey): boolean {
  const property = Reflect.getOwnPropertyDescriptor(target, key);
  return property?.configurable === false && property.writable === false;
}
