import { InvalidArgumentError } from '../../core/errors.js';
import { HealthStatus } from '../../core/health-status.js';
import { describe, finite, optionalFunction, parseOptions, ratio } from '../../core/options.js';
import { redactName } from '../../core/redaction.js';
import { failure, finding } from '../finding.js';
import type { HealthCheckContext, HealthFinding } from '../options.js';
import { fieldsOf, found, invalid, isAmount } from './found.js';
import { checkOrder, judgeAbove, type Judgement, shortBytes, shortShare, together } from './limits.js';

/** How full a file system is, in blocks, as `statfs` says it. */
export interface DiskReading {
  /** Size of a block, in bytes. */
  readonly bsize: number;
  /** Blocks that there are. */
  readonly blocks: number;
  /** Blocks that are free. */
  readonly bfree: number;
  /** Blocks that are free for those who are not the superuser. */
  readonly bavail: number;
}

/** Options of {@link diskCheck}. */
export interface DiskCheckOptions {
  /** Above this used share it is `DEGRADED`; 0 to 1. @defaultValue `0.8` */
  readonly degradedAboveRatio?: number | undefined;
  /** Above this used share it is `UNHEALTHY`; above `degradedAboveRatio`, at most 1. @defaultValue `0.9` */
  readonly unhealthyAboveRatio?: number | undefined;
  /** With fewer bytes available it is `UNHEALTHY`, whatever the share; at least 0. @defaultValue no limit */
  readonly minFreeBytes?: number | undefined;
  /** Where the figures come from. @defaultValue the platform's `statfs` */
  readonly read?: ((path: string) => DiskReading | PromiseLike<DiskReading>) | undefined;
}

/** Defaults of {@link DiskCheckOptions}. */
export const DISK_CHECK_DEFAULTS = /* @__PURE__ */ Object.freeze({ degradedAboveRatio: 0.8, unhealthyAboveRatio: 0.9 });

/**
 * A check of the file system that holds a path: how much of it is used, as those see it who are not the superuser.
 *
 * @param path - a file or folder that must be there; shown with secrets masked.
 * @throws {@link InvalidArgumentError} when `path` is no text, or empty.
 * @throws {@link InvalidOptionsError} naming every option that is unknown or out of range.
 *
 * @example
 * health.register('uploads', diskCheck('/var/lib/uploads', { minFreeBytes: 1_024 ** 3 }));
 */
export function diskCheck(
  path: string,
  options?: DiskCheckOptions,
): (context: HealthCheckContext) => Promise<HealthFinding> {
  if (typeof path !== 'string' || path === '' || path.includes('\0')) {
    const got = typeof path === 'string' ? 'one that is empty or has a zero byte' : describe(path);
    throw new InvalidArgumentError(`diskCheck: path must be the path of a file or folder, got ${got}`);
  }
  const schema = {
    degradedAboveRatio: ratio(DISK_CHECK_DEFAULTS.degradedAboveRatio),
    unhealthyAboveRatio: ratio(DISK_CHECK_DEFAULTS.unhealthyAboveRatio),
    minFreeBytes: finite({ min: 0, default: undefined }),
    read: optionalFunction<(path: string) => DiskReading | PromiseLike<DiskReading>>(),
  };
  const {
    degradedAboveRatio,
    unhealthyAboveRatio,
    minFreeBytes = 0,
    read = statfs,
  } = parseOptions('diskCheck', schema, options, (parsed, report) => {
    checkOrder(
      report,
      'unhealthyAboveRatio',
      parsed.unhealthyAboveRatio,
      'degradedAboveRatio',
      parsed.degradedAboveRatio,
    );
  });
  const limits = { degradedAbove: degradedAboveRatio, unhealthyAbove: unhealthyAboveRatio };
  const shown = redactName(path, 100);
  return async () => {
    let reading: unknown;
    try {
      reading = await read(path);
    } catch (error) {
      if (isMissing(error)) return finding(HealthStatus.UNHEALTHY, `there is no '${shown}'`);
      return failure(HealthStatus.UNHEALTHY, `'${shown}' cannot be looked at`, error);
    }
    const { bsize, blocks, bfree, bavail } = fieldsOf(reading) ?? {};
    for (const amount of [bsize, blocks, bfree, bavail])
      if (!Number.isFinite(amount)) return invalid('statfs must answer numbers', amount);
    const size = bsize as number;
    // Some systems say less than nothing when even what is reserved is used.
    const free = Math.max(0, bavail as number) * size;
    const used = ((blocks as number) - (bfree as number)) * size;
    if (!isAmount(used) || used + free <= 0) {
      return finding(HealthStatus.DEGRADED, `'${shown}' is on a file system that says no size`);
    }
    // What is reserved for the superuser is neither used nor free, as `df` counts it.
    const usedRatio = used / (used + free);
    const short: Judgement =
      free < minFreeBytes
        ? {
            status: HealthStatus.UNHEALTHY,
            message: `${shortBytes(free)} are available, below ${shortBytes(minFreeBytes)}`,
          }
        : { status: HealthStatus.HEALTHY };
    const what = `'${shown}' has ${shortBytes(free)} available, used is`;
    const { status, message } = together([judgeAbove(what, usedRatio, limits, shortShare), short]);
    return found(status, message, { path: shown, freeBytes: free, usedBytes: used, usedRatio: rounded(usedRatio) });
  };
}

async function statfs(path: string): Promise<DiskReading> {
  const files = await import('node:fs/promises');
  return files.statfs(path);
}

function isMissing(error: unknown): boolean {
  try {
    const code = fieldsOf(error)?.['code'];
    return code === 'ENOENT' || code === 'ENOTDIR';
  } catch {
    return false;
  }
}

function rounded(ratio: number): number {
  return Math.round(ratio * 10_000) / 10_000;
}
