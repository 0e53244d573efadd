/** What an error has that is written first; the rest of its own fields follows. */
const ERROR_FIELDS: readonly string[] = ['name', 'message', 'stack', 'code', 'cause', 'errors'];

/** Whether a value is an error, also one of another realm. @internal */
export function isError(value: object): boolean {
  try {
    if (value instanceof Error) return true;
    const { stack, message } = value as { readonly stack?: unknown; readonly message?: unknown };
    return typeof stack === 'string' && typeof message === 'string';
  } catch {
    return false;
  }
}

/** The message of an error; `undefined` for anything else. @internal */
export function messageOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !isError(value)) return undefined;
  try {
    const { message } = value as { readonly message?: unknown };
    return typeof message === 'string' ? message : '';
  } catch {
    return '';
  }
}

/** An error's fields, those included that do not show by themselves. @internal */
export function errorFields(error: object, most: number): object {
  const fields: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const name of ERROR_FIELDS) copyField(error, name, fields);
  for (const name of Object.keys(error).slice(0, most)) if (!(name in fields)) copyField(error, name, fields);
  return fields;
}

function copyField(from: object, name: string, to: Record<string, unknown>): void {
  try {
    const value = (from as Readonly<Record<string, unknown>>)[name];
    if (value !== undefined) to[name] = value;
  } catch {
    to[name] = '[unreadable]';
  }
}

/** The first entries of a map, also of a class that changed how it is read. @internal */
export function mapEntries(map: Map<unknown, unknown>, most: number): [unknown, unknown][] {
  return first(Map.prototype.entries.call(map), most);
}

/** @internal */
export function setItems(set: Set<unknown>, most: number): unknown[] {
  return first(Set.prototype.values.call(set), most);
}

function first<T>(items: Iterator<T>, most: number): T[] {
  const taken: T[] = [];
  while (taken.length < most) {
    const next = items.next();
    if (next.done === true) break;
    taken.push(next.value);
  }
  return taken;
}

/** Values that are written as one text or number; `undefined` for all others. @internal */
export function ordinaryForm(value: object): string | number | boolean | bigint | null | undefined {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : Date.prototype.toISOString.call(value);
  // Bytes may spell out what text would have shown.
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${String(value.byteLength)} bytes]`;
  if (value instanceof RegExp) return RegExp.prototype.toString.call(value);
  if (value instanceof Number) return Number.prototype.valueOf.call(value);
  if (value instanceof Boolean) return Boolean.prototype.valueOf.call(value);
  if (value instanceof String) return String.prototype.toString.call(value);
  if (value instanceof BigInt) return BigInt.prototype.valueOf.call(value);
  if (value instanceof Symbol) return Symbol.prototype.toString.call(value);
  if (value instanceof URLSearchParams) return URLSearchParams.prototype.toString.call(value);
  return undefined;
}
