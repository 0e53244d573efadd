import { BreakwaterError } from '../../core/errors.js';

/** A deployment check took longer than it may. The `reason` of the signal that the check was given. */
export class DeploymentCheckTimeoutError extends BreakwaterError {
  readonly code = 'BREAKWATER_DEPLOYMENT_CHECK_TIMEOUT';

  /** The class's name. */
  override get name(): string {
    return 'DeploymentCheckTimeoutError';
  }
}
