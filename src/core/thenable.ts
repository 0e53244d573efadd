/** Whether something can be waited for, from whichever realm or library it comes. @internal */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  try {
    return typeof (value as { readonly then?: unknown }).then === 'function';
  } catch {
    // What cannot be read cannot be waited for.
    return false;
  }
}

/** Lets a promise that nobody waits for fail quietly: one that is forgotten would end the process. @internal */
export function quiet(value: unknown): void {
  if (!isThenable(value)) return;
  try {
    Promise.resolve(value).catch(() => undefined);
  } catch {
    // It cannot be waited for.
  }
}
