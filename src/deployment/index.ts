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
export type { CheckedConfig, EnvironmentCheckOptions, EnvironmentSource } from './checks/environment-check.js';
export { environmentCheck, REQUIRED_VARIABLES } from './checks/environment-check.js';
export type { DatabaseProbe } from './checks/database-connection-check.js';
export type { DeploymentChecked, DeploymentEvents } from './deployment-checker/events.js';
export type {
  CheckedHealth,
  CheckedMigrations,
  DeploymentCheckerOptions,
  RunChecksOptions,
  Silence,
} from './deployment-checker/options.js';
export type {
  CheckCounts,
  CheckResult,
  DeploymentResults,
  DeploymentSnapshot,
  DeploymentSummary,
  ResultFinding,
  Silenced,
} from './deployment-checker/result.js';
export { DEPLOYMENT_CHECKER_DEFAULTS } from './deployment-checker/options.js';
export { DeploymentCheckTimeoutError } from './deployment-checker/errors.js';
export { DeploymentChecker } from './deployment-checker/deployment-checker.js';
export type {
  HealthCheckReport,
  HealthCheckValidatorOptions,
  HealthRouteFact,
  TrustedCertificates,
} from './health-check-validator/index.js';
export { HEALTH_CHECK_VALIDATOR_DEFAULTS, HealthCheckValidator } from './health-check-validator/index.js';
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
export type { MigrationReport, SchemaReport } from './migration-validator/report.js';
export { filesCheck } from './checks/files/files-check.js';
export type { CheckedFile, CheckedFileFormat, FilesCheckOptions } from './checks/files/options.js';
export { FILES_CHECK_DEFAULTS } from './checks/files/options.js';
export { dependenciesCheck } from './checks/dependencies/dependencies-check.js';
export type { DependenciesCheckOptions } from './checks/dependencies/options.js';
export { DEPENDENCIES_CHECK_DEFAULTS } from './checks/dependencies/options.js';
export type { CookieSettings, CORSSettings, SecurityCheckOptions, TLSFiles } from './checks/security/options.js';
export { SECURITY_CHECK_DEFAULTS } from './checks/security/options.js';
export { securityCheck } from './checks/security/security-check.js';
