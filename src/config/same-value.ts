import { isPlain } from './frozen.js';

/**
 * Whether two values are the same, with the objects and lists that they hold. What a class made is the same only as itself:
 * nobody sees what is in it.
 *
 * @param above - objects that are being compared, as one may hold itself.
 * @internal
 */
export function isSameValue(a: unknown, b: unknown, above: ReadonlySet<object> = new Set()): boolean {
  if (Object.is(a, b)) return true;
  if (a instanceof RegExp && b instanceof RegExp) return String(a) === String(b);
  if (!isPlain(a) || !isPlain(b) || Array.isArray(a) !== Array.isArray(b)) return false;
  if (above.has(a)) return true;
  const within = new Set(above).add(a);
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && isSameValue(fieldOf(a, name), fieldOf(b, name), within))
  );
}

function fieldOf(object: object, name: string): unknown {
  return (object as Readonly<Record<string, unknown>>)[name];
}
