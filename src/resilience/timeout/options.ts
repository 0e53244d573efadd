import type { Clock } from '../../core/clock.js';
import { clockOption, durationMs, type ParsedOptions, parseOptions, text } from '../../core/options.js';
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
    ms: durationMs(undefined, { min: 1 }),
    name: text(name),
    clock: clockOption(),
    onListenerError: onListenerErrorOption(),
  };
}

/** @internal */
export type ParsedTimeLimitOptions = Omit<ParsedOptions<ReturnType<typeof schema>>, 'ms'> & { readonly ms: number };

/** @internal */
export function parseTimeLimitOptions(
  kind: 'timeout' | 'deadline',
  ms: number,
  options: TimeLimitOptions | undefined,
): ParsedTimeLimitOptions {
  const given = { ...(options as object | undefined), ms };
  const parsed = parseOptions(kind, schema(kind), given, ({ ms: limitMs }, report) => {
    if (limitMs === undefined) report('ms', 'is required: it must be a finite number of milliseconds of at least 1');
  });
  return parsed as ParsedTimeLimitOptions;
}
