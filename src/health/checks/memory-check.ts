import { finite, optionalFunction, parseOptions, ratio } from '../../core/options.js';
import type { HealthCheckContext, HealthFinding } from '../options.js';
import { fieldsOf, found, invalid, isAmount } from './found.js';
import { checkOrder, judgeAbove, shortBytes, shortShare, together } from './limits.js';
import { type MemoryReading, readMemory } from './runtime.js';

/** Options of {@link memoryCheck}. */
export interface MemoryCheckOptions {
  /** Above this share of a limit it is `DEGRADED`; 0 to 1. @defaultValue `0.8` */
  readonly degradedAboveRatio?: number | undefined;
  /** Above this share of a limit it is `UNHEALTHY`; above `degradedAboveRatio`, at most 1. @defaultValue `0.95` */
  readonly unhealthyAboveRatio?: number | undefined;
  /** What the whole process may use, in bytes, at least 1. @defaultValue the limit of its container, if there is one */
  readonly maxRssBytes?: number | undefined;
  /** Where the figures come from. @defaultValue the platform */
  readonly read?: (() => MemoryReading | PromiseLike<MemoryReading>) | undefined;
}

/** Defaults of {@link MemoryCheckOptions}. */
export const MEMORY_CHECK_DEFAULTS = /* @__PURE__ */ Object.freeze({
  degradedAboveRatio: 0.8,
  unhealthyAboveRatio: 0.95,
});

/**
 * A check of the memory of this process: the JavaScript heap against what it may grow to, and all of the process against
 * `maxRssBytes` or the limit of its container. The worse of the two counts.
 *
 * @throws {@link InvalidOptionsError} naming every option that is unknown or out of range.
 *
 * @example
 * health.register('memory', memoryCheck({ maxRssBytes: 512 * 1_024 ** 2 }));
 */
export function memoryCheck(options?: MemoryCheckOptions): (context: HealthCheckContext) => Promise<HealthFinding> {
  const schema = {
    degradedAboveRatio: ratio(MEMORY_CHECK_DEFAULTS.degradedAboveRatio),
    unhealthyAboveRatio: ratio(MEMORY_CHECK_DEFAULTS.unhealthyAboveRatio),
    maxRssBytes: finite({ min: 1, default: undefined }),
    read: optionalFunction<() => MemoryReading | PromiseLike<MemoryReading>>(),
  };
  const {
    degradedAboveRatio,
    unhealthyAboveRatio,
    maxRssBytes,
    read = readMemory,
  } = parseOptions('memoryCheck', schema, options, (parsed, report) => {
    checkOrder(
      report,
      'unhealthyAboveRatio',
      parsed.unhealthyAboveRatio,
      'degradedAboveRatio',
      parsed.degradedAboveRatio,
    );
  });
  const limits = { degradedAbove: degradedAboveRatio, unhealthyAbove: unhealthyAboveRatio };
  const judge = (what: string, used: number, limit: number) =>
    judgeAbove(`${what} uses ${shortBytes(used)} of ${shortBytes(limit)}:`, used / limit, limits, shortShare);
  return async () => {
    const reading = fieldsOf(await read());
    const { heapUsedBytes, heapLimitBytes, rssBytes } = reading ?? {};
    const rssLimitBytes = maxRssBytes ?? reading?.['rssLimitBytes'] ?? undefined;
    for (const amount of [heapUsedBytes, heapLimitBytes, rssBytes, rssLimitBytes ?? 1])
      if (!isAmount(amount) || amount === 0) return invalid('the memory must be read as numbers of bytes', amount);
    const details = { heapUsedBytes, heapLimitBytes, rssBytes, rssLimitBytes };
    const { status, message } = together([
      judge('the heap', heapUsedBytes as number, heapLimitBytes as number),
      ...(rssLimitBytes === undefined ? [] : [judge('the process', rssBytes as number, rssLimitBytes as number)]),
    ]);
    return found(status, message, details);
  };
}
