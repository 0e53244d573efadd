/** @internal */
export interface Matched<W, A> {
  readonly pairs: readonly (readonly [W, A])[];
  readonly missing: readonly W[];
  readonly extra: readonly A[];
}

/** Matches what is expected with what is there by a key of both; of several with one key each counts once. @internal */
export function matchUp<W, A>(
  wanted: readonly W[],
  actual: readonly A[],
  keyOfWanted: (item: W) => string,
  keyOfActual: (item: A) => string,
): Matched<W, A> {
  const left = new Map<string, A[]>();
  for (const item of actual) {
    const key = keyOfActual(item);
    const same = left.get(key);
    if (same === undefined) left.set(key, [item]);
    else same.push(item);
  }
  const pairs: (readonly [W, A])[] = [];
  const missing: W[] = [];
  for (const item of wanted) {
    const found = left.get(keyOfWanted(item))?.shift();
    if (found === undefined) missing.push(item);
    else pairs.push([item, found]);
  }
  return { pairs, missing, extra: [...left.values()].flat() };
}

/** Several texts as one key, whatever is in them. @internal */
export function keyOf(...parts: readonly unknown[]): string {
  return JSON.stringify(parts);
}
