import type { Clock } from '../../core/clock.js';
import { HealthStatus } from '../../core/health-status.js';
import { clockOption, count, finite, parseOptions } from '../../core/options.js';
import { shortMs } from '../finding.js';
import type { HealthCheckContext, HealthFinding } from '../options.js';
import { checkFunction, found, invalid, isAmount } from './found.js';

/** Options of {@link auditCheck}. */
export interface AuditCheckOptions {
  /** How far back entries count, in ms, at least 1. */
  readonly windowMs: number;
  /** Fewer entries than this are `DEGRADED`. Integer, at least 0, where 0 only shows how many there were. */
  readonly minimum: number;
  /** Time source. @defaultValue `systemClock` */
  readonly clock?: Clock | undefined;
}

/** What the source of an {@link auditCheck} is asked for. */
export interface AuditCheckContext extends HealthCheckContext {
  /** How far back entries count, in ms. */
  readonly windowMs: number;
  /** The same as an instant: ms since the Unix epoch, by the wall clock. */
  readonly since: number;
}

/**
 * A check of the audit trail: `DEGRADED` when the last `windowMs` had fewer entries than `minimum`. It is never
 * `UNHEALTHY` because of a count: a trail is also silent when nobody does anything.
 *
 * @param recentCount - says how many entries there were since then, at once or as a promise. What it throws counts as a
 * check that failed.
 * @throws {@link InvalidArgumentError} when `recentCount` is not a function.
 * @throws {@link InvalidOptionsError} naming every option that is missing, unknown or out of range.
 *
 * @example
 * health.register('audit', auditCheck(({ since }) => trail.countSince(since), { windowMs: 3_600_000, minimum: 1 }));
 */
export function auditCheck(
  recentCount: (context: AuditCheckContext) => number | PromiseLike<number>,
  options: AuditCheckOptions,
): (context: HealthCheckContext) => Promise<HealthFinding> {
  checkFunction('auditCheck', 'recentCount', recentCount);
  const schema = {
    windowMs: finite({ min: 1, required: true }),
    minimum: count({ min: 0, required: true }),
    clock: clockOption(),
  };
  const { windowMs, minimum, clock } = parseOptions('auditCheck', schema, options);
  return async (context) => {
    const asked = { signal: context.signal, windowMs, since: clock.wallNow() - windowMs };
    const recent: unknown = await recentCount(asked);
    if (!isAmount(recent) || !Number.isFinite(recent))
      return invalid('the count must be a finite number of at least 0', recent);
    const details = { recentCount: recent, windowMs, minimum };
    if (recent >= minimum) return found(HealthStatus.HEALTHY, undefined, details);
    const entries = recent === 1 ? '1 entry' : `${recent === 0 ? 'no' : String(recent)} entries`;
    const message = `${entries} in the last ${shortMs(windowMs)}; healthy is from ${String(minimum)}`;
    return found(HealthStatus.DEGRADED, message, details);
  };
}
