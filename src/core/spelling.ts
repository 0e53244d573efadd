/**
 * The word that was probably meant: the one fewest edits away, as long as those are few for its length.
 *
 * @param most - edits that are accepted in any case.
 * @internal
 */
export function nearest(written: string, words: readonly string[], most = Infinity): string | undefined {
  if (written.length > 64) return undefined;
  const lower = written.toLowerCase();
  let best: string | undefined;
  let fewest = Infinity;
  for (const word of words) {
    if (Math.abs(word.length - written.length) > most) continue;
    const edits = distance(lower, word.toLowerCase());
    if (edits < fewest) [best, fewest] = [word, edits];
  }
  return best !== undefined && fewest <= Math.min(most, Math.max(1, Math.floor(best.length / 3))) ? best : undefined;
}

/** Optimal string alignment: insertions, deletions, replacements and swaps of neighbours. */
function distance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let least = Math.min(at(previous, j) + 1, at(current, j - 1) + 1, at(previous, j - 1) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, at(beforePrevious, j - 2) + 1);
      }
      current.push(least);
    }
    [beforePrevious, previous] = [previous, current];
  }
  return at(previous, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}
