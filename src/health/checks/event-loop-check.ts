import type { Clock } from '../../core/clock.js';
import { HealthStatus } from '../../core/health-status.js';
import { clockOption, durationMs, optionalFunction, parseOptions, ratio } from '../../core/options.js';
import { shortMs } from '../finding.js';
import type { HealthCheckContext, HealthFinding } from '../options.js';
import { found, invalid, isAmount } from './found.js';
import { checkOrder, judgeAbove, shortShare, together } from './limits.js';
import { LoopSampler } from './loop-sampler.js';
import { type EventLoopReading, readEventLoop } from './runtime.js';

/** Options of {@link eventLoopCheck}. */
export interface EventLoopCheckOptions {
  /** Busy for a larger share of the last window it is `DEGRADED`; 0 to 1. @defaultValue `0.9` */
  readonly degradedAboveUtilization?: number | undefined;
  /** The same for `UNHEALTHY`; above `degradedAboveUtilization`. @defaultValue no limit */
  readonly unhealthyAboveUtilization?: number | undefined;
  /** With a timer that was later than this, in ms, in the last window it is `DEGRADED`; at least 0. @defaultValue `500` */
  readonly degradedAboveDelayMs?: number | undefined;
  /** The same for `UNHEALTHY`; above `degradedAboveDelayMs`. @defaultValue no limit */
  readonly unhealthyAboveDelayMs?: number | undefined;
  /** Length of the window, in ms, at least 100; up to a tenth longer in fact. @defaultValue `1_000` */
  readonly windowMs?: number | undefined;
  /** Where the figures come from. @defaultValue the platform's `performance.eventLoopUtilization` */
  readonly read?: (() => EventLoopReading) | undefined;
  /** Time source. @defaultValue `systemClock` */
  readonly clock?: Clock | undefined;
}

/** Defaults of {@link EventLoopCheckOptions}. */
export const EVENT_LOOP_CHECK_DEFAULTS = /* @__PURE__ */ Object.freeze({
  degradedAboveUtilization: 0.9,
  degradedAboveDelayMs: 500,
  windowMs: 1_000,
});

/**
 * A check of this thread's event loop: how busy it was, and how late timers were, in the last `windowMs`; never on average
 * since the process began. It watches from when it is made, with a timer that keeps no process alive.
 *
 * @throws {@link InvalidOptionsError} naming every option that is unknown or out of range.
 *
 * @example
 * health.register('event loop', eventLoopCheck());
 */
export function eventLoopCheck(
  options?: EventLoopCheckOptions,
): (context: HealthCheckContext) => Promise<HealthFinding> {
  const defaults = EVENT_LOOP_CHECK_DEFAULTS;
  const schema = {
    degradedAboveUtilization: ratio(defaults.degradedAboveUtilization),
    unhealthyAboveUtilization: ratio(undefined),
    degradedAboveDelayMs: durationMs(defaults.degradedAboveDelayMs),
    unhealthyAboveDelayMs: durationMs(undefined),
    windowMs: durationMs(defaults.windowMs, { min: 100 }),
    read: optionalFunction<() => EventLoopReading>(),
    clock: clockOption(),
  };
  const parsed = parseOptions('eventLoopCheck', schema, options, (all, report) => {
    for (const figure of ['Utilization', 'DelayMs'] as const) {
      const [degraded, unhealthy] = [`degradedAbove${figure}`, `unhealthyAbove${figure}`] as const;
      checkOrder(report, unhealthy, all[unhealthy], degraded, all[degraded]);
    }
  });
  const busy = {
    degradedAbove: parsed.degradedAboveUtilization,
    unhealthyAbove: parsed.unhealthyAboveUtilization,
  };
  const late = { degradedAbove: parsed.degradedAboveDelayMs, unhealthyAbove: parsed.unhealthyAboveDelayMs };
  const sampler = new LoopSampler(parsed.clock, parsed.read ?? readEventLoop, parsed.windowMs);

  function look(): HealthFinding {
    const { utilization, delayMs, lengthMs, whole } = sampler.window();
    if (!isAmount(utilization)) return invalid('the readings must be numbers that grow', utilization);
    const details = {
      utilization: Math.round(utilization * 1_000) / 1_000,
      delayMs: Math.round(delayMs * 10) / 10,
      windowMs: Math.round(lengthMs),
    };
    // What a process does in its first moments says nothing about how it serves.
    if (!whole) return found(HealthStatus.HEALTHY, 'not watched for a whole window yet', details);
    const { status, message } = together([
      judgeAbove('the event loop was busy for', utilization, busy, shortShare),
      judgeAbove('a timer was late by', delayMs, late, shortMs),
    ]);
    const reason = message === undefined ? undefined : `${message} (last ${shortMs(lengthMs)})`;
    return found(status, reason, details);
  }

  // Within a promise, where what reading throws is a rejection.
  return () => Promise.resolve().then(look);
}
