import type { MigrationToolName } from '../custom-tool.js';
import { drizzleTool } from './drizzle.js';
import { knexTool } from './knex.js';
import { kyselyTool } from './kysely.js';
import { nodePgMigrateTool } from './node-pg-migrate.js';
import { prismaTool } from './prisma.js';
import type { MigrationTool, ToldPlace } from './tool.js';
import { typeormTool } from './typeorm.js';
import { umzugTool } from './umzug.js';

/** The tools by name. @internal */
export function toolNamed(
  name: MigrationToolName,
  place: ToldPlace,
  dialect: 'postgresql' | 'sqlite',
  generation: 'journal' | 'folders',
): MigrationTool {
  switch (name) {
    case 'knex':
      return knexTool(place);
    case 'drizzle':
      return drizzleTool(place, dialect, generation);
    case 'prisma':
      return prismaTool(place, dialect);
    case 'node-pg-migrate':
      return nodePgMigrateTool(place);
    case 'kysely':
      return kyselyTool(place);
    case 'typeorm':
      return typeormTool(place);
    default:
      return umzugTool(name, place);
  }
}

/** By what a table of some tool is known. @internal */
export interface TableSign {
  readonly table: string;
  readonly columns: readonly string[];
  /** Nothing for a tool that is not supported. */
  readonly tool: MigrationToolName | undefined;
  /** For people. */
  readonly label: string;
  /** The schema that it always has. */
  readonly schema?: string;
}

/** Tables that tell which tool has run. A name alone would not do: `migrations` is called that by many. @internal */
export const TABLE_SIGNS: readonly TableSign[] = /* @__PURE__ */ Object.freeze([
  { table: 'knex_migrations', columns: ['name', 'batch'], tool: 'knex', label: 'knex' },
  { table: '__drizzle_migrations', columns: ['hash', 'created_at'], tool: 'drizzle', label: 'drizzle' },
  { table: '_prisma_migrations', columns: ['migration_name', 'checksum'], tool: 'prisma', label: 'prisma' },
  { table: 'SequelizeMeta', columns: ['name'], tool: 'umzug', label: 'umzug or sequelize' },
  { table: 'pgmigrations', columns: ['name', 'run_on'], tool: 'node-pg-migrate', label: 'node-pg-migrate' },
  { table: 'kysely_migration', columns: ['name', 'timestamp'], tool: 'kysely', label: 'kysely' },
  { table: 'migrations', columns: ['id', 'timestamp', 'name'], tool: 'typeorm', label: 'typeorm' },
  { table: 'marker', schema: 'prisma_contract', columns: ['core_hash'], tool: undefined, label: 'Prisma 8' },
  { table: '_prisma_marker', columns: ['core_hash'], tool: undefined, label: 'Prisma 8' },
  { table: 'mikro_orm_migrations', columns: ['name'], tool: undefined, label: 'MikroORM' },
  { table: 'flyway_schema_history', columns: ['script'], tool: undefined, label: 'Flyway' },
  { table: 'atlas_schema_revisions', columns: ['version'], tool: undefined, label: 'Atlas' },
] satisfies TableSign[]);
