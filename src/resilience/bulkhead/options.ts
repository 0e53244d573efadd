import type { Clock } from '../../core/clock.js';
import { clockOption, count, durationMs, flag, type ParsedOptions, parseOptions, text } from '../../core/options.js';
import { type ListenerErrorHandler, onListenerErrorOption } from '../../core/reporter.js';

/** Options of {@link Bulkhead}. */
export interface BulkheadOptions {
  /** Shown in errors, events and metrics; 1 to 200 characters. @defaultValue `'bulkhead'` */
  readonly name?: string | undefined;
  /** Calls that may run at once. Integer, at least 1. */
  readonly maxConcurrent: number;
  /** Calls that may wait for a slot; `0` refuses at once. Integer, at least 0. @defaultValue `0` */
  readonly maxQueued?: number | undefined;
  /** Longest wait for a slot, in ms, at least 0. @defaultValue `1_000` */
  readonly maxWaitMs?: number | undefined;
  /** Whether refusals record where they were created; costs several microseconds each. @defaultValue `false` */
  readonly captureStack?: boolean | undefined;
  /** Time source. @defaultValue `systemClock` */
  readonly clock?: Clock | undefined;
  /** Hears of listeners that throw. @defaultValue `process.emitWarning` */
  readonly onListenerError?: ListenerErrorHandler | undefined;
}

/** Defaults of {@link BulkheadOptions}. */
export const BULKHEAD_DEFAULTS = /* @__PURE__ */ Object.freeze({
  name: 'bulkhead',
  maxQueued: 0,
  maxWaitMs: 1_000,
  captureStack: false,
});

function schema() {
  return {
    name: text(BULKHEAD_DEFAULTS.name),
    maxConcurrent: count({ min: 1, required: true }),
    maxQueued: count({ min: 0, default: BULKHEAD_DEFAULTS.maxQueued }),
    maxWaitMs: durationMs(BULKHEAD_DEFAULTS.maxWaitMs),
    captureStack: flag(BULKHEAD_DEFAULTS.captureStack),
    clock: clockOption(),
    onListenerError: onListenerErrorOption(),
  };
}

/** @internal */
export function parseBulkheadOptions(options: BulkheadOptions): ParsedOptions<ReturnType<typeof schema>> {
  return parseOptions('Bulkhead', schema(), options);
}
