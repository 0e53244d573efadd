import type { Clock } from '../../core/clock.js';
import { InvalidOptionsError } from '../../core/errors.js';
import { clockOption, durationMs, type ParsedOptions, readOptions, text } from '../../core/options.js';
import { type ListenerErrorHandler, onListenerErrorOption } from '../../core/reporter.js';

/** Options of {@link timeout} and {@link deadline}. */
export interface TimeLimitOptions {
  /** Shown in events and metrics; 1 to 200 characters. @defaultValue `'timeout'` or `'deadline'` */
  readonly name?: string | undefined;
  /** Time source. @defaultValue `systemClock` */
  readonly clock?: Clock | undefined;
  /** Hears of listeners that throw. @defaultValue `process.emitWarning` */
  readonly onListenerError?: ListenerErrorHandler | undefined;
}

function schema(name: string) {
  return {
    name: text(name),
    clock: clockOption(),
    onListenerError: onListenerErrorOption(),
  };
}

/** @internal */
export type ParsedTimeLimitOptions = ParsedOptions<ReturnType<typeof schema>> & { readonly ms: number };

/** @internal */
export function parseTimeLimitOptions(
  kind: 'timeout' | 'deadline',
  ms: number | undefined,
  options: TimeLimitOptions | undefined,
): ParsedTimeLimitOptions {
  const { parsed, issues } = readOptions(schema(kind), options);
  const report = (path: string, message: string): void => {
    issues.unshift({ path, message });
  };
  if (ms === undefined) report('ms', 'is required: it must be a finite number of milliseconds of at least 1');
  else durationMs(undefined, { min: 1 }).parse(ms, 'ms', report);
  if (issues.length > 0) throw new InvalidOptionsError(kind, issues);
  return { ...parsed, ms: ms as number };
}
