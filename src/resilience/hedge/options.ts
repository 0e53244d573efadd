import type { Clock } from '../../core/clock.js';
import {
  clockOption,
  count,
  durationMs,
  type OptionKind,
  type ParsedOptions,
  parseOptions,
  text,
} from '../../core/options.js';
import { type ListenerErrorHandler, onListenerErrorOption } from '../../core/reporter.js';
import { budgetOption, type RetryBudgetShape } from '../retry-budget.js';

/** Options of {@link hedge}. */
export interface HedgeOptions {
  /** Shown in events and metrics; 1 to 200 characters. @defaultValue `'hedge'` */
  readonly name?: string | undefined;
  /** Time without an answer after which one more attempt begins, in ms, at least 0; choose the 95th percentile or more. */
  readonly delayMs: number;
  /** Attempts beside the first. Integer, at least 1. @defaultValue `1` */
  readonly maxHedges?: number | undefined;
  /**
   * Limits the hedges of all calls together: a `RetryBudget`, which may be shared with retries, or `false` for none.
   * @defaultValue one of its own: a tenth of a hedge earned by each success, ten at once
   */
  readonly budget?: RetryBudgetShape | false | undefined;
  /** Time source. @defaultValue `systemClock` */
  readonly clock?: Clock | undefined;
  /** Hears of listeners that throw. @defaultValue `process.emitWarning` */
  readonly onListenerError?: ListenerErrorHandler | undefined;
}

/** Defaults of {@link HedgeOptions}. */
export const HEDGE_DEFAULTS = /* @__PURE__ */ Object.freeze({ name: 'hedge', maxHedges: 1 });

function requiredDelay(): OptionKind<number> {
  const delay = durationMs(0);
  return {
    parse(value, path, report) {
      if (value === undefined) report(path, 'is required: it must be a finite number of milliseconds of at least 0');
      return delay.parse(value, path, report);
    },
  };
}

function schema() {
  return {
    name: text(HEDGE_DEFAULTS.name),
    delayMs: requiredDelay(),
    maxHedges: count({ min: 1, default: HEDGE_DEFAULTS.maxHedges }),
    budget: budgetOption(),
    clock: clockOption(),
    onListenerError: onListenerErrorOption(),
  };
}

/** @internal */
export function parseHedgeOptions(options: HedgeOptions): ParsedOptions<ReturnType<typeof schema>> {
  return parseOptions('hedge', schema(), options);
}
