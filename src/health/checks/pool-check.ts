import type { Clock } from '../../core/clock.js';
import { HealthStatus } from '../../core/health-status.js';
import { clockOption, durationMs, parseOptions } from '../../core/options.js';
import { steady } from '../../core/steady.js';
import { isThenable, quiet } from '../../core/thenable.js';
import { failure, shortMs } from '../finding.js';
import type { HealthCheckContext, HealthFinding } from '../options.js';
import { checkFunction, fieldsOf, found, invalid, isAmount } from './found.js';

/** How a pool of connections stands. */
export interface PoolState {
  /** Connections in use. */
  readonly active: number;
  /** Connections that are open and not in use; only shown. */
  readonly idle?: number | undefined;
  /** Connections that there may be, at least 1. */
  readonly max: number;
  /** Callers that wait for a connection. A pool that does not know counts as saturated when all are in use. */
  readonly waiting?: number | undefined;
}

/** Options of {@link poolCheck}. */
export interface PoolCheckOptions {
  /** A pool that has been saturated this long without a break is `DEGRADED`; ms, at least 0. @defaultValue `5_000` */
  readonly saturatedAfterMs?: number | undefined;
  /** Time source. @defaultValue `systemClock` */
  readonly clock?: Clock | undefined;
}

/** Defaults of {@link PoolCheckOptions}. */
export const POOL_CHECK_DEFAULTS = /* @__PURE__ */ Object.freeze({ saturatedAfterMs: 5_000 });

/**
 * A check of a pool of connections that takes none: `DEGRADED` when all of them have been in use for `saturatedAfterMs`
 * while callers waited. A moment of that is what pools are for. It is never `UNHEALTHY`: whether the server can be reached
 * is another question, that of {@link databaseCheck}.
 *
 * @param source - reads the pool's own counts, and must answer at once: who waited for the pool would find out nothing else.
 * @throws {@link InvalidArgumentError} when `source` is not a function.
 * @throws {@link InvalidOptionsError} naming every option that is unknown or out of range.
 *
 * @example
 * const state = () => ({ active: pool.totalCount - pool.idleCount, max: 10, waiting: pool.waitingCount });
 * health.register('pool', poolCheck(state));
 */
export function poolCheck(
  source: () => PoolState,
  options?: PoolCheckOptions,
): (context: HealthCheckContext) => Promise<HealthFinding> {
  checkFunction('poolCheck', 'source', source);
  const schema = { saturatedAfterMs: durationMs(POOL_CHECK_DEFAULTS.saturatedAfterMs), clock: clockOption() };
  const { saturatedAfterMs, clock } = parseOptions('poolCheck', schema, options);
  const now = steady(clock);
  let saturatedSinceMs: number | undefined;

  function read(): HealthFinding | PoolState {
    const answer: unknown = source();
    if (isThenable(answer)) {
      quiet(answer);
      return invalid('the source must answer at once', answer);
    }
    const state = fieldsOf(answer);
    if (state === undefined) return invalid('the source must answer { active, max }', answer);
    const { active, max, idle, waiting } = state;
    if (!isAmount(active)) return invalid('active must be a number of at least 0', active);
    if (!isAmount(max) || max < 1) return invalid('max must be a number of at least 1', max);
    if (waiting !== undefined && !isAmount(waiting)) return invalid('waiting must be a number of at least 0', waiting);
    if (idle !== undefined && !isAmount(idle)) return invalid('idle must be a number of at least 0', idle);
    return { active, max, ...(idle === undefined ? {} : { idle }), ...(waiting === undefined ? {} : { waiting }) };
  }

  function judge(state: PoolState, nowMs: number): HealthFinding {
    const { active, max, waiting } = state;
    if (active < max || waiting === 0) {
      saturatedSinceMs = undefined;
      return found(HealthStatus.HEALTHY, undefined, state);
    }
    saturatedSinceMs ??= nowMs;
    const saturatedForMs = nowMs - saturatedSinceMs;
    const details = { ...state, saturatedForMs };
    if (saturatedForMs < saturatedAfterMs) return found(HealthStatus.HEALTHY, undefined, details);
    const queue = waiting === undefined ? '' : ` and ${String(waiting)} waiting`;
    const message = `saturated for ${shortMs(saturatedForMs)}: ${String(active)} of ${String(max)} in use${queue}`;
    return found(HealthStatus.DEGRADED, message, details);
  }

  function look(): HealthFinding {
    try {
      const state = read();
      if (!('status' in state)) return judge(state, now());
      saturatedSinceMs = undefined;
      return state;
    } catch (error) {
      // What could not be read was not seen to be saturated.
      saturatedSinceMs = undefined;
      return failure(HealthStatus.DEGRADED, 'the pool cannot be read', error);
    }
  }

  return () => Promise.resolve(look());
}
