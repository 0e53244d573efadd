import { shownText } from '../finding.js';
import { compareTypes } from './column-type.js';
import { type Comparing, isSameDefault } from './diff-columns.js';
import { shownName } from './difference.js';
import { isSame } from './masks.js';
import { keyOf, matchUp } from './match-up.js';
import type { SchemaDomain, SchemaEnum, SchemaSnapshot } from './snapshot.js';
import { plainSql } from './sql-text.js';

interface Named {
  readonly schema: string;
  readonly name: string;
}

/** What belongs to no table: types, sequences and extensions. @internal */
export function diffTypes(expected: SchemaSnapshot, actual: SchemaSnapshot, { note, dialect }: Comparing): void {
  const key = ({ schema, name }: Named): string => keyOf(schema, name);
  const place = ({ schema, name }: Named): string => shownName(schema, name);

  const enums = matchUp(expected.enums, actual.enums, key, key);
  for (const one of enums.missing) note('schema.missing-type', place(one), 'the enum is missing');
  for (const one of enums.extra) note('schema.extra-type', place(one), 'the enum is not expected');
  for (const [wanted, found] of enums.pairs) {
    for (const value of without(wanted, found))
      note('schema.missing-enum-value', place(found), `it has no value ${shownText(value, 60)}`);
    for (const value of without(found, wanted))
      note('schema.extra-enum-value', place(found), `the value ${shownText(value, 60)} is not expected`);
    const common = (one: SchemaEnum, other: SchemaEnum): string =>
      keyOf(one.values.filter((value) => other.values.includes(value)));
    if (common(wanted, found) !== common(found, wanted))
      note('schema.enum-order', place(found), 'its values have another order');
  }

  const domains = matchUp(expected.domains, actual.domains, key, key);
  for (const one of domains.missing) note('schema.missing-type', place(one), 'the domain is missing');
  for (const one of domains.extra) note('schema.extra-type', place(one), 'the domain is not expected');
  for (const [wanted, found] of domains.pairs) {
    const type = compareTypes(wanted.type, found.type, dialect);
    if (type !== 'same')
      note(
        'schema.domain',
        place(found),
        `it is ${shownText(found.type, 100)}, expected ${shownText(wanted.type, 100)}`,
      );
    else if (!isSame(rules(wanted), rules(found))) note('schema.domain', place(found), 'its rules are others');
    else if (!isSameDefault(wanted.default, found.default, 'postgresql'))
      note('schema.default', place(found), 'its default is another');
  }

  const sequences = matchUp(expected.sequences, actual.sequences, key, key);
  for (const one of sequences.missing) note('schema.missing-sequence', place(one), 'the sequence is missing');
  for (const one of sequences.extra) note('schema.extra-sequence', place(one), 'the sequence is not expected');
  for (const [wanted, found] of sequences.pairs) {
    const how = ({ type, increment }: typeof found): string => `${shownText(type, 30)} by ${shownText(increment, 30)}`;
    if (how(wanted) !== how(found))
      note('schema.sequence', place(found), `it counts as ${how(found)}, expected ${how(wanted)}`);
  }

  const byName = ({ name }: { readonly name: string }): string => name;
  const extensions = matchUp(expected.extensions, actual.extensions, byName, byName);
  for (const { name } of extensions.missing)
    note('schema.missing-extension', shownName(name), 'the extension is missing');
  for (const { name } of extensions.extra)
    note('schema.extra-extension', shownName(name), 'the extension is not expected');
  for (const [wanted, found] of extensions.pairs) {
    if (wanted.version !== found.version)
      note(
        'schema.extension-version',
        shownName(found.name),
        `it is ${shownText(found.version, 30)}, expected ${shownText(wanted.version, 30)}`,
      );
  }
}

function without(one: SchemaEnum, other: SchemaEnum): string[] {
  return one.values.filter((value) => !other.values.includes(value));
}

function rules({ nullable, checks }: SchemaDomain): string {
  return keyOf(
    nullable,
    checks.map(({ definition, valid }) => keyOf(plainSql(definition, 'postgresql'), valid)).sort(),
  );
}
