import type { Authorizer } from './authorization.js';
import { ForASecond } from './for-a-second.js';
import type { HealthRoute } from './health-routes.js';
import { securityCounts, securityDetails, type SecurityParts } from './security-report.js';
import { send } from '../send.js';

/** How many clients are kept out; for those who may see it, who and why. Always 200: it says nothing of the service's health. @internal */
export function securityRoute(parts: SecurityParts, authorized: Authorizer, now: () => number): HealthRoute {
  const counts = new ForASecond(now, () => JSON.stringify(securityCounts(parts)));
  const details = new ForASecond(now, () => JSON.stringify(securityDetails(parts)));
  return {
    name: 'security',
    async answer(request) {
      const shown = (await authorized(request)) ? details : counts;
      send(request, 200, { contentType: 'application/json; charset=utf-8', headers: [], body: shown.get() });
    },
  };
}
