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
  HealthCheckReport,
  HealthCheckValidatorOptions,
  HealthRouteFact,
  TrustedCertificates,
} from './health-check-validator/index.js';
export { HEALTH_CHECK_VALIDATOR_DEFAULTS, HealthCheckValidator } from './health-check-validator/index.js';
