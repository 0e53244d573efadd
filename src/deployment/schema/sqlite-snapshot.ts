import {
  byName,
  type Catalogue,
  type CatalogueRow,
  expressionOf,
  groupedBy,
  nameOf,
  namesOf,
  optionalExpression,
} from './catalogue.js';
import type {
  SchemaColumn,
  SchemaForeignKey,
  SchemaIndex,
  SchemaKey,
  SchemaTable,
  SchemaTableKind,
} from './snapshot.js';
import { sqliteDefinition, sqliteIndexCondition, sqliteIndexDefinition } from './sqlite-definition.js';

type Data = CatalogueRow['data'];

/** What the rows of the catalogue of SQLite say. @internal */
export function sqliteSnapshot(rows: readonly CatalogueRow[]): Catalogue {
  const [columns, indexes, inIndexes, keys, triggers] = [
    groupedBy(rows, 'column'),
    groupedBy(rows, 'index'),
    groupedBy(rows, 'index column'),
    groupedBy(rows, 'foreign key'),
    groupedBy(rows, 'trigger'),
  ];
  const tables = rows
    .filter(({ kind }) => kind === 'table')
    .map(({ data }) =>
      tableOf(data, {
        columns: columns.get(data['name']) ?? [],
        indexes: (indexes.get(data['name']) ?? []).map((index) => ({
          ...index,
          columns: columnsOf(inIndexes.get(`${String(data['name'])}/${String(index['seq'])}`) ?? []),
        })),
        keys: keys.get(data['name']) ?? [],
        triggers: triggers.get(data['name']) ?? [],
      }),
    );
  return {
    snapshot: {
      format: 1,
      dialect: 'sqlite',
      schemas: ['main'],
      tables: byName(tables.map((table) => withReferredColumns(table, tables))),
      enums: [],
      domains: [],
      sequences: [],
      extensions: [],
    },
    partFlaws: [],
    absent: [],
  };
}

/** `null` for an expression. */
function columnsOf(rows: readonly Data[]): unknown[] {
  return [...rows].sort((a, b) => Number(a['n']) - Number(b['n'])).map(({ name }) => name);
}

interface Parts {
  readonly columns: readonly Data[];
  readonly indexes: readonly Data[];
  readonly keys: readonly Data[];
  readonly triggers: readonly Data[];
}

function tableOf(data: Data, { columns, indexes, keys, triggers }: Parts): SchemaTable {
  const sql = typeof data['sql'] === 'string' ? data['sql'] : '';
  const kind = kindOf(data['type'], sql);
  const { checks, generated, options } =
    kind === 'table'
      ? sqliteDefinition(sql)
      : { checks: [], generated: new Map<string, string>(), options: expressionOf(sql) };
  const shown = columns.filter(({ hidden }) => hidden !== 1).sort((a, b) => Number(a['n']) - Number(b['n']));
  const inKey = shown.filter(({ key }) => Number(key) > 0).sort((a, b) => Number(a['key']) - Number(b['key']));
  const [first] = inKey;
  const rowId =
    inKey.length === 1 && /^integer$/i.test(String(first?.['type'])) && !/without rowid/.test(options)
      ? first
      : undefined;
  const ofOrigin = (origin: string): Data[] => indexes.filter((index) => index['origin'] === origin);
  return {
    schema: 'main',
    name: nameOf(data['name']),
    kind,
    columns: shown.map((column) => columnOf(column, generated, column === rowId)),
    primaryKey: inKey.length === 0 ? null : { name: '', columns: inKey.map(({ name }) => nameOf(name)) },
    unique: byKey(ofOrigin('u').map((index) => ({ name: '', columns: namesOf(index['columns']) }))),
    foreignKeys: byKey(foreignKeysOf(keys)),
    checks: byName(
      checks.map(({ name, definition }) => ({ name: nameOf(name), definition: expressionOf(definition), valid: true })),
    ),
    indexes: byName(ofOrigin('c').map(indexOf)),
    triggers: byName(
      triggers.map(({ name, sql: text }) => ({ name: nameOf(name), definition: expressionOf(text), enabled: true })),
    ),
    ...(options !== '' && { definition: options }),
  };
}

function kindOf(type: unknown, sql: string): SchemaTableKind {
  if (type === 'view') return 'view';
  return /^create\s+virtual\s/i.test(sql) ? 'virtual table' : 'table';
}

function columnOf(data: Data, generated: ReadonlyMap<string, string>, rowId: boolean): SchemaColumn {
  const name = nameOf(data['name']);
  const computed = data['hidden'] === 2 || data['hidden'] === 3;
  const type = nameOf(data['type']);
  return {
    name,
    // Behind the type of a computed column stands how it is computed.
    type: computed ? type.replace(/\s*generated always$/i, '') : type,
    nullable: !rowId && Boolean(data['nullable']),
    default: optionalExpression(data['default']),
    ...(computed && { generated: expressionOf(generated.get(String(data['name']).toLowerCase())) }),
    ...(rowId && { identity: 'serial' as const }),
  };
}

function indexOf(data: Data): SchemaIndex {
  const sql = typeof data['sql'] === 'string' ? data['sql'] : '';
  const where = sqliteIndexCondition(sql);
  const columns = Array.isArray(data['columns']) ? (data['columns'] as unknown[]) : [];
  return {
    name: nameOf(data['name']),
    unique: Boolean(data['unique']),
    columns: columns.map((column) => (column === null ? null : nameOf(column))),
    ...(where !== undefined && { where: expressionOf(where) }),
    definition: expressionOf(sqliteIndexDefinition(sql)),
    valid: true,
  };
}

function foreignKeysOf(rows: readonly Data[]): SchemaForeignKey[] {
  const groups = new Map<unknown, Data[]>();
  for (const row of [...rows].sort((a, b) => Number(a['n']) - Number(b['n'])))
    groups.set(row['id'], [...(groups.get(row['id']) ?? []), row]);
  return [...groups.values()].map((group) => ({
    name: '',
    columns: group.map(({ column }) => nameOf(column)),
    references: {
      schema: 'main',
      table: nameOf(group[0]?.['references']),
      // Left out, it is the primary key.
      columns: group.every(({ theirs }) => theirs === null) ? [] : group.map(({ theirs }) => nameOf(theirs)),
    },
    onDelete: nameOf(group[0]?.['delete']).toLowerCase(),
    onUpdate: nameOf(group[0]?.['update']).toLowerCase(),
    valid: true,
    enabled: true,
  }));
}

function withReferredColumns(table: SchemaTable, tables: readonly SchemaTable[]): SchemaTable {
  const foreignKeys = table.foreignKeys.map((key) => {
    if (key.references.columns.length > 0) return key;
    const theirs = tables.find(({ name }) => name.toLowerCase() === key.references.table.toLowerCase())?.primaryKey;
    return { ...key, references: { ...key.references, columns: theirs?.columns ?? [] } };
  });
  return { ...table, foreignKeys: byKey(foreignKeys) };
}

/** Constraints of SQLite that have no name that it tells are in the order of their columns. */
function byKey<T extends SchemaKey>(keys: readonly T[]): T[] {
  const key = (one: T): string => JSON.stringify(one);
  return [...keys].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}
