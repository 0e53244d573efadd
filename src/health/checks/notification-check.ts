import { finite, parseOptions } from '../../core/options.js';
import type { HealthCheckContext, HealthFinding } from '../options.js';
import { checkFunction, found, invalid, isAmount } from './found.js';
import { checkOrder, judgeAbove } from './limits.js';

/** Options of {@link notificationCheck}. */
export interface NotificationCheckOptions {
  /** A queue that is longer is `DEGRADED`; at least 0. */
  readonly degradedAbove: number;
  /** A queue that is longer is `UNHEALTHY`; above `degradedAbove`. */
  readonly unhealthyAbove: number;
}

/**
 * A check of what waits to be sent: `DEGRADED` and `UNHEALTHY` when more waits than the two limits allow.
 *
 * @param queueDepth - says how many wait, at once or as a promise. What it throws counts as a check that failed.
 * @throws {@link InvalidArgumentError} when `queueDepth` is not a function.
 * @throws {@link InvalidOptionsError} naming every option that is missing, unknown or out of range.
 *
 * @example
 * health.register('mail', notificationCheck(() => outbox.size, { degradedAbove: 100, unhealthyAbove: 10_000 }));
 */
export function notificationCheck(
  queueDepth: (context: HealthCheckContext) => number | PromiseLike<number>,
  options: NotificationCheckOptions,
): (context: HealthCheckContext) => Promise<HealthFinding> {
  checkFunction('notificationCheck', 'queueDepth', queueDepth);
  const schema = {
    degradedAbove: finite({ min: 0, required: true }),
    unhealthyAbove: finite({ min: 0, required: true }),
  };
  const limits = parseOptions('notificationCheck', schema, options, ({ degradedAbove, unhealthyAbove }, report) => {
    checkOrder(report, 'unhealthyAbove', unhealthyAbove, 'degradedAbove', degradedAbove);
  });
  return async (context) => {
    const depth: unknown = await queueDepth(context);
    if (!isAmount(depth) || !Number.isFinite(depth))
      return invalid('the queue depth must be a finite number of at least 0', depth);
    const { status, message } = judgeAbove('queue depth is', depth, limits, String);
    return found(status, message, { queueDepth: depth });
  };
}
