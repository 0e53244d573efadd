/** Schemas of schemas are not looked through for ever. */
const DEEPEST = 32;

/** What a zod schema is made of. Source: `_zod.def` of zod 4, which is meant for libraries. */
type Definition = Readonly<Record<string, unknown>>;

/**
 * Whether something holds of a zod schema, or of what it is made of: what wraps a schema, such as `.optional()`, a union or an
 * object, knows nothing of what is inside.
 */
function someSchema(
  schema: unknown,
  holds: (schema: object, definition: Definition) => boolean,
  depth = 0,
  seen = new Set<object>(),
): boolean {
  if (typeof schema !== 'object' || schema === null || depth > DEEPEST || seen.has(schema)) return false;
  seen.add(schema);
  try {
    const { _zod } = schema as { readonly _zod?: { readonly def?: Definition } };
    if (_zod === undefined) return false;
    const definition = _zod.def ?? {};
    return holds(schema, definition) || partsOf(definition).some((part) => someSchema(part, holds, depth + 1, seen));
  } catch {
    // It is another library's, or another version's.
    return false;
  }
}

/** Whether the author of a zod schema marked it, or some part of it, with `.meta({ secret: true })`. @internal */
export function isMarkedSecret(schema: unknown): boolean {
  return someSchema(schema, (one) => {
    const { meta } = one as { readonly meta?: () => unknown };
    const said = typeof meta === 'function' ? meta.call(one) : undefined;
    return (said as { readonly secret?: unknown } | undefined)?.secret === true;
  });
}

/**
 * Whether a zod schema has an asynchronous function, as far as that can be seen. Such a one has to be kept from running: zod
 * begins at once, and drops the promise, which may reject with the value and end the process.
 * @internal
 */
export function hasAsyncFunction(schema: unknown): boolean {
  return someSchema(schema, (_, definition) => Object.values(definition).some(isAsyncFunction));
}

/** Whether it is written as such; others may answer later as well. @internal */
export function isAsyncFunction(value: unknown): boolean {
  return typeof value === 'function' && Object.prototype.toString.call(value) === '[object AsyncFunction]';
}

/** Where a schema has those that it is made of: one, a list or an object of them. */
const PARTS = [
  'innerType',
  'in',
  'out',
  'options',
  'left',
  'right',
  'element',
  'items',
  'rest',
  'keyType',
  'valueType',
  'shape',
  'catchall',
  'parts',
  'checks',
];

function partsOf(def: Readonly<Record<string, unknown>>): unknown[] {
  const made = typeof def['getter'] === 'function' ? (def['getter'] as () => unknown)() : undefined;
  return [made, ...PARTS.map((name) => def[name])].flatMap((part) =>
    typeof part === 'object' && part !== null && !('_zod' in part) ? (Object.values(part) as unknown[]) : [part],
  );
}
