/** Whether something can be waited for, from whichever realm or library it comes. @internal */
export function isThenable<T>(value: T | PromiseLike<T>): value is PromiseLike<T>;
export function isThenable(value: unknown): value is PromiseLike<unknown>;
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  try {
    return typeof (value as { readonly then?: unknown }).then === 'function';
  } catch {
    // What cannot be read cannot be waited for.
    return false;
  }
}

/**
 * `promise.then` as `await` does it: a `then` of its own, that a promise may have been given, is not asked. Such a one
 * could call back twice, or return nothing.
 * @internal
 */
export function settled<T, R>(promise: Promise<T>, done: (value: T) => R, failed: (error: unknown) => R): Promise<R> {
  return Promise.prototype.then.call(promise, done as (value: unknown) => R, failed) as Promise<R>;
}

/**
 * Lets a promise that nobody waits for fail quietly: one that is forgotten would end the process.
 *
 * @param failed - told of what it rejects with.
 * @internal
 */
export function quiet(value: unknown, failed: (error: unknown) => void = ignore): void {
  if (!isThenable(value)) return;
  try {
    void settled(Promise.resolve(value), ignore, failed);
  } catch {
    // It cannot be waited for.
  }
}

function ignore(): void {
  // Nobody waits for it.
}
