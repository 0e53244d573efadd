import { InvalidArgumentError } from '../../core/errors.js';
import { describe } from '../../core/options.js';
import { drizzleDialect, drizzleMap, isDrizzleSnapshot } from './drizzle.js';
import { isSnapshot } from './is-snapshot.js';
import { fields, isFlag, isObject, isOne, isText, listOf, orNull, recordOf, type Shape, wrong } from './shape.js';
import type { SchemaDialect, SchemaSnapshot } from './snapshot.js';
import type { TableMap } from './table-map.js';

const names = listOf(isText);
const someNames = listOf(isText, 1);

const check = fields({ name: isText, definition: isText, valid: isFlag });
const named = { schema: isText, name: isText };
const key = { name: isText, columns: names };
const deferrable = isOne('initially immediate', 'initially deferred');

const snapshotTable = fields(
  {
    ...named,
    kind: isOne('table', 'partitioned table', 'foreign table', 'virtual table', 'view', 'materialized view'),
    columns: listOf(
      fields(
        { name: isText, type: isText, nullable: isFlag, default: orNull(isText) },
        { generated: isText, identity: isOne('always', 'by default', 'serial') },
      ),
    ),
    primaryKey: orNull(fields(key, { deferrable })),
    unique: listOf(fields(key, { deferrable, nullsNotDistinct: isOne(true) })),
    foreignKeys: listOf(
      fields(
        {
          ...key,
          references: fields({ schema: isText, table: isText, columns: names }),
          onDelete: isText,
          onUpdate: isText,
          valid: isFlag,
          enabled: isFlag,
        },
        { deferrable },
      ),
    ),
    checks: listOf(check),
    indexes: listOf(
      fields(
        { name: isText, unique: isFlag, columns: listOf(orNull(isText)), definition: isText, valid: isFlag },
        { where: isText, nullsNotDistinct: isOne(true) },
      ),
    ),
    triggers: listOf(
      fields({ name: isText, definition: isText, enabled: isFlag }, { fires: isOne('always', 'on replicas') }),
    ),
  },
  { definition: isText },
);

const snapshot = fields({
  format: isOne(1),
  dialect: isOne('postgresql', 'sqlite'),
  schemas: names,
  tables: listOf(snapshotTable),
  enums: listOf(fields({ ...named, values: names })),
  domains: listOf(fields({ ...named, type: isText, nullable: isFlag, default: orNull(isText), checks: listOf(check) })),
  sequences: listOf(fields({ ...named, type: isText, increment: isText })),
  extensions: listOf(fields({ name: isText, version: isText })),
});

const mapColumn = fields(
  {},
  { type: isText, nullable: isFlag, default: orNull(isText), generated: isFlag, values: someNames },
);
const mapIndex: Shape = (value, path) => {
  if (Array.isArray(value)) someNames(value, path);
  else {
    fields({}, { columns: someNames, name: isText, unique: isFlag, partial: isFlag })(value, path);
    if (isObject(value) && value['columns'] === undefined && value['name'] === undefined)
      throw new InvalidArgumentError(`the expected schema: ${path} must have columns or a name`);
  }
};
const foreignKey: Shape = (value, path) => {
  fields(
    {
      columns: someNames,
      references: fields({ table: isText, columns: someNames }, { schema: isText }),
    },
    { onDelete: isText, onUpdate: isText },
  )(value, path);
  const { columns, references } = value as {
    readonly columns: string[];
    readonly references: { readonly columns: string[] };
  };
  if (columns.length !== references.columns.length)
    throw new InvalidArgumentError(`the expected schema: ${path} must refer to as many columns as it has`);
};
const map = recordOf(
  fields(
    { columns: recordOf((value, path) => (typeof value === 'string' ? undefined : mapColumn(value, path))) },
    {
      schema: isText,
      table: isText,
      primaryKey: someNames,
      unique: listOf(someNames),
      foreignKeys: listOf(foreignKey),
      indexes: listOf(mapIndex),
      triggers: names,
    },
  ),
);

/**
 * An expected schema that comes from a file: a snapshot or a map, checked to the last field, or what drizzle-kit keeps as
 * `meta/NNNN_snapshot.json` (version 7 of PostgreSQL, 6 of SQLite), of which it makes a map.
 *
 * @param value - what `JSON.parse` answered.
 * @param dialect - that of the database which it is for; a snapshot of another is refused.
 * @throws {@link InvalidArgumentError} naming the first place that is wrong, never what stands there.
 *
 * @example
 * const expected = parseExpectedSchema(JSON.parse(await readFile('schema.json', 'utf8')), 'postgresql');
 */
export function parseExpectedSchema(value: unknown, dialect?: SchemaDialect): SchemaSnapshot | TableMap {
  if (!isObject(value)) throw new InvalidArgumentError(`the expected schema must be an object, got ${describe(value)}`);
  if (isDrizzleSnapshot(value)) {
    const theirs = drizzleDialect(value);
    if (dialect !== undefined && theirs !== dialect) wrong('drizzle.dialect', `'${dialect}'`, theirs);
    const converted = drizzleMap(value);
    map(converted, 'drizzle.tables');
    return converted;
  }
  const expected = value as unknown as SchemaSnapshot | TableMap;
  if (!isSnapshot(expected)) {
    map(value, 'map');
    return expected;
  }
  const format: number = expected.format;
  if (Number.isInteger(format) && format > 1)
    throw new InvalidArgumentError(
      `the expected schema: it is of format ${String(format)}, which a newer version made; this one knows 1`,
    );
  snapshot(value, 'snapshot');
  if (dialect !== undefined && expected.dialect !== dialect)
    wrong('snapshot.dialect', `'${dialect}'`, expected.dialect);
  return expected;
}
