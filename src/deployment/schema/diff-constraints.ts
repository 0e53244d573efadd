import { shownText } from '../finding.js';
import { type Comparing, placeOf } from './diff-columns.js';
import { shownList, shownName, shownSql } from './difference.js';
import { isSame } from './masks.js';
import { keyOf, matchUp } from './match-up.js';
import type { SchemaCheck, SchemaForeignKey, SchemaIndex, SchemaKey, SchemaTable } from './snapshot.js';
import { plainSql } from './sql-text.js';
import type { WantedForeignKey, WantedTable } from './wanted.js';

/** A set of columns of which no two rows have the same, whether by a constraint or by an index. */
interface Uniqueness {
  readonly columns: readonly string[];
  readonly deferrable?: SchemaKey['deferrable'];
  readonly nullsNotDistinct?: true;
}

/** Primary key, unique constraints and indexes that do the same. @internal */
export function diffKeys(wanted: WantedTable, actual: SchemaTable, comparing: Comparing): void {
  const { note, complete, fold } = comparing;
  const place = placeOf(actual, comparing);
  const sorted = (columns: readonly string[]): string => keyOf(columns.map(fold).sort());
  const found = actual.primaryKey;
  if (wanted.primaryKey) {
    const { columns } = wanted.primaryKey;
    if (found === null)
      note('schema.missing-primary-key', place, `there is no primary key, expected ${shownList(columns)}`);
    else if (sorted(found.columns) !== sorted(columns))
      note(
        'schema.missing-primary-key',
        place,
        `the primary key is ${shownList(found.columns)}, expected ${shownList(columns)}`,
      );
    else if (complete)
      diffDeferral(`the primary key ${shownList(columns)}`, wanted.primaryKey, found, place, comparing);
  } else if (wanted.primaryKey === null && found !== null && complete) {
    note('schema.extra-constraint', place, `the primary key ${shownList(found.columns)} is not expected`);
  }
  if (wanted.unique === undefined) return;
  // By hand nobody says how nulls count.
  const key = ({ columns, nullsNotDistinct }: Uniqueness): string =>
    keyOf(sorted(columns), complete && nullsNotDistinct === true);
  const byKey = (of: Parameters<typeof uniquenesses>[0]): Map<string, Uniqueness> =>
    new Map(uniquenesses(of).map((one) => [key(one), one]));
  const expected = byKey({ unique: wanted.unique, indexes: complete ? (wanted.indexes ?? []) : [] });
  const there = byKey(actual);
  const byPrimaryKey = found === null ? undefined : key(found);
  for (const [of, { columns }] of expected) {
    if (there.has(of) || (!complete && of === byPrimaryKey)) continue;
    note('schema.missing-unique', place, `nothing keeps ${shownList(columns)} unique`);
  }
  if (!complete) return;
  for (const [of, one] of there) {
    const columns = shownList(one.columns);
    const its = expected.get(of);
    if (its === undefined) note('schema.extra-constraint', place, `that ${columns} is unique is not expected`);
    else diffDeferral(`unique ${columns}`, its, one, place, comparing);
  }
}

interface AnyIndex {
  readonly unique?: boolean | undefined;
  readonly columns?: SchemaIndex['columns'] | undefined;
  readonly partial?: boolean | undefined;
  readonly where?: string;
  readonly nullsNotDistinct?: true;
  readonly valid?: boolean;
}

/** An index that keeps columns unique in all rows. @internal */
export function isUniqueness(index: AnyIndex): index is AnyIndex & Uniqueness {
  if (index.unique !== true || index.valid === false) return false;
  if (index.partial === true || index.where !== undefined) return false;
  return index.columns?.every((column) => column !== null) ?? false;
}

function uniquenesses(of: {
  readonly unique: readonly Uniqueness[];
  readonly indexes: readonly AnyIndex[];
}): Uniqueness[] {
  const all = [...of.unique, ...of.indexes.filter(isUniqueness)];
  // Of several for the same columns what is checked at once counts.
  return all.sort((a, b) => Number(a.deferrable === undefined) - Number(b.deferrable === undefined));
}

function diffDeferral(
  what: string,
  expected: { readonly deferrable?: SchemaKey['deferrable'] | null | undefined },
  found: { readonly deferrable?: SchemaKey['deferrable'] | undefined },
  place: string,
  { note }: Comparing,
): void {
  const [is, was] = [found, expected].map((one) =>
    one.deferrable ? `deferrable ${one.deferrable}` : 'not deferrable',
  );
  if (is !== was) note('schema.definition', place, `${what}: it is ${String(is)}, expected ${String(was)}`);
}

/** @internal */
export function diffForeignKeys(wanted: WantedTable, actual: SchemaTable, comparing: Comparing): void {
  const { note, complete, fold } = comparing;
  if (wanted.foreignKeys === undefined) return;
  const place = placeOf(actual, comparing);
  const key = ({ columns, references }: WantedForeignKey): string => {
    const pairs = columns.map((column, i) => keyOf(fold(column), fold(references.columns[i] ?? '')));
    return keyOf(fold(references.schema), fold(references.table), ...pairs.sort());
  };
  const { pairs, missing, extra } = matchUp<WantedForeignKey, SchemaForeignKey>(
    wanted.foreignKeys,
    actual.foreignKeys,
    key,
    key,
    (one) => [
      keyOf(one.onDelete, one.onUpdate, one.deferrable ?? null, one.valid, one.enabled),
      'name' in one ? one.name : '',
    ],
  );
  for (const one of missing) note('schema.missing-foreign-key', place, `the foreign key ${shownKey(one)} is missing`);
  for (const one of complete ? extra : [])
    note('schema.extra-constraint', place, `the foreign key ${shownKey(one)} is not expected`);
  for (const [expected, found] of pairs) {
    for (const [what, of] of [
      ['ON DELETE', 'onDelete'],
      ['ON UPDATE', 'onUpdate'],
    ] as const) {
      const word = expected[of]?.toLowerCase();
      if (word !== undefined && word !== found[of])
        note(
          'schema.missing-foreign-key',
          place,
          `${shownKey(found)} is ${what} ${found[of].toUpperCase()}, expected ${shownText(word.toUpperCase(), 20)}`,
        );
    }
    if (expected.deferrable !== undefined) diffDeferral(shownKey(found), expected, found, place, comparing);
    const name = `${place}.${shownName(found.name)}`;
    diffFlaw('schema.not-valid-constraint', expected.valid ?? true, found.valid, name, comparing);
    diffFlaw('schema.disabled-trigger', expected.enabled ?? true, found.enabled, name, comparing);
  }
}

function shownKey({ columns, references }: WantedForeignKey): string {
  const { schema, table } = references;
  const shown = schema === 'public' || schema === 'main' ? shownName(table) : shownName(schema, table);
  return `${shownList(columns)} to ${shown}${shownList(references.columns)}`;
}

/** What is wrong with a flaw, by its id. @internal */
export const FLAWS = /* @__PURE__ */ Object.freeze({
  'schema.not-valid-constraint': 'the constraint is NOT VALID',
  'schema.disabled-trigger': 'it is switched off',
  'schema.invalid-index': 'the index is invalid',
  'schema.unpopulated-view': 'the materialized view was never filled',
});

/** @internal */
export function diffFlaw(
  id: keyof typeof FLAWS,
  expected: boolean,
  found: boolean,
  place: string,
  { note }: Comparing,
): void {
  if (expected && !found) note(id, place, FLAWS[id]);
  else if (!expected && found) note('schema.restored', place, `no longer: ${FLAWS[id]}`);
}

/** @internal */
export function diffChecks(wanted: WantedTable, actual: SchemaTable, comparing: Comparing): void {
  const { note, complete, dialect } = comparing;
  if (wanted.checks === undefined) return;
  const place = placeOf(actual, comparing);
  const key = ({ definition }: SchemaCheck): string => plainSql(definition, dialect);
  const { pairs, missing, extra } = matchUp(
    wanted.checks,
    actual.checks,
    key,
    key,
    ({ name, valid }) => [keyOf(valid), name],
    isSame,
  );
  for (const { definition } of missing) note('schema.missing-check', place, `${shownSql(definition, 120)} is missing`);
  for (const { definition } of complete ? extra : [])
    note('schema.extra-constraint', place, `${shownSql(definition, 120)} is not expected`);
  for (const [expected, found] of pairs)
    diffFlaw(
      'schema.not-valid-constraint',
      expected.valid,
      found.valid,
      `${place}.${shownName(found.name)}`,
      comparing,
    );
}
