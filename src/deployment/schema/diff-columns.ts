import { compareTypes, isOfType, isSerial } from './column-type.js';
import { plainDefault } from './default-value.js';
import { shownText } from '../finding.js';
import { type Note, shownName, shownSql } from './difference.js';
import { isSame } from './masks.js';
import { matchUp } from './match-up.js';
import type { SchemaColumn, SchemaDialect, SchemaSnapshot, SchemaTable } from './snapshot.js';
import { plainSql } from './sql-text.js';
import type { WantedColumn, WantedTable } from './wanted.js';

/** What a comparison needs to know. @internal */
export interface Comparing {
  readonly dialect: SchemaDialect;
  readonly actual: SchemaSnapshot;
  /** Whether what is there and not expected counts. */
  readonly complete: boolean;
  /** Names as they are compared. */
  readonly fold: (name: string) => string;
  readonly note: Note;
}

/** @internal */
export function diffColumns(wanted: WantedTable, actual: SchemaTable, comparing: Comparing): void {
  const { note, fold, complete } = comparing;
  const place = placeOf(actual, comparing);
  const { pairs, missing, extra } = matchUp(
    wanted.columns,
    actual.columns,
    (column) => fold(column.name),
    (column) => fold(column.name),
  );
  for (const { name } of missing) note('schema.missing-column', `${place}.${shownName(name)}`, 'the column is missing');
  for (const column of complete ? extra : []) noteExtra(column, actual, `${place}.${shownName(column.name)}`, note);
  for (const [expected, found] of pairs) diffColumn(expected, found, { ...comparing, table: actual });
}

function noteExtra(column: SchemaColumn, table: SchemaTable, place: string, note: Note): void {
  const isView = table.kind.endsWith('view');
  if (isView || column.nullable || fillsItself(column))
    note('schema.extra-column', place, 'the column is not expected');
  else note('schema.required-column', place, 'the column is not expected, and each row must have a value for it');
}

function fillsItself({ default: value, generated, identity }: SchemaColumn): boolean {
  return value !== null || generated !== undefined || identity !== undefined;
}

function diffColumn(
  wanted: WantedColumn,
  actual: SchemaColumn,
  comparing: Comparing & { readonly table: SchemaTable },
): void {
  const { note, table } = comparing;
  const place = `${placeOf(table, comparing)}.${shownName(actual.name)}`;
  if (wanted.type !== undefined) diffType(wanted.type, actual.type, place, comparing);
  if (wanted.nullable !== undefined && wanted.nullable !== actual.nullable) {
    note(
      'schema.nullability',
      place,
      actual.nullable ? 'it takes null, expected NOT NULL' : 'it is NOT NULL, expected that it takes null',
    );
  }
  if (wanted.values) diffValues(wanted.values, actual.type, place, comparing);
  diffGenerated(wanted, actual, place, comparing);
  diffDefault(wanted, actual, place, comparing);
}

function diffType(
  expected: string,
  actual: string,
  place: string,
  { note, dialect, actual: snapshot }: Comparing,
): void {
  let match = compareTypes(expected, actual, dialect);
  if (match === 'different' && dialect === 'postgresql') {
    const domain = snapshot.domains.find((one) => isOfType(actual, one));
    if (domain !== undefined && compareTypes(expected, domain.type, dialect) === 'same') match = 'alike';
  }
  const message = `it is ${shownType(actual)}, expected ${shownType(expected)}`;
  if (match === 'different') note('schema.type', place, message);
  else if (match === 'wider') note('schema.wider-type', place, message);
  else if (match === 'alike') note('schema.type-name', place, message);
}

function shownType(type: string): string {
  return type === '' ? 'without a type' : shownText(type, 100);
}

function diffValues(values: readonly string[], type: string, place: string, { note, actual }: Comparing): void {
  const found = actual.enums.find((one) => isOfType(type, one));
  if (found === undefined)
    note('schema.type', place, `it is ${shownType(type)}, expected a type that lists its values`);
  for (const value of found === undefined ? [] : values) {
    if (!found?.values.includes(value))
      note('schema.missing-enum-value', place, `its type has no value ${shownText(value, 60)}`);
  }
}

function diffGenerated(wanted: WantedColumn, actual: SchemaColumn, place: string, { note, dialect }: Comparing): void {
  if (wanted.generated === undefined) return;
  const [expected, found] = [wanted.generated, actual.generated];
  if (expected === null) {
    if (found !== undefined) note('schema.generated', place, 'it is computed, expected that it is written');
  } else if (found === undefined) note('schema.generated', place, 'it is not computed, expected that it is');
  else if (expected !== true && !isSame(plainSql(expected, dialect), plainSql(found, dialect)))
    note('schema.generated', place, `it is computed from ${shownSql(found, 80)}, expected ${shownSql(expected, 80)}`);
}

function diffDefault(wanted: WantedColumn, actual: SchemaColumn, place: string, { note, dialect }: Comparing): void {
  const numbers = typeof wanted.identity === 'string' || (dialect === 'postgresql' && isSerial(wanted.type));
  if ((numbers || typeof wanted.default === 'string') && !fillsItself(actual)) {
    note(
      actual.nullable && !numbers ? 'schema.default' : 'schema.missing-default',
      place,
      `it has no default, expected ${numbers ? 'that it numbers itself' : shownDefault(wanted.default ?? null)}`,
    );
    return;
  }
  if (wanted.identity !== undefined && wanted.identity !== (actual.identity ?? null))
    note(
      'schema.identity',
      place,
      `it numbers itself ${numbering(actual.identity)}, expected ${numbering(wanted.identity)}`,
    );
  else if (wanted.default !== undefined && !isSameDefault(wanted.default, actual.default, dialect))
    note(
      'schema.default',
      place,
      `its default is ${shownDefault(actual.default)}, expected ${shownDefault(wanted.default)}`,
    );
}

function numbering(identity: SchemaColumn['identity'] | null): string {
  if (identity === undefined || identity === null) return 'not at all';
  return identity === 'serial' ? 'by a sequence' : `as ${identity}`;
}

/** @internal */
export function isSameDefault(one: string | null, other: string | null, dialect: SchemaDialect): boolean {
  if (one === null || other === null) return one === other;
  return isSame(plainDefault(one, dialect), plainDefault(other, dialect));
}

function shownDefault(expression: string | null): string {
  return expression === null ? 'none' : shownSql(expression, 80);
}

/** A table as it is shown. @internal */
export function placeOf(
  table: { readonly schema: string; readonly name: string },
  { dialect }: Pick<Comparing, 'dialect'>,
): string {
  return dialect === 'sqlite' ? shownName(table.name) : shownName(table.schema, table.name);
}
