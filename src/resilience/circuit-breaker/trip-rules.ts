import { InvalidOptionsError } from '../../core/errors.js';
import {
  count,
  describe,
  durationMs,
  finite,
  flag,
  type OptionKind,
  parseOptions,
  ratio,
  type ReportIssue,
} from '../../core/options.js';
import type { FailureRateOptions, SlowCallRateOptions, TripRule } from './trip-rule-options.js';

/** One condition of a rule, as the meters read it. @internal */
export type Condition = ConsecutiveCondition | RateCondition;

/** @internal */
export interface ConsecutiveCondition {
  readonly reason: 'failure-threshold';
  readonly failures: number;
}

/** @internal */
export interface RateCondition {
  readonly reason: 'failure-rate' | 'slow-call-rate';
  readonly ratio: number;
  readonly minimumCalls: number;
  /** Length of the window, unless `lastCalls` is given. */
  readonly windowMs: number;
  readonly lastCalls: number | undefined;
  /** How long a slow call takes; `undefined` for a rule about failures. */
  readonly slowAfterMs: number | undefined;
  /** Whether a call counts as slow while it still runs. */
  readonly countInFlight: boolean;
}

/** Where a rule keeps its conditions; the same in every copy of the package. */
const CONDITIONS = /* @__PURE__ */ Symbol.for('breakwater.trip-rule');

const DEFAULT_RATIO = 0.5;
const DEFAULT_MINIMUM_CALLS = 20;
const DEFAULT_WINDOW_MS = 30_000;
const MOST_LAST_CALLS = 1_000_000;

/**
 * Opens after that many failures in a row.
 *
 * @param failures - integer, at least 1.
 * @throws {@link InvalidOptionsError} for anything else.
 */
export function consecutiveFailures(failures: number): TripRule {
  const parsed = parseOptions('consecutiveFailures', { failures: count({ min: 1, required: true }) }, { failures });
  return rule([{ reason: 'failure-threshold', ...parsed }]);
}

/**
 * Opens when at least `ratio` of the calls failed, among the calls of the last `windowMs` or the last `lastCalls` calls.
 *
 * @example
 * new CircuitBreaker({ trip: failureRate({ ratio: 0.5, minimumCalls: 20, windowMs: 30_000 }) });
 *
 * @throws {@link InvalidOptionsError} naming every option that is unknown, out of range or impossible.
 */
export function failureRate(options?: FailureRateOptions): TripRule {
  const parsed = parseOptions('failureRate', rateSchema(), options, refineRate);
  return rule([
    { reason: 'failure-rate', ...windowOf(parsed), ratio: parsed.ratio, slowAfterMs: undefined, countInFlight: false },
  ]);
}

/**
 * Opens when at least `ratio` of the calls took `slowAfterMs` or longer. A call that still runs counts as slow from that
 * moment on, so that a dependency that does not answer at all is found out before the first call ends.
 *
 * @example
 * new CircuitBreaker({ trip: anyOf(failureRate(), slowCallRate({ slowAfterMs: 2_000 })) });
 *
 * @throws {@link InvalidOptionsError} naming every option that is missing, unknown, out of range or impossible.
 */
export function slowCallRate(options: SlowCallRateOptions): TripRule {
  const schema = { ...rateSchema(), slowAfterMs: requiredMs(), countInFlight: flag(true) };
  const parsed = parseOptions('slowCallRate', schema, options, refineRate);
  const { slowAfterMs, countInFlight } = parsed;
  return rule([{ reason: 'slow-call-rate', ...windowOf(parsed), ratio: parsed.ratio, slowAfterMs, countInFlight }]);
}

/**
 * Opens as soon as one of the rules says so.
 *
 * @throws {@link InvalidOptionsError} without any rule, or for something that is none.
 */
export function anyOf(...rules: readonly TripRule[]): TripRule {
  const found = rules.map(conditionsOf);
  const wrong = found.findIndex((conditions) => conditions === undefined);
  if (rules.length === 0) throw new InvalidOptionsError('anyOf', [{ path: '', message: 'needs at least one rule' }]);
  if (wrong !== -1) {
    throw new InvalidOptionsError('anyOf', [
      { path: `rule ${String(wrong + 1)}`, message: `${NO_RULE}, got ${describe(rules[wrong])}` },
    ]);
  }
  return rule(found.flatMap((conditions) => conditions ?? []));
}

const NO_RULE = 'must be made by consecutiveFailures, failureRate, slowCallRate or anyOf';

/** The `trip` option. @internal */
export function tripOption(): OptionKind<readonly Condition[] | undefined> {
  return {
    parse(value, path, report) {
      if (value === undefined) return undefined;
      const conditions = conditionsOf(value);
      if (conditions === undefined) report(path, `${NO_RULE}, got ${describe(value)}`);
      return conditions;
    },
  };
}

function rule(conditions: readonly Condition[]): TripRule {
  const frozen = Object.freeze(conditions.map((condition) => Object.freeze(condition)));
  return Object.freeze({ kind: 'trip-rule', [CONDITIONS]: frozen });
}

function conditionsOf(value: unknown): readonly Condition[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  return (value as { readonly [CONDITIONS]?: readonly Condition[] })[CONDITIONS];
}

function rateSchema() {
  return {
    ratio: ratio(DEFAULT_RATIO),
    minimumCalls: count({ min: 1, default: undefined }),
    windowMs: durationMs(undefined, { min: 1 }),
    lastCalls: count({ min: 1, max: MOST_LAST_CALLS, default: undefined }),
  };
}

function requiredMs(): OptionKind<number> {
  return finite({ min: 0, required: true });
}

interface ParsedRate {
  readonly ratio: number;
  readonly minimumCalls: number | undefined;
  readonly windowMs: number | undefined;
  readonly lastCalls: number | undefined;
}

function refineRate({ ratio: share, minimumCalls, windowMs, lastCalls }: ParsedRate, report: ReportIssue): void {
  if (share === 0) report('ratio', 'must be more than 0: the circuit would open without a reason');
  if (lastCalls === undefined) return;
  if (windowMs !== undefined) report('lastCalls', 'cannot be combined with windowMs: choose one of the two windows');
  if (minimumCalls !== undefined && lastCalls < minimumCalls) {
    report('lastCalls', `must be at least minimumCalls (${String(minimumCalls)}), or the circuit could never open`);
  }
}

function windowOf({ minimumCalls, windowMs, lastCalls }: ParsedRate) {
  return {
    minimumCalls: minimumCalls ?? Math.min(DEFAULT_MINIMUM_CALLS, lastCalls ?? Infinity),
    windowMs: windowMs ?? DEFAULT_WINDOW_MS,
    lastCalls,
  };
}
