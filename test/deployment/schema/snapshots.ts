import type {
  SchemaColumn,
  SchemaDifference,
  SchemaForeignKey,
  SchemaIndex,
  SchemaSnapshot,
  SchemaTable,
} from 'breakwater/deployment';

/** A column that takes null and has nothing special. */
export function column(name: string, more: Partial<SchemaColumn> = {}): SchemaColumn {
  return { name, type: 'integer', nullable: true, default: null, ...more };
}

/** A table of `public` with these columns. */
export function table(name: string, more: Partial<SchemaTable> = {}): SchemaTable {
  return {
    schema: 'public',
    name,
    kind: 'table',
    columns: [column('id')],
    primaryKey: null,
    unique: [],
    foreignKeys: [],
    checks: [],
    indexes: [],
    triggers: [],
    ...more,
  };
}

export function index(name: string, columns: readonly (string | null)[], more: Partial<SchemaIndex> = {}): SchemaIndex {
  const definition = `btree (${columns.map((one) => one ?? 'lower(x)').join(', ')})`;
  return { name, unique: false, columns, definition, valid: true, ...more };
}

export function foreignKey(from: string, to: string, more: Partial<SchemaForeignKey> = {}): SchemaForeignKey {
  return {
    name: `${from}_fkey`,
    columns: [from],
    references: { schema: 'public', table: to, columns: ['id'] },
    onDelete: 'no action',
    onUpdate: 'no action',
    valid: true,
    enabled: true,
    ...more,
  };
}

/** A snapshot of PostgreSQL. */
export function snapshot(tables: readonly SchemaTable[], more: Partial<SchemaSnapshot> = {}): SchemaSnapshot {
  return {
    format: 1,
    dialect: 'postgresql',
    schemas: ['public'],
    tables,
    enums: [],
    domains: [],
    sequences: [],
    extensions: [],
    ...more,
  };
}

/** A snapshot of SQLite. */
export function sqlite(tables: readonly SchemaTable[]): SchemaSnapshot {
  const inMain = tables.map((one) => ({
    ...one,
    schema: 'main',
    foreignKeys: one.foreignKeys.map((key) => ({ ...key, references: { ...key.references, schema: 'main' } })),
  }));
  return snapshot(inMain, { dialect: 'sqlite', schemas: ['main'] });
}

/** Differences as short lines, such as `FAIL schema.missing-column public.users.email`. */
export function lines(differences: readonly SchemaDifference[]): string[] {
  return differences.map(({ status, id, place }) => `${status} ${id} ${place}`);
}
