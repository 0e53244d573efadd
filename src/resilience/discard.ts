import { quiet } from '../core/thenable.js';

/** Gives back what a late answer holds, such as a connection: nobody else will. @internal */
export function discard(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  try {
    const { [Symbol.asyncDispose]: later, [Symbol.dispose]: now } = value as Partial<AsyncDisposable & Disposable>;
    const done: unknown = later === undefined ? now?.call(value) : later.call(value);
    quiet(done);
  } catch {
    // It is gone either way.
  }
}
