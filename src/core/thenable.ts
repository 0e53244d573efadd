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
