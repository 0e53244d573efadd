/** A key that stands there again, and where. @internal */
export interface RepeatedKey {
  readonly key: string;
  readonly offset: number;
}

const MARKS = /"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{},]/g;

/** Keys of valid JSON that stand in the same object again: the last of them counts, and nobody says so. @internal */
export function repeatedKeys(text: string): RepeatedKey[] {
  const found: RepeatedKey[] = [];
  /** The keys of each object that is open; nothing of a list. */
  const open: (Set<string> | undefined)[] = [];
  let isKey = false;
  for (const { 0: mark, index } of text.matchAll(MARKS)) {
    const keys = open.at(-1);
    if (mark === '{') open.push(new Set());
    else if (mark === '[') open.push(undefined);
    else if (mark === '}' || mark === ']') open.pop();
    else if (isKey && keys !== undefined && mark !== ',') {
      const key = JSON.parse(mark) as string;
      if (keys.has(key)) found.push({ key, offset: index });
      keys.add(key);
    }
    isKey = mark === '{' || mark === ',';
  }
  return found;
}
