import { printable } from '../../core/printable.js';
import { redactName } from '../../core/redaction.js';
import { undoubled } from '../database/undoubled.js';
import { type CheckStatus, shownText } from '../finding.js';

/** One way in which a database is not as expected. */
export interface SchemaDifference {
  /** Of which kind: it decides the status. */
  readonly id: SchemaDifferenceId;
  /** `FAIL` when the code that expects it breaks or the data may, `WARN` when it may be on purpose, `PASS` when it only shows. */
  readonly status: CheckStatus;
  /** What it is about, such as `public.users.email`. */
  readonly place: string;
  /** What is the matter, in one line and without a secret. */
  readonly message: string;
}

/** What can be different, by id: how bad that is and what to do. @internal */
export const DIFFERENCES = /* @__PURE__ */ Object.freeze({
  'schema.missing-table': ['FAIL', 'Apply the migration that makes it, or correct what is expected.'],
  'schema.missing-column': ['FAIL', 'Apply the migration that adds it, or correct what is expected.'],
  'schema.table-kind': ['FAIL', 'Something else took its name; see which migration made it.'],
  'schema.type': [
    'FAIL',
    'Values that the code writes may be refused or changed; apply the migration that changes the type.',
  ],
  'schema.wider-type': [
    'WARN',
    'The database takes more than the code expects; change the code next, or the column back.',
  ],
  'schema.type-name': ['PASS', 'Another name for what takes the same values.'],
  'schema.nullability': ['FAIL', 'Either writes of null are refused, or nulls come that the code does not expect.'],
  'schema.missing-default': ['FAIL', 'Rows that are added without this column are refused.'],
  'schema.default': ['PASS', 'Rows that are added without this column get another value.'],
  'schema.identity': ['WARN', 'A column that always numbers itself refuses numbers that are given.'],
  'schema.generated': ['FAIL', 'A computed column cannot be written, and one that is not computed stays empty.'],
  'schema.missing-primary-key': ['FAIL', 'Two rows may become the same one; add it with a migration.'],
  'schema.missing-unique': ['FAIL', 'Duplicates may have been written; find them before it is added.'],
  'schema.missing-foreign-key': ['FAIL', 'Rows may refer to what is gone; find them before it is added.'],
  'schema.missing-check': ['FAIL', 'Values that it refuses may have been written; find them before it is added.'],
  'schema.missing-index': [
    'FAIL',
    'Queries that need it read the whole table; add it, best with CREATE INDEX CONCURRENTLY.',
  ],
  'schema.missing-trigger': ['FAIL', 'What it does is not done; add it with a migration.'],
  'schema.missing-type': ['FAIL', 'Apply the migration that makes it.'],
  'schema.missing-enum-value': ['FAIL', 'Writes of this value are refused; add it with ALTER TYPE … ADD VALUE.'],
  'schema.missing-sequence': ['FAIL', 'Apply the migration that makes it.'],
  'schema.missing-extension': ['FAIL', 'Install it with CREATE EXTENSION.'],
  'schema.required-column': [
    'FAIL',
    'The code does not know it, so rows that the code adds are refused; give it a default or let it be null.',
  ],
  'schema.extra-table': [
    'WARN',
    'In order while a change is under way; otherwise somebody changed the database by hand.',
  ],
  'schema.extra-column': [
    'WARN',
    'In order while a change is under way; otherwise somebody changed the database by hand.',
  ],
  'schema.extra-constraint': ['WARN', 'It may refuse what the code writes.'],
  'schema.extra-index': ['WARN', 'It costs each write a little; record it or drop it.'],
  'schema.extra-trigger': ['WARN', 'It does something that the code does not know; record it or drop it.'],
  'schema.extra-type': ['WARN', 'Record it or drop it.'],
  'schema.extra-enum-value': ['WARN', 'The code may read a value that it does not know.'],
  'schema.extra-sequence': ['WARN', 'Record it or drop it.'],
  'schema.extra-extension': ['WARN', 'Record it or drop it.'],
  'schema.enum-order': ['WARN', 'Its values are sorted and compared in another order.'],
  'schema.domain': [
    'FAIL',
    'Its rules are others: what the code writes may be refused, or what it does not expect may come.',
  ],
  'schema.sequence': ['WARN', 'It counts in another way.'],
  'schema.definition': ['WARN', 'Compare it with the migration that made it.'],
  'schema.trigger': ['FAIL', 'It does something else than expected; see which migration made it.'],
  'schema.invalid-index': [
    'FAIL',
    'Making it was interrupted, and no query uses it: REINDEX INDEX CONCURRENTLY, or drop it and make it again.',
  ],
  'schema.unpopulated-view': ['FAIL', 'Every read of it fails: REFRESH MATERIALIZED VIEW.'],
  'schema.not-valid-constraint': [
    'WARN',
    'Older rows may break it: ALTER TABLE … VALIDATE CONSTRAINT once they are right.',
  ],
  'schema.disabled-trigger': ['FAIL', 'Somebody switched it off: ALTER TABLE … ENABLE TRIGGER.'],
  'schema.broken-reference': [
    'FAIL',
    'Rows refer to what is not there; correct them before foreign keys are relied on.',
  ],
  'schema.damaged': ['FAIL', 'The file is damaged: restore it, or recover what can be read.'],
  'schema.restored': ['PASS', 'It is in order now; record the schema again.'],
  'schema.extension-version': ['PASS', 'Another version of an extension.'],
} as const satisfies Readonly<Record<SchemaDifferenceId, readonly [CheckStatus, string]>>);

/** The kinds of {@link SchemaDifference}. */
export type SchemaDifferenceId =
  | 'schema.missing-table'
  | 'schema.missing-column'
  | 'schema.table-kind'
  | 'schema.type'
  | 'schema.wider-type'
  | 'schema.type-name'
  | 'schema.nullability'
  | 'schema.missing-default'
  | 'schema.default'
  | 'schema.identity'
  | 'schema.generated'
  | 'schema.missing-primary-key'
  | 'schema.missing-unique'
  | 'schema.missing-foreign-key'
  | 'schema.missing-check'
  | 'schema.missing-index'
  | 'schema.missing-trigger'
  | 'schema.missing-type'
  | 'schema.missing-enum-value'
  | 'schema.missing-sequence'
  | 'schema.missing-extension'
  | 'schema.required-column'
  | 'schema.extra-table'
  | 'schema.extra-column'
  | 'schema.extra-constraint'
  | 'schema.extra-index'
  | 'schema.extra-trigger'
  | 'schema.extra-type'
  | 'schema.extra-enum-value'
  | 'schema.extra-sequence'
  | 'schema.extra-extension'
  | 'schema.enum-order'
  | 'schema.domain'
  | 'schema.sequence'
  | 'schema.definition'
  | 'schema.trigger'
  | 'schema.invalid-index'
  | 'schema.unpopulated-view'
  | 'schema.not-valid-constraint'
  | 'schema.disabled-trigger'
  | 'schema.broken-reference'
  | 'schema.damaged'
  | 'schema.restored'
  | 'schema.extension-version';

/** Notes one difference. @internal */
export type Note = (id: SchemaDifferenceId, place: string, message: string) => void;

/** What notes differences, and those that were noted. @internal */
export function notebook(): { readonly note: Note; readonly noted: SchemaDifference[] } {
  const noted: SchemaDifference[] = [];
  const note: Note = (id, place, message) => {
    const [status] = DIFFERENCES[id];
    noted.push({ id, status, place, message });
  };
  return { note, noted };
}

/** The name of something as it is shown: quoted where it would not be understood otherwise. @internal */
export function shownName(...path: readonly string[]): string {
  return path
    .map((name) => {
      const shown = redactName(printable(name), 100);
      return /^[\p{Ll}_][\p{Ll}\p{N}_$]*$/u.test(shown) ? shown : `"${shown.replaceAll('"', '""')}"`;
    })
    .join('.');
}

/** SQL as it is shown, also of what is expected, which may come from a file. @internal */
export function shownSql(sql: string, longest: number): string {
  return shownText(undoubled(sql), longest);
}

/** Names in brackets, as SQL lists them. @internal */
export function shownList(names: readonly (string | null)[]): string {
  return `(${names.map((name) => (name === null ? 'an expression' : shownName(name))).join(', ')})`;
}
