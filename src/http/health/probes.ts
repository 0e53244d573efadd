import type { RequestView } from '../exchange.js';
import type { HealthRoute } from './health-routes.js';
import type { KnownSource, Phase } from './report.js';
import { formatFor, healthAnswer, sendHealth } from './send-report.js';

/**
 * Whether the process works. Whoever asks may restart it, so neither what it depends on nor where it is in its life matters.
 * @internal
 */
export function liveRoute(checks: KnownSource): HealthRoute {
  return {
    name: 'live',
    async answer(request) {
      sendHealth(request, healthAnswer(await checks.liveness(), formatFor(request)));
    },
  };
}

/**
 * Whether the service may get traffic: whatever the checks say, none while it starts or drains. Nobody is asked who may see
 * details: a probe must not wait for that.
 * @internal
 */
export function readyRoute(checks: KnownSource, phaseNow: () => Phase): HealthRoute {
  return {
    name: 'ready',
    async answer(request: RequestView) {
      const phase = phaseNow();
      const report = phase === 'READY' ? await checks.readiness() : NOT_READY;
      const { status } = report;
      sendHealth(request, healthAnswer(report, formatFor(request), { json: { status, phase } }));
    },
  };
}

const NOT_READY = /* @__PURE__ */ Object.freeze({ status: 'UNHEALTHY' as const, components: [] });
