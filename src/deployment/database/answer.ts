import { unmarked } from './dialect.js';

/** Places looked at before giving up: the answer of a client has few, unless it drags the client itself along. */
const MOST_PLACES = 2_000;
/** Characters of an answer that are still parsed. */
const LONGEST = 32_000_000;
/** Where clients put rows, looked at before anything else of theirs. */
const ROWS_FIRST = ['rows', 'values', 'results', 'result'];

/** One row: a text or nothing for each column that was asked for. @internal */
export type TextRow<C extends string> = Readonly<Record<C, string | null>>;

/**
 * The rows in what a query function answered, or nothing when they are not in there. Clients differ in where they put a
 * row, and some drop the result of all but the first statement: so it is looked for by what it is, not by where it is.
 * @internal
 */
export function rowsIn<C extends string>(answer: unknown, columns: readonly C[]): TextRow<C>[] | undefined {
  const text = markedText(answer);
  if (text === undefined || text.length > LONGEST) return undefined;
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(list)) return undefined;
  const rows: TextRow<C>[] = [];
  for (const cells of list as unknown[]) {
    if (!Array.isArray(cells) || cells.length !== columns.length || !cells.every(isCell)) return undefined;
    rows.push(Object.fromEntries(columns.map((column, i) => [column, cells[i]])) as TextRow<C>);
  }
  return rows;
}

function isCell(cell: unknown): cell is string | null {
  return cell === null || typeof cell === 'string';
}

function markedText(answer: unknown): string | undefined {
  const seen = new Set<object>();
  let next: unknown[] = [answer];
  // Nearest first: the row is never deep, and what is deep is the client's own business.
  while (next.length > 0) {
    const level = next;
    next = [];
    for (const value of level) {
      if (typeof value === 'string') {
        const text = unmarked(value);
        if (text !== undefined) return text;
      } else if (typeof value === 'object' && value !== null && !seen.has(value)) {
        seen.add(value);
        if (seen.size > MOST_PLACES) return undefined;
        next.push(...membersOf(value));
      }
    }
  }
  return undefined;
}

function membersOf(value: object): unknown[] {
  if (ArrayBuffer.isView(value)) return [];
  try {
    // The last result is the one that counts.
    if (Array.isArray(value)) return value.slice(-MOST_PLACES).reverse() as unknown[];
    const names = Object.keys(value).slice(0, MOST_PLACES);
    const first = ROWS_FIRST.filter((name) => names.includes(name));
    return [...new Set([...first, ...names])].map((name) => member(value, name));
  } catch {
    return [];
  }
}

function member(value: object, name: string): unknown {
  try {
    return (value as Readonly<Record<string, unknown>>)[name];
  } catch {
    return undefined;
  }
}
