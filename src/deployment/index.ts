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
export { filesCheck } from './checks/files/files-check.js';
export type { CheckedFile, CheckedFileFormat, FilesCheckOptions } from './checks/files/options.js';
export { FILES_CHECK_DEFAULTS } from './checks/files/options.js';
export { dependenciesCheck } from './checks/dependencies/dependencies-check.js';
export type { DependenciesCheckOptions } from './checks/dependencies/options.js';
export { DEPENDENCIES_CHECK_DEFAULTS } from './checks/dependencies/options.js';
export type { CookieSettings, CORSSettings, SecurityCheckOptions, TLSFiles } from './checks/security/options.js';
export { SECURITY_CHECK_DEFAULTS } from './checks/security/options.js';
export { securityCheck } from './checks/security/security-check.js';
