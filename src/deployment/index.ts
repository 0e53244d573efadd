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
export type { DatabaseQuery } from './checks/database-connection-check.js';
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
export { filesCheck } from './checks/files/files-check.js';
export type { CheckedFile, CheckedFileFormat, FilesCheckOptions } from './checks/files/options.js';
export { FILES_CHECK_DEFAULTS } from './checks/files/options.js';
export { dependenciesCheck } from './checks/dependencies/dependencies-check.js';
export type { DependenciesCheckOptions } from './checks/dependencies/options.js';
export { DEPENDENCIES_CHECK_DEFAULTS } from './checks/dependencies/options.js';
