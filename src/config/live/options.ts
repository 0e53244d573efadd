import type { Clock } from '../../core/clock.js';
import { clockOption, durationMs, type ParsedOptions, parseOptions, text } from '../../core/options.js';
import { type ListenerErrorHandler, onListenerErrorOption } from '../../core/reporter.js';

/** Options of a {@link LiveConfig}. */
export interface LiveConfigOptions {
  /** What it is called in metrics and events. @defaultValue the name of its configuration */
  readonly name?: string;
  /**
   * How often to look whether a file changed that a value was read from, in ms, from 100; 0 for never, so that only
   * `reload()` reads. No timer runs while no value comes from a file. @defaultValue 10_000
   */
  readonly pollMs?: number;
  /** Where time comes from. @defaultValue the system's clock */
  readonly clock?: Clock;
  /** Told of errors that listeners throw. @defaultValue a process warning */
  readonly onListenerError?: ListenerErrorHandler;
}

const OPTIONS = {
  name: text(undefined),
  pollMs: durationMs(10_000),
  clock: clockOption(),
  onListenerError: onListenerErrorOption(),
};

/** @internal */
export function parseLiveConfigOptions(options: LiveConfigOptions | undefined): ParsedOptions<typeof OPTIONS> {
  return parseOptions('LiveConfig', OPTIONS, options, ({ pollMs }, report) => {
    if (pollMs > 0 && pollMs < 100) report('pollMs', 'must be 0, for never, or at least 100');
  });
}
