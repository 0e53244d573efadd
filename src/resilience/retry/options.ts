import type { Clock } from '../../core/clock.js';
import {
  clockOption,
  count,
  describe,
  durationMs,
  finite,
  flag,
  group,
  oneOf,
  optionalFunction,
  type OptionKind,
  type ParsedOptions,
  parseOptions,
  randomOption,
  text,
} from '../../core/options.js';
import type { Random } from '../../core/random.js';
import { type ListenerErrorHandler, onListenerErrorOption } from '../../core/reporter.js';
import { budgetOption, type RetryBudgetShape } from '../retry-budget.js';
import type { Jitter } from './engine.js';

/** How far a wait that the other side asks for is honoured. */
export interface RetryAfterOptions {
  /** Longest wait, in ms, at least 0. A longer one ends the call: it is never shortened. */
  readonly maxMs: number;
}

/** Options of {@link retry}. */
export interface RetryOptions {
  /** Shown in events and metrics; 1 to 200 characters. @defaultValue `'retry'` */
  readonly name?: string | undefined;
  /**
   * Attempts in all, the first included. Integer, at least 1, or `Infinity`.
   * @defaultValue `3`; with `delaysMs` one more than there are delays
   */
  readonly maxAttempts?: number | undefined;
  /** The first wait before jitter, in ms, at least 0. @defaultValue `100` */
  readonly baseDelayMs?: number | undefined;
  /** Longest wait, in ms, at least 0. @defaultValue `20_000` */
  readonly maxDelayMs?: number | undefined;
  /** By what the wait grows from one retry to the next, at least 1. @defaultValue `2` */
  readonly factor?: number | undefined;
  /**
   * How waits are spread, so that clients that failed together do not come back together. With x = min(maxDelayMs,
   * baseDelayMs · factorⁿ), n from 0, and u random: `'full'` u·x, `'equal'` x/2 + u·x/2, `'none'` x; `'decorrelated'` is
   * baseDelayMs + u·(min(maxDelayMs, (factor + 1)·previous) − baseDelayMs).
   * @defaultValue `'full'`
   */
  readonly jitter?: Jitter | undefined;
  /** The waits, one by one, in ms, without jitter; not together with the four options above. The last one repeats. */
  readonly delaysMs?: readonly number[] | undefined;
  /** Time from the first attempt within which every other one must begin, in ms, at least 0. @defaultValue no limit */
  readonly maxElapsedMs?: number | undefined;
  /**
   * Time limit of each attempt, in ms, at least 1: an attempt that takes longer has failed with a `TimeoutError`.
   * @defaultValue no limit
   */
  readonly attemptTimeoutMs?: number | undefined;
  /**
   * Whether an error may be mended by another attempt. Not asked when the caller has given up, or about an error that
   * `doNotRetry` marked. When it throws, that is reported and the default decides.
   * @defaultValue everything but aborts, refusals whose wait does not fit, and mistakes of the program (`TypeError` and
   * its kin without a network error as cause)
   */
  readonly retryIf?: ((error: unknown, attempt: { readonly attempt: number }) => boolean) | undefined;
  /**
   * Up to which wait the other side is heard, as it is and without jitter: `Retry-After` of an answer's headers, or
   * `retryAfterMs` of an error.
   * @defaultValue `{ maxMs: maxDelayMs }`; for refusals by a guard of this package, such as an open circuit, what is left
   * of the deadline or of `maxElapsedMs`, and without either such a refusal ends the call
   */
  readonly retryAfter?: RetryAfterOptions | undefined;
  /**
   * Limits the retries of all calls together: a `RetryBudget`, which may be shared, or `false` for none.
   * @defaultValue one of its own: a tenth of a retry earned by each success, ten at once
   */
  readonly budget?: RetryBudgetShape | false | undefined;
  /**
   * Whether running the operation twice is as good as once. With `false` it is tried again only when it is certain that
   * it did not reach the other side.
   * @defaultValue `true`
   */
  readonly idempotent?: boolean | undefined;
  /** Chance for the jitter. @defaultValue `systemRandom` */
  readonly random?: Random | undefined;
  /** Time source. @defaultValue `systemClock` */
  readonly clock?: Clock | undefined;
  /** Hears of listeners, `retryIf`, `budget` and `random` that throw. @defaultValue `process.emitWarning` */
  readonly onListenerError?: ListenerErrorHandler | undefined;
}

/** Defaults of {@link RetryOptions}. */
export const RETRY_DEFAULTS = /* @__PURE__ */ Object.freeze({
  name: 'retry',
  maxAttempts: 3,
  baseDelayMs: 100,
  maxDelayMs: 20_000,
  factor: 2,
  jitter: 'full' as const,
  idempotent: true,
});

function attemptsOption(): OptionKind<number | undefined> {
  const whole = count({ min: 1, default: undefined });
  return {
    parse: (value, path, report) => (value === Infinity ? Infinity : whole.parse(value, path, report)),
  };
}

const delay = /* @__PURE__ */ durationMs(0);

function delaysOption(): OptionKind<readonly number[] | undefined> {
  return {
    parse(value, path, report) {
      if (value === undefined) return undefined;
      if (!Array.isArray(value) || value.length === 0) {
        report(path, `must be a list of at least one wait in ms, got ${describe(value)}`);
        return undefined;
      }
      // Also what a list with holes does not have.
      return Array.from(value as unknown[], (item, i) => delay.parse(item ?? null, `${path}[${String(i)}]`, report));
    },
  };
}

function schema() {
  return {
    name: text(RETRY_DEFAULTS.name),
    maxAttempts: attemptsOption(),
    baseDelayMs: durationMs(undefined),
    maxDelayMs: durationMs(undefined),
    factor: finite({ min: 1, default: undefined }),
    jitter: jitterOption(),
    delaysMs: delaysOption(),
    maxElapsedMs: durationMs(undefined),
    attemptTimeoutMs: durationMs(undefined, { min: 1 }),
    retryIf: optionalFunction<(error: unknown, attempt: { readonly attempt: number }) => boolean>(),
    retryAfter: retryAfterOption(),
    budget: budgetOption(),
    idempotent: flag(RETRY_DEFAULTS.idempotent),
    random: randomOption(),
    clock: clockOption(),
    onListenerError: onListenerErrorOption(),
  };
}

function jitterOption(): OptionKind<Jitter | undefined> {
  const words = oneOf(['full', 'equal', 'decorrelated', 'none'], 'full');
  return { parse: (value, path, report) => (value === undefined ? undefined : words.parse(value, path, report)) };
}

function retryAfterOption(): OptionKind<RetryAfterOptions | undefined> {
  const fields = group({ maxMs: finite({ min: 0, required: true }) });
  return { parse: (value, path, report) => (value === undefined ? undefined : fields.parse(value, path, report)) };
}

/** Of growing waits; a list of waits leaves no place for them. */
const GROWTH = ['baseDelayMs', 'maxDelayMs', 'factor', 'jitter'] as const;

/** The options as the policy uses them. @internal */
export type RetrySettings = ParsedOptions<ReturnType<typeof schema>> & {
  readonly maxAttempts: number;
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
  readonly factor: number;
  readonly jitter: Jitter;
};

/** @internal */
export function parseRetryOptions(options: RetryOptions | undefined): RetrySettings {
  const parsed = parseOptions('retry', schema(), options, (given, report) => {
    const { delaysMs, baseDelayMs = RETRY_DEFAULTS.baseDelayMs, maxDelayMs = RETRY_DEFAULTS.maxDelayMs } = given;
    for (const name of GROWTH) {
      if (delaysMs !== undefined && given[name] !== undefined) report(name, 'cannot be used together with delaysMs');
    }
    if (baseDelayMs > maxDelayMs) report('baseDelayMs', 'must be at most maxDelayMs');
  });
  const { delaysMs, maxAttempts } = parsed;
  return {
    ...parsed,
    maxAttempts: maxAttempts ?? (delaysMs === undefined ? RETRY_DEFAULTS.maxAttempts : delaysMs.length + 1),
    baseDelayMs: parsed.baseDelayMs ?? RETRY_DEFAULTS.baseDelayMs,
    maxDelayMs: parsed.maxDelayMs ?? RETRY_DEFAULTS.maxDelayMs,
    factor: parsed.factor ?? RETRY_DEFAULTS.factor,
    jitter: parsed.jitter ?? RETRY_DEFAULTS.jitter,
  };
}
