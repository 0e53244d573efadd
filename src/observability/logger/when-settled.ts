import { isThenable, settled } from '../../core/thenable.js';

/**
 * Calls `done` or `failed` when a result is there: at once, or when a promise settles. What is returned is the result, or
 * a promise that settles with the same.
 * @internal
 */
export function whenSettled<T>(result: T, done: () => void, failed: (error: unknown) => void): T {
  if (!isThenable(result)) {
    done();
    return result;
  }
  const waited = settled(
    Promise.resolve(result as PromiseLike<unknown>),
    (value) => {
      done();
      return value;
    },
    (error) => {
      failed(error);
      throw error;
    },
  );
  return waited as T;
}
