import { HealthStatus } from '../../core/health-status.js';
import type { BreakerCore } from './breaker-core.js';

/** What a breaker's state says about the service. @internal */
export function circuitHealth(core: BreakerCore): { readonly status: HealthStatus; readonly message?: string } {
  core.look();
  const { state, isolatedBecause } = core;
  if (state === 'CLOSED' || state === 'DISABLED') return { status: HealthStatus.HEALTHY };
  const because = state === 'ISOLATED' && isolatedBecause !== undefined ? `: ${isolatedBecause}` : '';
  if (core.blueprint.shadow) {
    return { status: HealthStatus.HEALTHY, message: `circuit would be ${state}${because}, but only watches` };
  }
  return { status: HealthStatus.DEGRADED, message: `circuit is ${state}${because}` };
}
