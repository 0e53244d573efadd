/** A value of a manifest that knows its line: a scalar, fields by their names, or items. */
export interface Tree {
  readonly line: number;
  readonly scalar?: unknown;
  readonly fields?: ReadonlyMap<string, Tree>;
  readonly items?: readonly Tree[];
}

/** What is found by names of fields. */
export function at(tree: Tree | undefined, ...path: readonly string[]): Tree | undefined {
  return path.reduce<Tree | undefined>((found, name) => found?.fields?.get(name), tree);
}

/** The items of a list; none where there is no list. */
export function itemsAt(tree: Tree | undefined, ...path: readonly string[]): readonly Tree[] {
  return at(tree, ...path)?.items ?? [];
}

/** Text, also of a number. */
export function textAt(tree: Tree | undefined, ...path: readonly string[]): string | undefined {
  const scalar = at(tree, ...path)?.scalar;
  return typeof scalar === 'string' || typeof scalar === 'number' || typeof scalar === 'boolean'
    ? String(scalar)
    : undefined;
}

/** A number, also one that stands in quotes by mistake: that it does is told by a rule of its own. */
export function numberAt(tree: Tree | undefined, ...path: readonly string[]): number | undefined {
  const scalar = at(tree, ...path)?.scalar;
  const number = typeof scalar === 'string' && /^-?\d{1,15}$/.test(scalar) ? Number(scalar) : scalar;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** A yes or no. */
export function flagAt(tree: Tree | undefined, ...path: readonly string[]): boolean | undefined {
  const scalar = at(tree, ...path)?.scalar;
  return typeof scalar === 'boolean' ? scalar : undefined;
}

/** Fields that are text, such as labels. */
export function textsAt(tree: Tree | undefined, ...path: readonly string[]): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const [name, field] of at(tree, ...path)?.fields ?? []) {
    const text = textAt(field);
    if (text !== undefined) texts.set(name, text);
  }
  return texts;
}

/** The words of a list of text. */
export function wordsAt(tree: Tree | undefined, ...path: readonly string[]): readonly string[] {
  return itemsAt(tree, ...path).map((item) => textAt(item) ?? '');
}
