import type { TextRow } from '../../database/answer.js';
import type { MigrationFolder } from '../disk.js';
import type { AppliedRow, DiskState, OrderRules } from '../entry.js';

/** Where a tool keeps its books. @internal */
export interface TablePlace {
  readonly table: string;
  /** On PostgreSQL; nothing is whichever comes first in the search path. */
  readonly schema: string | undefined;
}

/** The same, as far as it was told, and how the tool was configured to choose files. @internal */
export interface ToldPlace extends Partial<TablePlace> {
  /** Of knex. */
  readonly loadExtensions?: readonly string[] | undefined;
  /** Of node-pg-migrate. */
  readonly ignorePattern?: string | undefined;
}

/** What says that somebody is migrating, or that the tool believes so. @internal */
export type LockRule =
  | {
      readonly kind: 'table';
      /** The name of its table, by that of the main one. */
      readonly table: (main: string) => string;
      /** Whether the tool itself heeds it on this database. */
      readonly heeded: boolean;
    }
  | {
      readonly kind: 'advisory';
      /** The key of PostgreSQL's advisory lock. */
      readonly key: string;
    };

/** A migration tool: where it keeps its books and how it reads its folder. Data, and two readers. @internal */
export interface MigrationTool {
  readonly name: string;
  readonly place: TablePlace;
  /** Columns without which the table is another tool's. */
  readonly columns: readonly string[];
  /** Columns that are read where there are any. */
  readonly extras?: readonly string[];
  /** Those of them that the tool itself never leaves empty. */
  readonly filled: readonly string[];
  /** Columns by which rows are in the order in which they were run. */
  readonly order: readonly string[];
  readonly rules: OrderRules;
  readonly locks: readonly LockRule[];
  /** What is in the folder. */
  disk(folder: MigrationFolder): Promise<DiskState>;
  /** What the rows say. A column that the table has not is `null` in all of them. */
  rows(rows: readonly TextRow<string>[], disk: DiskState): readonly AppliedRow[];
}

/** Rows in which one column is the name and nothing else matters. @internal */
export function namedRows(column: string): (rows: readonly TextRow<string>[]) => readonly AppliedRow[] {
  return (rows) => rows.map((row) => ({ id: row[column] ?? '', state: 'applied' }));
}

/**
 * The number or time at the front of a file name that says its place: a counter of at most six digits, or a whole time of
 * 13, 14 or 17. A date, which several may share, is none.
 * @internal
 */
export function prefixOf(name: string): string | undefined {
  const digits = /^(\d+)[-_.](?!\d)/.exec(name)?.[1];
  if (digits === undefined) return undefined;
  if (digits.length <= 6) return String(Number(digits));
  return [13, 14, 17].includes(digits.length) ? digits : undefined;
}

/** Sorts by the code units of a text, as `Array.prototype.sort` does. @internal */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
