import { HealthStatus, worse } from '../../core/health-status.js';
import type { ReportIssue } from '../../core/options.js';

/** What one figure says. @internal */
export interface Judgement {
  readonly status: HealthStatus;
  readonly message?: string;
}

/** From where on a figure is not good any more; nothing is no limit. @internal */
export interface Limits {
  readonly degradedAbove?: number | undefined;
  readonly unhealthyAbove?: number | undefined;
}

/**
 * Judges one figure; exactly at a limit it is within.
 *
 * @param what - begins the sentence: `queue depth is`.
 * @param show - writes a figure for people.
 * @internal
 */
export function judgeAbove(what: string, value: number, limits: Limits, show: (value: number) => string): Judgement {
  const { degradedAbove = Infinity, unhealthyAbove = Infinity } = limits;
  const [status, limit] =
    value > unhealthyAbove
      ? [HealthStatus.UNHEALTHY, unhealthyAbove]
      : value > degradedAbove
        ? [HealthStatus.DEGRADED, degradedAbove]
        : [HealthStatus.HEALTHY, undefined];
  return limit === undefined ? { status } : { status, message: `${what} ${show(value)}, above ${show(limit)}` };
}

/** The worst of several figures, with the reasons of all that are not good. @internal */
export function together(judgements: readonly Judgement[]): Judgement {
  let status: HealthStatus = HealthStatus.HEALTHY;
  for (const judgement of judgements) status = worse(status, judgement.status);
  const messages = judgements.flatMap(({ message }) => message ?? []);
  return messages.length === 0 ? { status } : { status, message: messages.join('; ') };
}

/** Reports a limit that the one before it would hide. @internal */
export function checkOrder(
  report: ReportIssue,
  path: string,
  unhealthyAbove: number | undefined,
  degradedPath: string,
  degradedAbove: number | undefined,
): void {
  if (unhealthyAbove === undefined || degradedAbove === undefined || unhealthyAbove > degradedAbove) return;
  report(path, `must be above ${degradedPath}, which is ${String(degradedAbove)}, got ${String(unhealthyAbove)}`);
}

const UNITS = /* @__PURE__ */ Object.freeze(['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']);

/** Bytes as text, for people. @internal */
export function shortBytes(bytes: number): string {
  let size = bytes;
  let unit = 0;
  // Before 1024 of one unit are shown that are one of the next.
  for (; size >= 1_023.95 && unit < UNITS.length - 1; unit++) size /= 1_024;
  return `${String(Math.round(size * 10) / 10)} ${UNITS[unit] ?? ''}`;
}

/** A share as text, for people. @internal */
export function shortShare(ratio: number): string {
  return `${String(Math.round(ratio * 10_000) / 100)} %`;
}
