import { HealthStatus } from '../../core/health-status.js';
import type { BreakerCore } from './breaker-core.js';

/** What a breaker's state says about the service. @internal */
export function circuitHealth(core: BreakerCore): { readonly status: HealthStatus; readonly message?: string } {
  core.look();
  const { state, isolatedBecause } = core;
  const ramping = core.rampRatio(core.blueprint.now()) !== undefined;
  if (state === 'DISABLED' || (state === 'CLOSED' && !ramping)) return { status: HealthStatus.HEALTHY };
  const because = state === 'ISOLATED' && isolatedBecause !== undefined ? `: ${isolatedBecause}` : '';
  if (core.blueprint.shadow) {
    return { status: HealthStatus.HEALTHY, message: `circuit would be ${state}${because}, but only watches` };
  }
  const is = ramping ? 'takes up its load step by step' : `is ${state}${because}`;
  return { status: HealthStatus.DEGRADED, message: `circuit ${is}` };
}

/** Whether only calls can make it well: probes, or those that a ramp lets through. @internal */
export function circuitAwaitsCall(core: BreakerCore): boolean {
  core.look();
  return core.state === 'HALF_OPEN' || (core.state === 'CLOSED' && core.rampRatio(core.blueprint.now()) !== undefined);
}
