import type { Clock } from '../../core/clock.js';
import { steady } from '../../core/steady.js';
import type { DeploymentCheck, DeploymentCheckContext } from '../check.js';
import { CheckStatus, type DeploymentOutcome, type DeploymentReport, shownError } from '../finding.js';

/** Sends a query; what it answers does not matter. */
export type DatabaseProbe = (context: DeploymentCheckContext) => unknown;

/** A query that takes as long is worth a look before the visitors come. */
const SLOW_MS = 1_000;

const NOTHING_TO_WAIT_FOR: DeploymentReport = /* @__PURE__ */ Object.freeze({
  message: 'the query could not be waited for: its function returns nothing',
  findings: [
    {
      id: 'database.not-awaited',
      status: CheckStatus.FAIL,
      message: 'the function that sends the query returns nothing',
      hint: "return the query's promise: () => pool.query('SELECT 1')",
      crashed: true,
    },
  ],
});

/**
 * A check that a database answers. One that takes a second or longer is a `WARN`.
 *
 * @param query - sends the cheapest query there is, such as `() => pool.query('SELECT 1')`.
 */
export function databaseConnectionCheck(query: DatabaseProbe, clock: Clock): DeploymentCheck {
  const now = steady(clock);
  return {
    id: 'database',
    name: 'Database connection',
    tags: ['database', 'live'],
    async run(context): Promise<DeploymentOutcome> {
      const startedAtMs = now();
      try {
        const answer: unknown = query(context);
        // Nobody waits for a query whose promise is not handed over, and its failure would pass for success.
        if (answer === undefined) return NOTHING_TO_WAIT_FOR;
        await (answer as PromiseLike<unknown>);
      } catch (error) {
        return {
          status: CheckStatus.FAIL,
          message: `the query failed: ${shownError(error)}`,
          hint: 'is the database up, reachable from here, and are the credentials right?',
        };
      }
      const tookMs = Math.round(now() - startedAtMs);
      return tookMs < SLOW_MS
        ? { status: CheckStatus.PASS, message: 'the database answers', metadata: { tookMs } }
        : {
            status: CheckStatus.WARN,
            message: `the database took ${String(tookMs)} ms to answer`,
            hint: 'look at its load and at the way to it',
            metadata: { tookMs },
          };
    },
  };
}
