/** What a parser made may be unreadable; then it is handed out as it is. @internal */
export function handedOut(value: unknown): unknown {
  try {
    return frozen(value);
  } catch {
    return value;
  }
}

/** The value with all the objects and lists that it holds, unchangeable; what a class made stays as it is. @internal */
export function frozen(value: unknown, copies = new Map<object, object>()): unknown {
  if (!isPlain(value)) return value;
  const known = copies.get(value);
  if (known !== undefined) return known;
  const copy: object = Array.isArray(value) ? [] : {};
  copies.set(value, copy);
  for (const name of Object.keys(value)) {
    const field = frozen((value as Readonly<Record<string, unknown>>)[name], copies);
    put(copy, name, field);
  }
  return Object.freeze(copy);
}

/** Whether it is an object or a list, and nothing that a class made. @internal */
export function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}

/** Sets a field of a new object, whatever its name. @internal */
export function put(object: object, name: string, value: unknown): void {
  // Assigning is faster, and for this one name something else.
  if (name === '__proto__') Object.defineProperty(object, name, { value, enumerable: true });
  else (object as Record<string, unknown>)[name] = value;
}
