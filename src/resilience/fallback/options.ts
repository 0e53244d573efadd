import type { Clock } from '../../core/clock.js';
import { clockOption, optionalFunction, type ParsedOptions, parseOptions, text } from '../../core/options.js';
import { type ListenerErrorHandler, onListenerErrorOption } from '../../core/reporter.js';

/** Options of {@link fallback}. */
export interface FallbackOptions {
  /** Shown in events and metrics; 1 to 200 characters. @defaultValue `'fallback'` */
  readonly name?: string | undefined;
  /** Which errors it answers; others pass. When it throws, that is reported and the fallback answers. @defaultValue all */
  readonly fallbackIf?: ((error: unknown) => boolean) | undefined;
  /** Time source. @defaultValue `systemClock` */
  readonly clock?: Clock | undefined;
  /** Hears of listeners and of `fallbackIf` that throw. @defaultValue `process.emitWarning` */
  readonly onListenerError?: ListenerErrorHandler | undefined;
}

/** Defaults of {@link FallbackOptions}. */
export const FALLBACK_DEFAULTS = /* @__PURE__ */ Object.freeze({ name: 'fallback' });

function schema() {
  return {
    name: text(FALLBACK_DEFAULTS.name),
    fallbackIf: optionalFunction<(error: unknown) => boolean>(),
    clock: clockOption(),
    onListenerError: onListenerErrorOption(),
  };
}

/** @internal */
export function parseFallbackOptions(options: FallbackOptions | undefined): ParsedOptions<ReturnType<typeof schema>> {
  return parseOptions('fallback', schema(), options);
}
