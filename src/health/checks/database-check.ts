import type { Clock } from '../../core/clock.js';
import { InvalidArgumentError } from '../../core/errors.js';
import { HealthStatus } from '../../core/health-status.js';
import { clockOption, describe, durationMs, parseOptions } from '../../core/options.js';
import { steady } from '../../core/steady.js';
import { failure, finding, shortMs } from '../finding.js';
import type { HealthCheckContext, HealthFinding } from '../options.js';

/** Options of {@link databaseCheck}. */
export interface DatabaseCheckOptions {
  /** A query that takes this long or longer is `DEGRADED`; ms, at least 1. @defaultValue `100` */
  readonly healthyBelowMs?: number | undefined;
  /** Time source. @defaultValue `systemClock` */
  readonly clock?: Clock | undefined;
}

/** Defaults of {@link DatabaseCheckOptions}. */
export const DATABASE_CHECK_DEFAULTS = /* @__PURE__ */ Object.freeze({ healthyBelowMs: 100 });

/**
 * A check that sends a query: answered in time it is `HEALTHY`, later `DEGRADED`, failed `UNHEALTHY`.
 *
 * @param query - sends the cheapest query there is; what it answers does not matter. Best on a connection of its own, so
 * that it does not wait behind the visitors.
 * @throws {@link InvalidArgumentError} when `query` is not a function.
 * @throws {@link InvalidOptionsError} naming every option that is unknown or out of range.
 *
 * @example
 * health.register('database', databaseCheck(() => pool.query('select 1')), { critical: true });
 */
export function databaseCheck(
  query: (context: HealthCheckContext) => unknown,
  options?: DatabaseCheckOptions,
): (context: HealthCheckContext) => Promise<HealthFinding> {
  if (typeof query !== 'function') {
    throw new InvalidArgumentError(`databaseCheck: query must be a function, got ${describe(query)}`);
  }
  const schema = {
    healthyBelowMs: durationMs(DATABASE_CHECK_DEFAULTS.healthyBelowMs, { min: 1 }),
    clock: clockOption(),
  };
  const { healthyBelowMs, clock } = parseOptions('databaseCheck', schema, options);
  const now = steady(clock);
  return async (context) => {
    const startedAtMs = now();
    try {
      await query(context);
    } catch (error) {
      return failure(HealthStatus.UNHEALTHY, 'query failed', error);
    }
    const tookMs = now() - startedAtMs;
    if (tookMs < healthyBelowMs) return { status: HealthStatus.HEALTHY };
    return finding(HealthStatus.DEGRADED, `query took ${shortMs(tookMs)}; healthy is below ${shortMs(healthyBelowMs)}`);
  };
}
