import { pino } from 'pino';
import type { OptionKind } from '../../core/options.js';
import { describe } from '../../core/options.js';

/** Where lines go: a stream, `pino.destination()`, a pino transport, or anything with `write`. */
export interface LogDestination {
  /** Takes one line, its line break included. What it throws or rejects counts as a line lost. */
  write(line: string): unknown;
  /** Calls `done`, or answers with a promise, when all lines are with the system. Without it they are at once. */
  flush?(done: (error?: unknown) => void): unknown;
}

/** What a destination may have besides, as streams and pino's destinations do. @internal */
export interface DestinationExtras {
  /** Of pino's own: whether lines are written at once. */
  readonly sync?: boolean;
  readonly destroyed?: boolean;
  readonly writableEnded?: boolean;
  readonly writableLength?: number;
  /** Of Node's streams. */
  readonly _write?: unknown;
  on?(event: string, listener: (...args: never[]) => void): unknown;
}

/** Characters that our own destination holds back while the disk does not take them. */
const MOST_WAITING = 16 * 1_048_576;

/**
 * Standard output, a file descriptor or a file, written at once: what was logged before the process ends is there.
 * @internal
 */
export function openDestination(dest: string | number): LogDestination {
  return pino.destination({ dest, sync: true, mkdir: true, maxLength: MOST_WAITING });
}

/** The `destination` options. @internal */
export function destinationOption(): OptionKind<LogDestination | string | number | undefined> {
  return {
    parse(value, path, report) {
      const fits =
        value === undefined ||
        (typeof value === 'string' && value !== '') ||
        (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) ||
        (typeof value === 'object' && value !== null && typeof (value as { write?: unknown }).write === 'function');
      if (!fits)
        report(
          path,
          `must be a stream, something else with write(), a path or a file descriptor, got ${describe(value)}`,
        );
      return value as LogDestination | string | number | undefined;
    },
  };
}
