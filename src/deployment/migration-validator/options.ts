import type { Clock } from '../../core/clock.js';
import {
  clockOption,
  durationMs,
  flag,
  oneOf,
  type ParsedOptions,
  type ReportIssue,
  text,
} from '../../core/options.js';
import { dialectProblem, expectedOption, namesOption, type SchemaSnapshot, type TableMap } from '../schema/index.js';
import type { DatabaseDialect, DatabaseQuery } from '../database/dialect.js';
import type { CustomMigrationTool, MigrationToolName } from './custom-tool.js';
import { optional } from '../checks/kinds.js';
import { dialectOption, queryOption } from '../database/option-kinds.js';
import { foldersOption, patternOption, sqlNameOption, toolOption } from './option-kinds.js';

/** Options of {@link MigrationValidator}. */
export interface MigrationValidatorOptions {
  /** What the report is called, where there are several; 1 to 200 characters. @defaultValue `'migrations'` */
  readonly name?: string | undefined;
  /** What runs the migrations. `auto` goes by the tables in the database and the files in the folder. @defaultValue `'auto'` */
  readonly tool?: 'auto' | MigrationToolName | CustomMigrationTool | undefined;
  /**
   * The folder of the migrations, as the build ships it, or for `knex` a list of them; a relative path begins at the working directory,
   * not at the module.
   */
  readonly dir: string | readonly string[];
  /**
   * Sends one text of SQL without parameters and answers what came back, in whichever form the client has. It may go to a
   * pool. Best as a role that may only read.
   */
  readonly query: DatabaseQuery;
  /** What the database is. */
  readonly dialect: DatabaseDialect;
  /** The table of the tool, where it was configured; not with `auto`. @defaultValue that of the tool */
  readonly table?: string | undefined;
  /** The schema of that table, on PostgreSQL; not with `auto`. @defaultValue that of the tool, or the search path */
  readonly schema?: string | undefined;
  /** The endings of files that `knex` loads, where it was configured, with their dots, such as `['.js']` beside declarations. @defaultValue those of knex */
  readonly loadExtensions?: readonly string[] | undefined;
  /** An expression for the names of files that `node-pg-migrate` passes over, where it was configured; for the whole name. @defaultValue that of the tool: what begins with a dot */
  readonly ignorePattern?: string | undefined;
  /**
   * What the schema should be once every migration is applied: a map written by hand, or what `recordSchema` answered when all
   * was right. It is compared unless migrations are pending, which explain the difference.
   * @defaultValue the schema is not compared
   */
  readonly expected?: SchemaSnapshot | TableMap | undefined;
  /** Tables that are left out of the comparison, as `schemaCheck` takes them. @defaultValue none */
  readonly ignoreTables?: readonly string[] | undefined;
  /** Whether the database may have what the folder has not, as it has after a rollback of the build. Without it that is a `FAIL`. @defaultValue `true` */
  readonly allowAhead?: boolean | undefined;
  /**
   * What becomes of a migration that comes before one which was applied earlier; with `allow` it is in its list, and no finding.
   * `warn` and `allow` say as well that the tool was told to run it: kysely with `allowUnorderedMigrations`, node-pg-migrate
   * without its check of the order.
   * @defaultValue `'fail'` where the tool runs nothing then, otherwise `'warn'`
   */
  readonly outOfOrder?: 'fail' | 'warn' | 'allow' | undefined;
  /** The longest that each read of the database, or of the folder, may take; ms, at least 1. @defaultValue `5_000` */
  readonly timeoutMs?: number | undefined;
  /** Time source. @defaultValue `systemClock` */
  readonly clock?: Clock | undefined;
}

/** Defaults of {@link MigrationValidatorOptions}. */
export const MIGRATION_VALIDATOR_DEFAULTS = /* @__PURE__ */ Object.freeze({
  name: 'migrations',
  tool: 'auto',
  allowAhead: true,
  timeoutMs: 5_000,
});

/** @internal */
export const migrationValidatorOptions = {
  name: text(MIGRATION_VALIDATOR_DEFAULTS.name),
  tool: toolOption(),
  dir: foldersOption(),
  query: queryOption(),
  dialect: dialectOption(),
  table: sqlNameOption(),
  schema: sqlNameOption(),
  loadExtensions: namesOption(),
  ignorePattern: patternOption(),
  expected: optional(expectedOption()),
  ignoreTables: namesOption(),
  allowAhead: flag(MIGRATION_VALIDATOR_DEFAULTS.allowAhead),
  outOfOrder: optional(oneOf(['fail', 'warn', 'allow'], 'fail')),
  timeoutMs: durationMs(MIGRATION_VALIDATOR_DEFAULTS.timeoutMs, { min: 1, max: 2_147_483_647 }),
  clock: clockOption(),
};

/** @internal */
export type ParsedMigrationValidatorOptions = ParsedOptions<typeof migrationValidatorOptions>;

/** Whether somebody lives with what is out of order, and so has told the tool to run it. @internal */
export function isTolerated(outOfOrder: MigrationValidatorOptions['outOfOrder']): boolean {
  return outOfOrder === 'warn' || outOfOrder === 'allow';
}

/** What the options cannot say together. @internal */
export function checkTogether(options: ParsedMigrationValidatorOptions, report: ReportIssue): void {
  const { tool, table, schema, dialect } = options;
  const postgres = dialect === 'postgresql';
  if (typeof tool !== 'string' && tool.strictOrder === true && isTolerated(options.outOfOrder))
    report('outOfOrder', 'is for a tool that runs it, and tool.strictOrder says that it does not');
  if (options.expected !== undefined) dialectProblem(options.expected, dialect, report);
  else if (options.ignoreTables !== undefined) report('ignoreTables', "says what of 'expected' is left out");
  for (const [path, owner, told] of [
    ['dir[1]', 'knex', options.dir[1]],
    ['loadExtensions', 'knex', options.loadExtensions],
    ['ignorePattern', 'node-pg-migrate', options.ignorePattern],
  ] as const)
    if (told !== undefined && tool !== owner) report(path, `is for the tool '${owner}'`);
  for (const [path, value] of Object.entries({ table, schema })) {
    if (value === undefined) continue;
    if (tool === 'auto') report(path, "cannot be told for 'auto': say which tool it is");
    else if (typeof tool !== 'string') report(path, `is what tool.${path} says`);
    else if (tool === 'prisma' && path === 'table') report(path, 'cannot be another for prisma');
  }
  if (!postgres && schema !== undefined) report('schema', 'is for PostgreSQL');
  if (!postgres && typeof tool !== 'string' && tool.schema !== undefined) report('tool.schema', 'is for PostgreSQL');
  if (!postgres && tool === 'node-pg-migrate') report('tool', "'node-pg-migrate' is for PostgreSQL");
}
