import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Lines that were removed and lines that were added, over all files of two folders, blank ones too. */
export function changedLines(before: string, after: string): { readonly removed: number; readonly added: number } {
  const changed = { removed: 0, added: 0 };
  for (const file of new Set([...filesIn(before), ...filesIn(after)])) {
    const [from, to] = [linesOf(path.join(before, file)), linesOf(path.join(after, file))];
    const kept = commonLines(from, to);
    changed.removed += from.length - kept;
    changed.added += to.length - kept;
  }
  return changed;
}

function filesIn(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
}

/** Markers tell the guide which lines to show, and are no part of the application. */
function linesOf(file: string): string[] {
  try {
    const lines = readFileSync(file, 'utf8').split('\n');
    return lines.filter((line) => !/^\s*\/\/ #(end)?region /.test(line));
  } catch {
    return [];
  }
}

/** Length of the longest sequence of lines that both have. */
export function commonLines(from: readonly string[], to: readonly string[]): number {
  let above = new Array<number>(to.length + 1).fill(0);
  for (const line of from) {
    const row = [0];
    to.forEach((other, i) => {
      row.push(line === other ? (above[i] ?? 0) + 1 : Math.max(above[i + 1] ?? 0, row[i] ?? 0));
    });
    above = row;
  }
  return above.at(-1) ?? 0;
}
