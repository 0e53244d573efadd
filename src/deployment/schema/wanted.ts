import type {
  SchemaCheck,
  SchemaColumn,
  SchemaDialect,
  SchemaForeignKey,
  SchemaIndex,
  SchemaKey,
  SchemaSnapshot,
  SchemaTableKind,
  SchemaTrigger,
} from './snapshot.js';
import type { ExpectedColumn, ExpectedForeignKey, ExpectedTable, TableMap } from './table-map.js';

/** A table as it is expected, from a snapshot or a map: what is left out is not looked at. @internal */
export interface WantedTable {
  readonly schema: string;
  readonly name: string;
  readonly kind?: SchemaTableKind;
  readonly columns: readonly WantedColumn[];
  readonly primaryKey?: WantedKey | null;
  readonly unique?: readonly WantedUnique[];
  readonly foreignKeys?: readonly WantedForeignKey[];
  readonly checks?: readonly SchemaCheck[];
  readonly indexes?: readonly WantedIndex[];
  readonly triggers?: readonly WantedTrigger[];
  readonly definition?: string | undefined;
}

/** @internal */
export interface WantedKey {
  readonly columns: readonly string[];
  readonly deferrable?: SchemaKey['deferrable'];
}

/** @internal */
export interface WantedUnique extends WantedKey {
  readonly nullsNotDistinct?: true;
}

/** @internal */
export type WantedColumn = Pick<SchemaColumn, 'name'> & {
  readonly type?: string | undefined;
  readonly nullable?: boolean | undefined;
  readonly default?: string | null | undefined;
  /** `null`: it is not computed; `true`: from whatever. */
  readonly generated?: string | true | null | undefined;
  readonly identity?: SchemaColumn['identity'] | null;
  readonly values?: readonly string[] | undefined;
};

/** @internal */
export type WantedForeignKey = Pick<SchemaForeignKey, 'columns' | 'references'> & {
  readonly onDelete?: string | undefined;
  readonly onUpdate?: string | undefined;
  readonly deferrable?: SchemaForeignKey['deferrable'] | null;
  readonly valid?: boolean;
  readonly enabled?: boolean;
};

/** @internal */
export interface WantedIndex {
  readonly name?: string | undefined;
  readonly unique?: boolean | undefined;
  readonly columns?: SchemaIndex['columns'] | undefined;
  readonly partial?: boolean | undefined;
  readonly nullsNotDistinct?: true;
  readonly definition?: string;
  readonly valid?: boolean;
}

/** @internal */
export interface WantedTrigger {
  readonly name: string;
  readonly definition?: string;
  readonly enabled?: boolean;
  readonly fires?: SchemaTrigger['fires'];
}

/** A recorded table says all of it. @internal */
export function wantedTables(snapshot: SchemaSnapshot): WantedTable[] {
  return snapshot.tables.map((table) => ({
    ...table,
    columns: table.columns.map((column) => ({
      ...column,
      generated: column.generated ?? null,
      identity: column.identity ?? null,
    })),
    foreignKeys: table.foreignKeys.map((key) => ({ ...key, deferrable: key.deferrable ?? null })),
    indexes: table.indexes.map((index) => ({ ...index, partial: index.where !== undefined })),
  }));
}

/** Where a table without a schema is looked for. @internal */
export function usualSchema({
  schemas,
  dialect,
}: {
  readonly schemas: readonly string[];
  readonly dialect: SchemaDialect;
}): string {
  if (dialect === 'sqlite') return 'main';
  return schemas.length === 1 ? (schemas[0] ?? 'public') : 'public';
}

/** @internal */
export function mappedTables(map: TableMap, usual: string): WantedTable[] {
  return Object.entries(map).map(([key, table]) => mappedTable(key, table, usual));
}

function mappedTable(key: string, table: ExpectedTable, usual: string): WantedTable {
  const schema = table.schema ?? usual;
  return {
    schema,
    name: table.table ?? key,
    columns: Object.entries(table.columns).map(([name, column]) => mappedColumn(name, column)),
    ...(table.primaryKey && { primaryKey: { columns: table.primaryKey } }),
    unique: (table.unique ?? []).map((columns) => ({ columns })),
    foreignKeys: (table.foreignKeys ?? []).map((key_) => mappedForeignKey(key_, schema)),
    indexes: (table.indexes ?? []).map((index) =>
      'columns' in index || 'name' in index
        ? { ...index, ...(index.columns && { partial: index.partial ?? false }) }
        : { columns: index as readonly string[], partial: false },
    ),
    triggers: (table.triggers ?? []).map((name) => ({ name })),
  };
}

function mappedColumn(name: string, column: string | ExpectedColumn): WantedColumn {
  if (typeof column === 'string') return { name, type: column };
  const { generated, ...rest } = column;
  return { name, ...rest, ...(generated !== undefined && { generated: generated ? true : null }) };
}

function mappedForeignKey(key: ExpectedForeignKey, schema: string): WantedForeignKey {
  return { ...key, references: { schema, ...definedOnly(key.references) } };
}

function definedOnly(references: ExpectedForeignKey['references']): {
  table: string;
  columns: readonly string[];
  schema?: string;
} {
  const { schema, table, columns } = references;
  return schema === undefined ? { table, columns } : { schema, table, columns };
}
