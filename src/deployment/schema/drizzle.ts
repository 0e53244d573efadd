import { InvalidArgumentError } from '../../core/errors.js';
import { isObject } from './shape.js';
import type { SchemaDialect } from './snapshot.js';
import type { ExpectedColumn, ExpectedForeignKey, ExpectedIndex, ExpectedTable, TableMap } from './table-map.js';

type Json = Readonly<Record<string, unknown>>;

/** The versions of drizzle's snapshots that were read with the tool itself beside. */
const VERSIONS: Readonly<Record<string, string>> = /* @__PURE__ */ Object.freeze({ postgresql: '7', sqlite: '6' });

/** Whether it is what drizzle-kit keeps as `meta/NNNN_snapshot.json`. @internal */
export function isDrizzleSnapshot(value: Json): boolean {
  return (
    typeof value['version'] === 'string' &&
    typeof value['dialect'] === 'string' &&
    ('prevId' in value || 'prevIds' in value)
  );
}

/** Whose database it is about. @internal */
export function drizzleDialect(value: Json): SchemaDialect {
  const [dialect, version] = [String(value['dialect']), value['version']];
  if (Object.hasOwn(VERSIONS, dialect) && VERSIONS[dialect] === version) return dialect as SchemaDialect;
  throw new InvalidArgumentError(
    'the expected schema: of the snapshots of drizzle only version 7 of PostgreSQL and 6 of SQLite are known, not those of drizzle-kit 1.0',
  );
}

/** The map that says the same; it is checked afterwards, as one from a file is. @internal */
export function drizzleMap(value: Json): TableMap {
  const enums = list(value['enums']);
  const tables = [...entries(value['tables']).map(([key, table]) => [key, tableOf(table, enums)] as const)];
  const views = entries(value['views']).map(
    ([key, view]) => [key, { ...placeOf(view), columns: viewColumns(view) }] as const,
  );
  return Object.fromEntries<ExpectedTable>([...tables, ...views]);
}

function placeOf(table: Json): { readonly schema?: string; readonly table: string } {
  const { schema, name } = table;
  // In SQLite there is no such field, in PostgreSQL it is empty for `public`.
  return { ...(schema !== undefined && { schema: text(schema) || 'public' }), table: text(name) };
}

function tableOf(table: Json, enums: readonly Json[]): ExpectedTable {
  const columns = list(table['columns']);
  const [composite] = list(table['compositePrimaryKeys']);
  const inKey = columns.filter((column) => column['primaryKey'] === true).map(({ name }) => text(name));
  const primaryKey = composite === undefined ? inKey : texts(composite['columns']);
  return {
    ...placeOf(table),
    columns: Object.fromEntries(columns.map((column) => [text(column['name']), columnOf(column, primaryKey, enums)])),
    ...(primaryKey.length > 0 && { primaryKey }),
    unique: list(table['uniqueConstraints']).map((one) => texts(one['columns'])),
    foreignKeys: list(table['foreignKeys']).map((one) => foreignKeyOf(one, 'schema' in table)),
    indexes: list(table['indexes']).map((index) => indexOf(index, columns)),
  };
}

function columnOf(column: Json, primaryKey: readonly string[], enums: readonly Json[]): ExpectedColumn {
  const { type, typeSchema, notNull, default: value, generated } = column;
  const own = enums.find(({ schema, name }) => schema === typeSchema && name === text(type).replace(/(\[\d*\])+$/, ''));
  return {
    type: typeSchema === undefined ? numbering(text(type), column) : ownType(text(typeSchema), text(type)),
    // What a key makes NOT NULL is not noted there.
    ...((notNull === true || !primaryKey.includes(text(column['name']))) && { nullable: notNull !== true }),
    ...(['string', 'number', 'boolean'].includes(typeof value) && { default: String(value) }),
    generated: isObject(generated),
    ...(own !== undefined && { values: texts(own['values']) }),
  };
}

/** A type that says, as `serial` does, that the column numbers itself: by which of both ways is not looked at. */
function numbering(type: string, { identity }: Json): string {
  return isObject(identity) ? type.replace(/int(?:eger)?$/i, 'serial') : type;
}

function ownType(schema: string, type: string): string {
  const [, name = '', array = ''] = /^(.*?)((?:\[\d*\])*)$/.exec(type) ?? [];
  const quoted = (part: string): string => `"${part.replaceAll('"', '""')}"`;
  return `${quoted(schema)}.${quoted(name)}${array}`;
}

function foreignKeyOf(key: Json, hasSchemas: boolean): ExpectedForeignKey {
  const { schemaTo, tableTo, columnsFrom, columnsTo, onDelete, onUpdate } = key;
  return {
    columns: texts(columnsFrom),
    references: {
      ...(hasSchemas && { schema: text(schemaTo) || 'public' }),
      table: text(tableTo),
      columns: texts(columnsTo),
    },
    ...(typeof onDelete === 'string' && { onDelete }),
    ...(typeof onUpdate === 'string' && { onUpdate }),
  };
}

function indexOf(index: Json, ofTable: readonly Json[]): ExpectedIndex {
  const columns = Array.isArray(index['columns']) ? (index['columns'] as unknown[]) : [];
  const names = columns.map((column) => {
    // In SQLite an expression stands there as a column does.
    if (typeof column === 'string') return ofTable.some(({ name }) => name === column) ? column : undefined;
    return isObject(column) && column['isExpression'] === false ? text(column['expression']) : undefined;
  });
  const more = {
    name: text(index['name']),
    unique: index['isUnique'] === true,
    partial: index['where'] !== undefined,
  };
  const isPlain = (name: string | undefined): name is string => name !== undefined;
  return names.every(isPlain) ? { ...more, columns: names } : more;
}

/** What a view says of null is not known. */
function viewColumns(view: Json): ExpectedTable['columns'] {
  return Object.fromEntries(
    list(view['columns']).map(({ name, type, typeSchema }) => [
      text(name),
      typeSchema === undefined ? text(type) : ownType(text(typeSchema), text(type)),
    ]),
  );
}

function entries(value: unknown): (readonly [string, Json])[] {
  return isObject(value) ? Object.entries(value).map(([key, item]) => [key, isObject(item) ? item : {}]) : [];
}

function list(value: unknown): Json[] {
  return entries(value).map(([, item]) => item);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(text) : [];
}
