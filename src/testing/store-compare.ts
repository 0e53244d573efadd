/** Compares what is plain data, whatever the order of its fields; one that is `undefined` is none. @internal */
export function same(where: string, got: unknown, expected: unknown): void {
  if (alike(got, expected)) return;
  throw new Error(`${where}: the store answered ${text(got)}, expected ${text(expected)}`);
}

/** Without making texts of them, which would take most of the suite's time. */
function alike(a: unknown, b: unknown): boolean {
  if (!isObject(a) || !isObject(b)) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  return Object.keys({ ...a, ...b }).every((key) => alike(own(a, key), own(b, key)));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function own(of: object, key: string): unknown {
  return Object.hasOwn(of, key) ? (of as Record<string, unknown>)[key] : undefined;
}

/** Plain data as text, with its fields in order. @internal */
export function text(value: unknown): string {
  const sorted = (_: string, one: unknown): unknown => {
    if (typeof one === 'number' && !Number.isFinite(one)) return String(one);
    if (typeof one !== 'object' || one === null || Array.isArray(one)) return one;
    return Object.fromEntries(Object.entries(one).sort(([x], [y]) => (x < y ? -1 : 1)));
  };
  return value === undefined ? 'nothing' : JSON.stringify(value, sorted);
}
