import { count, describe, finite, type OptionKind, parseOptions } from '../core/options.js';
import type { Reporter } from '../core/reporter.js';
import { quiet } from '../core/thenable.js';

/** Options of {@link RetryBudget}. */
export interface RetryBudgetOptions {
  /** Retries that each successful call earns, from 0 to 1,000. @defaultValue `0.1` */
  readonly ratio?: number | undefined;
  /** Retries that may be made at once, before any call succeeded. Integer, at least 1. @defaultValue `10` */
  readonly burst?: number | undefined;
}

/** Defaults of {@link RetryBudgetOptions}. */
export const RETRY_BUDGET_DEFAULTS = /* @__PURE__ */ Object.freeze({ ratio: 0.1, burst: 10 });

/**
 * Keeps retries from multiplying the load on something that is down: each retry costs one token, each successful call
 * earns `ratio` of one, up to `burst`. While everything fails nothing is earned, and calls fail at once with their first
 * error. One budget may serve several policies; each of those that a call goes through earns for it.
 *
 * @example
 * const budget = new RetryBudget({ ratio: 0.2, burst: 20 });
 * const reads = retry({ budget });
 * const writes = retry({ budget, idempotent: false });
 */
export class RetryBudget {
  readonly ratio: number;
  readonly burst: number;
  #tokens: number;

  /** @throws {@link InvalidOptionsError} naming every option that is unknown or out of range. */
  constructor(options?: RetryBudgetOptions) {
    const schema = {
      ratio: finite({ min: 0, max: 1_000, default: RETRY_BUDGET_DEFAULTS.ratio }),
      burst: count({ min: 1, default: RETRY_BUDGET_DEFAULTS.burst }),
    };
    const { ratio, burst } = parseOptions('RetryBudget', schema, options);
    this.ratio = ratio;
    this.burst = burst;
    this.#tokens = burst;
  }

  /** Retries that may be made now, with fractions. */
  get tokens(): number {
    return this.#tokens;
  }

  /** Earns for one successful call. */
  deposit(): void {
    this.#tokens = Math.min(this.burst, this.#tokens + this.ratio);
  }

  /** Takes the token for one retry; `false`, and nothing is taken, when there is none. */
  withdraw(): boolean {
    // Ten tenths are a little less than one.
    if (this.#tokens < 1 - 1e-9) return false;
    this.#tokens = Math.max(0, this.#tokens - 1);
    return true;
  }
}

/** What retries need of a budget, from whichever copy of the package. */
export interface RetryBudgetShape {
  readonly tokens: number;
  /** Earns for one successful call. */
  deposit(): void;
  /** Takes the token for one retry. */
  withdraw(): boolean;
}

/** Earns for a successful call, whose result a budget that throws must not take along. @internal */
export function earn(budget: RetryBudgetShape, reporter: Reporter): void {
  try {
    const { deposit } = budget as { readonly deposit: () => unknown };
    quiet(deposit.call(budget));
  } catch (error) {
    reporter.listenerError(error);
  }
}

/** Takes a token from a budget; one that throws, or does not say at once, has none. @internal */
export function pay(budget: RetryBudgetShape, reporter: Reporter): boolean {
  try {
    const paid: unknown = budget.withdraw();
    if (typeof paid === 'boolean') return paid;
    reporter.wrongAnswer('budget.withdraw must answer at once, with true or false', paid);
  } catch (error) {
    reporter.listenerError(error);
  }
  return false;
}

/** The tokens that a budget holds; none that can be counted on when it does not say. @internal */
export function tokensOf(budget: RetryBudgetShape, reporter: Reporter): number {
  try {
    return budget.tokens;
  } catch (error) {
    reporter.listenerError(error);
    return 0;
  }
}

/** The `budget` option: one of its own when it is left out. @internal */
export function budgetOption(): OptionKind<RetryBudgetShape | false> {
  return {
    parse(value, path, report) {
      if (value === undefined) return new RetryBudget();
      if (value === false || isBudget(value)) return value;
      report(path, `must be a RetryBudget or false, got ${describe(value)}`);
      return false;
    },
  };
}

function isBudget(value: unknown): value is RetryBudgetShape {
  const { tokens, deposit, withdraw } = (value ?? {}) as Partial<Record<keyof RetryBudgetShape, unknown>>;
  return typeof tokens === 'number' && typeof deposit === 'function' && typeof withdraw === 'function';
}
