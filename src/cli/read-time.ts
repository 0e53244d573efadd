import { UsageError } from './failures.js';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/**
 * A time such as `500ms`, `2s`, `5m`, `1h` or `2000` (ms), in ms.
 *
 * @param most - the longest, as it is written.
 * @throws {@link UsageError}
 */
export function readTime(
  flag: string,
  text: string | undefined,
  fallbackMs: number,
  most: string,
  help: string,
): number {
  if (text === undefined) return fallbackMs;
  const ms = msOf(text);
  if (ms >= 1 && ms <= msOf(most)) return ms;
  throw new UsageError(`'${flag}' takes from 1ms to ${most}, such as 500ms, 2s, 5m or 2000 (ms)`, help);
}

function msOf(text: string): number {
  const [, number, unit = 'ms'] = /^(\d{1,9})(ms|s|m|h)?$/.exec(text) ?? [];
  return number === undefined ? Number.NaN : Number(number) * (UNITS[unit] ?? Number.NaN);
}
