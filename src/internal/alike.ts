/** Any function or method. @internal */
export type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;

/** What belongs to the function itself. */
const OWN = ['prototype', 'arguments', 'caller'];

/**
 * `run`, which stands in for `fn`, with all that others look at: libraries tell functions apart by their names and lengths,
 * by fields, and by their prototypes: `AsyncFunction`.
 * @internal
 */
export function alike(fn: AnyFunction, run: AnyFunction): AnyFunction {
  Object.setPrototypeOf(run, Object.getPrototypeOf(fn) as object);
  for (const key of Reflect.ownKeys(fn)) {
    const property = Reflect.getOwnPropertyDescriptor(fn, key);
    if (property !== undefined && !OWN.includes(key as string)) Reflect.defineProperty(run, key, property);
  }
  if (Object.hasOwn(fn, 'prototype')) Reflect.defineProperty(run, 'prototype', { value: fn.prototype as unknown });
  return run;
}
