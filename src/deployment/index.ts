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
