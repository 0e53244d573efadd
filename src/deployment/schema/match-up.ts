/** @internal */
export interface Matched<W, A> {
  readonly pairs: readonly (readonly [W, A])[];
  readonly missing: readonly W[];
  readonly extra: readonly A[];
}

/**
 * Matches what is expected with what is there by a key of both. Of several with one key each counts once, and those that
 * are alike in all that is compared belong together: so the order in which they stand says nothing.
 *
 * @param detailOf - what is compared beside the key, then what only tells them apart.
 * @param isSame - whether two keys that differ belong together all the same.
 * @internal
 */
export function matchUp<W, A>(
  wanted: readonly W[],
  actual: readonly A[],
  keyOfWanted: (item: W) => string,
  keyOfActual: (item: A) => string,
  detailOf: (item: W | A) => readonly [string, string] = () => ['', ''],
  isSame: (wanted: string, actual: string) => boolean = () => false,
): Matched<W, A> {
  const inOrder = <T extends W | A>(items: readonly T[]): T[] =>
    items
      .map((item) => [keyOf(...detailOf(item)), item] as const)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([, item]) => item);
  const exact = pairUp(
    inOrder(wanted),
    inOrder(actual),
    (item) => keyOf(keyOfWanted(item), detailOf(item)[0]),
    (item) => keyOf(keyOfActual(item), detailOf(item)[0]),
  );
  const rest = pairUp(inOrder(exact.missing), inOrder(exact.extra), keyOfWanted, keyOfActual);
  const pairs = [...exact.pairs, ...rest.pairs];
  const extra = [...rest.extra];
  const missing = rest.missing.filter((wanted) => {
    const at = extra.findIndex((one) => isSame(keyOfWanted(wanted), keyOfActual(one)));
    if (at === -1) return true;
    pairs.push(...extra.splice(at, 1).map((one) => [wanted, one] as const));
    return false;
  });
  return { pairs, missing, extra };
}

function pairUp<W, A>(
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
