/**
 * Says whether a build may go to production, and why not.
 *
 * @packageDocumentation
 */
export type { DeploymentFinding, DeploymentOutcome, DeploymentReport, DeploymentVerdict } from './finding.js';
export { CheckStatus } from './finding.js';
