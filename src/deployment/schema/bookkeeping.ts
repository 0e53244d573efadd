/**
 * Tables in which migration tools note what they did: they come and go with the tool and are no part of anybody's model.
 * Names as the tools give them unless told otherwise.
 */
const BOOKKEEPING: readonly string[] = /* @__PURE__ */ Object.freeze([
  'knex_migrations',
  'knex_migrations_lock',
  '__drizzle_migrations',
  '_prisma_migrations',
  '_prisma_marker',
  '_prisma_ledger',
  'sequelizemeta',
  'sequelizedata',
  'pgmigrations',
  'kysely_migration',
  'kysely_migration_lock',
  'typeorm_metadata',
  'mikro_orm_migrations',
  'flyway_schema_history',
  'atlas_schema_revisions',
  'databasechangelog',
  'databasechangeloglock',
  'goose_db_version',
]);

/** Names that an application might give a table of its own: they count only with exactly these columns. */
const BY_COLUMNS: Readonly<Record<string, readonly string[]>> = /* @__PURE__ */ Object.freeze({
  migrations: ['id', 'name', 'timestamp'],
  schema_migrations: ['version'],
});

/** Whether a table is one in which a migration tool keeps its books. @internal */
export function isBookkeeping(
  table: { readonly schema: string; readonly name: string; readonly columns: readonly { readonly name: string }[] },
  own: readonly string[] = [],
): boolean {
  const name = table.name.toLowerCase();
  if (own.includes(table.name) || own.includes(`${table.schema}.${table.name}`)) return true;
  if (BOOKKEEPING.includes(name) || (table.schema === 'prisma_contract' && PRISMA_8.includes(name))) return true;
  if (!Object.hasOwn(BY_COLUMNS, name)) return false;
  const columns = table.columns.map((column) => column.name).sort();
  return JSON.stringify(columns) === JSON.stringify(BY_COLUMNS[name]);
}

const PRISMA_8: readonly string[] = /* @__PURE__ */ Object.freeze(['marker', 'ledger', 'contract']);
