/**
 * Says whether a build may go to production, and why not.
 *
 * @packageDocumentation
 */
export type { DeploymentCheck, DeploymentCheckContext } from './check.js';
export type {
  DeploymentFinding,
  DeploymentOutcome,
  DeploymentReport,
  DeploymentVerdict,
  FindingPlace,
} from './finding.js';
export { CheckStatus } from './finding.js';
export type {
  ExpectedColumn,
  ExpectedForeignKey,
  ExpectedIndex,
  ExpectedTable,
  RecordSchemaOptions,
  SchemaCheck,
  SchemaCheckOptions,
  SchemaColumn,
  SchemaDialect,
  SchemaDifference,
  SchemaDifferenceId,
  SchemaDomain,
  SchemaEnum,
  SchemaExtension,
  SchemaForeignKey,
  SchemaIndex,
  SchemaKey,
  SchemaSequence,
  SchemaSnapshot,
  SchemaTable,
  SchemaTableKind,
  SchemaTrigger,
  SchemaUnique,
  TableMap,
} from './schema/index.js';
export {
  diffSchemas,
  parseExpectedSchema,
  RECORD_SCHEMA_DEFAULTS,
  recordSchema,
  SCHEMA_CHECK_DEFAULTS,
  schemaCheck,
  SchemaUnreadableError,
} from './schema/index.js';

export type { DatabaseDialect, DatabaseQuery } from './database/dialect.js';

export { MigrationValidator } from './migration-validator/migration-validator.js';
export type { CustomMigrationTool, MigrationToolName } from './migration-validator/custom-tool.js';
export type { MigrationValidatorOptions } from './migration-validator/options.js';
export { MIGRATION_VALIDATOR_DEFAULTS } from './migration-validator/options.js';
export type { MigrationReport } from './migration-validator/report.js';
