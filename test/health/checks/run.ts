import type { HealthCheck, HealthFinding } from 'breakwater/health';
import { HealthCheckService } from 'breakwater/health';
import { ManualClock } from 'breakwater/testing';

/** What a check answers when it is run by itself. */
export function run(check: HealthCheck, signal = new AbortController().signal): Promise<HealthFinding> {
  return Promise.resolve(check({ signal })) as Promise<HealthFinding>;
}

/** How a service shows a check, critical or not. */
export async function shown(check: HealthCheck, critical = false) {
  const health = new HealthCheckService({ clock: new ManualClock() });
  health.register('it', check, { critical });
  return (await health.check()).components[0];
}
