import { type Comparing, placeOf } from './diff-columns.js';
import { diffFlaw, isUniqueness } from './diff-constraints.js';
import { shownList, shownName, shownSql } from './difference.js';
import { isSame } from './masks.js';
import { keyOf, matchUp } from './match-up.js';
import type { SchemaIndex, SchemaTable, SchemaTrigger } from './snapshot.js';
import { plainSql, tokensOf } from './sql-text.js';
import type { WantedIndex, WantedTable, WantedTrigger } from './wanted.js';

/** Indexes but for those that only keep columns unique: these are compared with the constraints that do the same. @internal */
export function diffIndexes(wanted: WantedTable, actual: SchemaTable, comparing: Comparing): void {
  const { note, complete, dialect, fold } = comparing;
  if (wanted.indexes === undefined) return;
  const place = placeOf(actual, comparing);
  const recorded = wanted.indexes.filter((index) => index.definition !== undefined && !isUniqueness(index));
  const others = actual.indexes.filter((index) => !isUniqueness(index));
  const key = ({ unique, definition }: WantedIndex): string =>
    keyOf(unique ?? false, plainSql(definition ?? '', dialect));
  const { pairs, missing, extra } = matchUp<WantedIndex, SchemaIndex>(
    recorded,
    others,
    key,
    key,
    ({ name, valid }) => [keyOf(valid), name ?? ''],
    isSame,
  );
  for (const index of missing) {
    if (index.valid === false) note('schema.restored', place, `no longer: the index ${shownIndex(index)} is invalid`);
    else note('schema.missing-index', place, `the index ${shownIndex(index)} is missing`);
  }
  for (const index of complete ? extra : []) {
    // One that was to be unique is missed as such already.
    if (index.valid) note('schema.extra-index', place, `the index ${shownIndex(index)} is not expected`);
    else diffFlaw('schema.invalid-index', true, false, `${place}.${shownName(index.name)}`, comparing);
  }
  for (const [expected, found] of pairs)
    diffFlaw(
      'schema.invalid-index',
      expected.valid ?? true,
      found.valid,
      `${place}.${shownName(found.name)}`,
      comparing,
    );
  diffUniqueIndexes(wanted, actual, comparing);
  for (const index of wanted.indexes.filter(({ definition }) => definition === undefined)) {
    const found = candidates(actual).filter((one) => serves(index, one, fold));
    if (found.length === 0) note('schema.missing-index', place, `the index ${shownIndex(index)} is missing`);
    else if (found.every(({ valid }) => valid === false))
      note('schema.invalid-index', `${place}.${shownName(found[0]?.name ?? '')}`, 'the index is invalid');
  }
}

/**
 * Recorded indexes that keep columns unique, where the columns are: one that is gone is missed although another keeps them
 * unique, unless a constraint that was not there has taken its place, which makes a plain index only.
 */
function diffUniqueIndexes(wanted: WantedTable, actual: SchemaTable, { note, dialect, fold }: Comparing): void {
  const definitionOf = ({ definition }: WantedIndex): string => plainSql(definition ?? '', dialect);
  const setOf = ({ columns }: Pick<WantedIndex, 'columns'>): string =>
    keyOf((columns ?? []).map((column) => fold(column ?? '')).sort());
  const recorded = (wanted.indexes ?? []).filter((index) => index.definition !== undefined && isUniqueness(index));
  const { missing, extra } = matchUp<WantedIndex, SchemaIndex>(
    recorded,
    actual.indexes.filter(isUniqueness),
    definitionOf,
    definitionOf,
  );
  const others = matchUp(wanted.unique ?? [], actual.unique, setOf, setOf);
  const free = [...others.extra, ...extra].map(setOf);
  const kept = new Set([...actual.unique, ...actual.indexes.filter(isUniqueness)].map(setOf));
  for (const index of missing) {
    const set = setOf(index);
    const at = isPlain(index, dialect) ? free.indexOf(set) : -1;
    if (at !== -1) free.splice(at, 1);
    // What nothing keeps unique is missed as such already.
    else if (kept.has(set))
      note('schema.missing-index', placeOf(actual, { dialect }), `the index ${shownIndex(index)} is missing`);
  }
}

/** Whether an index says nothing but its columns, as that of a constraint. */
function isPlain({ columns = [], definition = '' }: WantedIndex, dialect: Comparing['dialect']): boolean {
  const words = tokensOf(definition.replace(/ NULLS NOT DISTINCT$/, ''), dialect === 'sqlite');
  return words.filter(({ text }) => !/^(?:btree|[(),])$/i.test(text)).length === columns.length;
}

/** Constraints bring an index along. */
function candidates(table: SchemaTable): WantedIndex[] {
  const keys = [...table.unique, ...(table.primaryKey === null ? [] : [table.primaryKey])];
  return [
    ...keys.map(({ name, columns }) => ({ name, columns, unique: true, partial: false, valid: true })),
    ...table.indexes.map((index) => ({ ...index, partial: index.where !== undefined })),
  ];
}

function serves(
  wanted: WantedIndex,
  { name, columns, unique, partial }: WantedIndex,
  fold: (name: string) => string,
): boolean {
  if (wanted.unique === true && unique !== true) return false;
  if (wanted.partial !== undefined && wanted.partial !== partial) return false;
  // Who names it means it, and not another one on the same columns. PostgreSQL cuts a name at 63 bytes.
  if (wanted.name !== undefined && ![wanted.name, wanted.name.slice(0, 63)].map(fold).includes(fold(name ?? '')))
    return false;
  if (wanted.columns === undefined) return wanted.name !== undefined;
  const key = (list: WantedIndex['columns']): string =>
    keyOf(list?.map((column) => (column === null ? null : fold(column))));
  return key(wanted.columns) === key(columns);
}

function shownIndex({ name, columns, definition }: WantedIndex): string {
  const what = definition === undefined ? columns && shownList(columns) : shownSql(definition, 120);
  return [name === undefined ? undefined : shownName(name), what].filter((part) => part !== undefined).join(' ');
}

/** @internal */
export function diffTriggers(wanted: WantedTable, actual: SchemaTable, comparing: Comparing): void {
  const { note, complete, fold, dialect } = comparing;
  if (wanted.triggers === undefined) return;
  const place = placeOf(actual, comparing);
  const key = ({ name }: { readonly name: string }): string => fold(name);
  const { pairs, missing, extra } = matchUp<WantedTrigger, SchemaTrigger>(wanted.triggers, actual.triggers, key, key);
  for (const { name } of missing)
    note('schema.missing-trigger', `${place}.${shownName(name)}`, 'the trigger is missing');
  for (const { name } of complete ? extra : [])
    note('schema.extra-trigger', `${place}.${shownName(name)}`, 'the trigger is not expected');
  for (const [expected, found] of pairs) {
    const at = `${place}.${shownName(found.name)}`;
    diffFlaw('schema.disabled-trigger', expected.enabled ?? true, found.enabled, at, comparing);
    if (expected.definition === undefined) continue;
    if (!isSame(plainSql(expected.definition, dialect), plainSql(found.definition, dialect)))
      note('schema.trigger', at, 'the trigger does something else');
    else if (expected.fires !== found.fires)
      note(
        'schema.trigger',
        at,
        `the trigger fires ${found.fires ?? 'as usual'}, expected ${expected.fires ?? 'as usual'}`,
      );
  }
}
