import { InvalidArgumentError } from '../../core/errors.js';
import { isBookkeeping } from './bookkeeping.js';
import { type Comparing, diffColumns, placeOf } from './diff-columns.js';
import { diffChecks, diffForeignKeys, diffKeys } from './diff-constraints.js';
import { diffIndexes, diffTriggers } from './diff-indexes.js';
import { diffTypes } from './diff-types.js';
import { notebook, type SchemaDifference } from './difference.js';
import { isSnapshot } from './is-snapshot.js';
import { isSame } from './masks.js';
import { keyOf, matchUp } from './match-up.js';
import type { SchemaSnapshot, SchemaTable } from './snapshot.js';
import { plainSql } from './sql-text.js';
import type { TableMap } from './table-map.js';
import { mappedTables, usualSchema, type WantedTable, wantedTables } from './wanted.js';

/**
 * Every way in which a database is not as expected, the worst first; none means that it is. A snapshot says all there
 * should be; of a map what it does not mention is not looked at. Not compared are names of constraints and indexes, the
 * order of columns, and tables in which migration tools keep their books.
 *
 * @param actual - the database as it is, from `recordSchema`.
 * @throws {@link InvalidArgumentError} when the two are of different dialects.
 *
 * @example
 * const differences = diffSchemas(expected, await recordSchema({ query, dialect: 'postgresql' }));
 */
export function diffSchemas(expected: SchemaSnapshot | TableMap, actual: SchemaSnapshot): readonly SchemaDifference[] {
  return diffAgainst(expected, actual, () => true);
}

/** @internal */
export function diffAgainst(
  expected: SchemaSnapshot | TableMap,
  actual: SchemaSnapshot,
  counts: (table: { readonly schema: string; readonly name: string }) => boolean,
): readonly SchemaDifference[] {
  const snapshot = isSnapshot(expected) ? expected : undefined;
  if (snapshot !== undefined && snapshot.dialect !== actual.dialect) {
    throw new InvalidArgumentError(
      `diffSchemas: the expected schema is of ${snapshot.dialect}, the other of ${actual.dialect}`,
    );
  }
  const { note, noted } = notebook();
  const { dialect } = actual;
  const fold = dialect === 'sqlite' ? (name: string) => name.toLowerCase() : (name: string) => name;
  const comparing: Comparing = { dialect, actual, complete: snapshot !== undefined, fold, note };
  const wanted = isSnapshot(expected) ? wantedTables(expected) : mappedTables(expected, usualSchema(actual));
  diffTables(wanted.filter(counts), actual.tables.filter(counts), comparing);
  if (snapshot !== undefined) diffTypes(snapshot, actual, comparing);
  return inOrder(noted);
}

function diffTables(wanted: readonly WantedTable[], actual: readonly SchemaTable[], comparing: Comparing): void {
  const { note, fold, complete } = comparing;
  const key = ({ schema, name }: { readonly schema: string; readonly name: string }): string =>
    keyOf(fold(schema), fold(name));
  // Of two that are expected by hand both are held against the one that is there.
  const there = new Map(actual.map((table) => [key(table), table]));
  const expected = complete ? wanted.filter((table) => !isBookkeeping(table)) : wanted;
  const { missing, extra } = matchUp(expected, actual, key, key);
  for (const table of missing.filter((one) => !there.has(key(one))))
    note('schema.missing-table', placeOf(table, comparing), `the ${table.kind ?? 'table'} is missing`);
  for (const table of complete ? extra.filter((one) => !isBookkeeping(one)) : [])
    note('schema.extra-table', placeOf(table, comparing), `the ${table.kind} is not expected`);
  for (const table of expected) {
    const found = there.get(key(table));
    if (found !== undefined) diffTable(table, found, comparing);
  }
}

function diffTable(wanted: WantedTable, actual: SchemaTable, comparing: Comparing): void {
  const { note, dialect } = comparing;
  const place = placeOf(actual, comparing);
  const { kind } = wanted;
  if (kind !== undefined && kind !== actual.kind) {
    const partitioned = [kind, actual.kind].every((one) => one === 'table' || one === 'partitioned table');
    note(partitioned ? 'schema.definition' : 'schema.table-kind', place, `it is a ${actual.kind}, expected a ${kind}`);
  } else if (
    kind !== undefined &&
    !isSame(plainSql(wanted.definition ?? '', dialect), plainSql(actual.definition ?? '', dialect))
  ) {
    note('schema.definition', place, `the ${kind} is defined in another way`);
  }
  diffColumns(wanted, actual, comparing);
  diffKeys(wanted, actual, comparing);
  diffForeignKeys(wanted, actual, comparing);
  diffChecks(wanted, actual, comparing);
  diffIndexes(wanted, actual, comparing);
  diffTriggers(wanted, actual, comparing);
}

const ORDER = /* @__PURE__ */ Object.freeze({ FAIL: 0, WARN: 1, PASS: 2 });

function inOrder(noted: readonly SchemaDifference[]): SchemaDifference[] {
  const key = ({ place, id, message }: SchemaDifference): string => `${place}\0${id}\0${message}`;
  return [...noted].sort(
    (a, b) => ORDER[a.status] - ORDER[b.status] || (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0),
  );
}
