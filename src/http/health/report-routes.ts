import type { HealthReport } from '../../health/index.js';
import type { Authorizer } from './authorization.js';
import type { HealthRoute } from './health-routes.js';
import type { Phase } from './report.js';
import { formatFor, healthAnswer, sendHealth } from './send-report.js';
import type { SharedReport } from './shared-report.js';

/** Everything that is known; for others the status of the whole. @internal */
export function checkRoute(shared: SharedReport, authorized: Authorizer): HealthRoute {
  return {
    name: 'check',
    async answer(request) {
      const [rendered, details] = await Promise.all([shared.get(), authorized(request)]);
      const format = formatFor(request);
      const key = `check ${format} ${String(details)}`;
      sendHealth(
        request,
        rendered.text(key, (report) => healthAnswer(report, format, { details })),
      );
    },
  };
}

/** One small status snapshot: where the service is in its life, and how many components are how; for others the status. @internal */
export function summaryRoute(shared: SharedReport, authorized: Authorizer, phaseNow: () => Phase): HealthRoute {
  return {
    name: 'summary',
    async answer(request) {
      const [rendered, details] = await Promise.all([shared.get(), authorized(request)]);
      const format = formatFor(request);
      const phase = details ? phaseNow() : undefined;
      const key = `summary ${format} ${String(phase)}`;
      sendHealth(
        request,
        rendered.text(key, (report) =>
          healthAnswer(report, format, phase === undefined ? {} : { json: summaryOf(report, phase) }),
        ),
      );
    },
  };
}

function summaryOf({ status, components }: HealthReport, phase: Phase): object {
  const counts = { HEALTHY: 0, DEGRADED: 0, UNHEALTHY: 0 };
  for (const component of components) counts[component.status]++;
  return { status, phase, components: counts };
}
