import type { Clock } from '../../core/clock.js';
import {
  clockOption,
  count,
  durationMs,
  flag,
  finite,
  group,
  oneOf,
  optionalFunction,
  type OptionKind,
  type ParsedOptions,
  parseOptions,
  randomOption,
  ratio,
  type ReportIssue,
  text,
} from '../../core/options.js';
import { draw, type Random } from '../../core/random.js';
import { type ListenerErrorHandler, onListenerErrorOption, type Reporter } from '../../core/reporter.js';
import type { CircuitSettings } from './engine.js';
import type { CircuitMode, Verdict } from './state.js';
import type { TripRule } from './trip-rule-options.js';
import { type Condition, type RateCondition, tripOption } from './trip-rules.js';

/** How the recovering circuit is tried out. */
export interface HalfOpenOptions {
  /** Probes that may run at once. Integer, at least 1. @defaultValue `1` */
  readonly maxCalls?: number | undefined;
  /** Probes that must succeed before the circuit closes. Integer, at least 1. @defaultValue `1` */
  readonly successesToClose?: number | undefined;
  /**
   * Longest wait for a probe's answer, in ms from its admission, more than 0: a probe that takes longer is a failure,
   * and what it answers later is void.
   * @defaultValue `recoveryTimeoutMs`, at most `30_000`
   */
  readonly maxWaitMs?: number | undefined;
}

/** How breaks grow while the dependency stays down. */
export interface RecoveryBackoffOptions {
  /** Each break in a row lasts this many times as long as the one before; at least 1. */
  readonly factor: number;
  /** The longest break, in ms, at least `recoveryTimeoutMs`. */
  readonly maxMs: number;
  /** Share of each break that may be cut off by chance, so that many processes do not try at once. @defaultValue `0` */
  readonly jitter?: number | undefined;
}

/** How a circuit takes up its load again after it has closed. */
export interface RampUpOptions {
  /** Share of the calls that go at first; more than 0, at most 1. */
  readonly fromRatio: number;
  /** How long the share takes to grow to all calls, in ms, more than 0. */
  readonly overMs: number;
}

/** What a call came to, as `classify` sees it. */
export interface CallOutcome {
  /** Whether it threw or rejected. */
  readonly failed: boolean;
  /** What it threw or rejected with. */
  readonly error?: unknown;
  /** What it returned or resolved to. */
  readonly result?: unknown;
  /** Milliseconds that it took. */
  readonly durationMs: number;
}

/** Options of {@link CircuitBreaker}. */
export interface CircuitBreakerOptions {
  /** Shown in errors, events, metrics and health; 1 to 200 characters. @defaultValue `'default'` */
  readonly name?: string | undefined;
  /** Failures in a row that open the circuit. Integer, at least 1. @defaultValue `5` */
  readonly failureThreshold?: number | undefined;
  /** When the circuit opens, instead of `failureThreshold`; made by `failureRate`, `slowCallRate`, `anyOf` … */
  readonly trip?: TripRule | undefined;
  /** How long an open circuit refuses before it lets a probe through, in ms, at least 0. @defaultValue `60_000` */
  readonly recoveryTimeoutMs?: number | undefined;
  /** How the recovering circuit is tried out. */
  readonly halfOpen?: HalfOpenOptions | undefined;
  /** How breaks grow while the dependency stays down. @defaultValue every break lasts `recoveryTimeoutMs` */
  readonly recoveryBackoff?: RecoveryBackoffOptions | undefined;
  /** How a circuit takes up its load again after it has closed. @defaultValue all calls at once */
  readonly rampUp?: RampUpOptions | undefined;
  /**
   * Judges each outcome; not asked about calls whose caller gave up, which never count. When it throws or answers
   * something else, that is reported through `onListenerError` and the default judges.
   * @defaultValue an error is a failure, unless it is a refusal by another guard (`RejectedError`): that is ignored
   */
  readonly classify?: ((outcome: CallOutcome) => Verdict) | undefined;
  /** The longest break that `{ throttledMs }` may cause, in ms, at least 1. @defaultValue `600_000` */
  readonly maxThrottleMs?: number | undefined;
  /**
   * `'shadow'` refuses nothing and only counts and tells what it would have refused, to try options out under real load.
   * @defaultValue `'enforce'`
   */
  readonly mode?: CircuitMode | undefined;
  /** Whether refusals record where they were created; costs several microseconds each. @defaultValue `false` */
  readonly captureStack?: boolean | undefined;
  /** Time source. @defaultValue `systemClock` */
  readonly clock?: Clock | undefined;
  /** Source of chance, for `recoveryBackoff.jitter`. @defaultValue `systemRandom` */
  readonly random?: Random | undefined;
  /** Hears of listeners that throw and of configuration warnings. @defaultValue `process.emitWarning` */
  readonly onListenerError?: ListenerErrorHandler | undefined;
}

/** Options of the breakers of a registry: all but what they share with it. */
export type KeyedBreakerOptions = Omit<CircuitBreakerOptions, 'name' | 'clock' | 'onListenerError'>;

/** Defaults of {@link CircuitBreakerOptions}. */
export const CIRCUIT_BREAKER_DEFAULTS = /* @__PURE__ */ Object.freeze({
  name: 'default',
  failureThreshold: 5,
  recoveryTimeoutMs: 60_000,
  'halfOpen.maxCalls': 1,
  'halfOpen.successesToClose': 1,
  maxThrottleMs: 600_000,
  mode: 'enforce',
  captureStack: false,
});

const LONGEST_PROBE_WAIT_MS = 30_000;

/** The options of every breaker, whether alone or of a registry. */
function breakerSchema() {
  const defaults = CIRCUIT_BREAKER_DEFAULTS;
  return {
    // Its default is filled in later: left out is not the same beside `trip`.
    failureThreshold: count({ min: 1, default: undefined }),
    trip: tripOption(),
    recoveryTimeoutMs: durationMs(defaults.recoveryTimeoutMs),
    halfOpen: group({
      maxCalls: count({ min: 1, default: defaults['halfOpen.maxCalls'] }),
      successesToClose: count({ min: 1, default: defaults['halfOpen.successesToClose'] }),
      maxWaitMs: durationMs(undefined),
    }),
    recoveryBackoff: optional(
      group({
        factor: finite({ min: 1, required: true }),
        maxMs: finite({ min: 0, required: true }),
        jitter: ratio(0),
      }),
    ),
    rampUp: optional(
      group({ fromRatio: finite({ min: 0, max: 1, required: true }), overMs: finite({ min: 0, required: true }) }),
    ),
    classify: optionalFunction<(outcome: CallOutcome) => Verdict>(),
    maxThrottleMs: durationMs(defaults.maxThrottleMs, { min: 1 }),
    mode: oneOf<CircuitMode>(['enforce', 'shadow'], defaults.mode),
    captureStack: flag(defaults.captureStack),
    random: randomOption(),
  };
}

/** A breaker's own options, and what it shares with others. */
function schema() {
  return {
    name: text(CIRCUIT_BREAKER_DEFAULTS.name),
    ...breakerSchema(),
    clock: clockOption(),
    onListenerError: onListenerErrorOption(),
  };
}

/** A group that is left out altogether has no defaults. */
function optional<T>(kind: OptionKind<T>): OptionKind<T | undefined> {
  return { parse: (value, path, report) => (value === undefined ? undefined : kind.parse(value, path, report)) };
}

/** The options of a breaker but those that it shares with its registry. @internal */
export type ParsedKeyedOptions = ParsedOptions<ReturnType<typeof breakerSchema>>;

/** Those options as one option of something else. @internal */
export function keyedOptions(): OptionKind<ParsedKeyedOptions> {
  return {
    parse(value, path, report) {
      const wrong: string[] = [];
      const parsed = group(breakerSchema()).parse(value, path, (where, message) => {
        wrong.push(where);
        report(where, message);
      });
      if (wrong.length === 0) refineBreaker(parsed, report, `${path}.`);
      return parsed;
    },
  };
}

/** The options as the breaker uses them. @internal */
export type ParsedCircuitBreakerOptions = ParsedOptions<ReturnType<typeof schema>>;

/** @internal */
export function parseCircuitBreakerOptions(options: CircuitBreakerOptions | undefined): ParsedCircuitBreakerOptions {
  return parseOptions('CircuitBreaker', schema(), options, (parsed, report) => refineBreaker(parsed, report));
}

/** What options must be to each other. */
function refineBreaker(parsed: ParsedKeyedOptions, report: ReportIssue, prefix = ''): void {
  const { failureThreshold, trip, recoveryTimeoutMs, halfOpen, recoveryBackoff, rampUp } = parsed;
  const wrong = (path: string, message: string): void => report(prefix + path, message);
  if (trip !== undefined && failureThreshold !== undefined) {
    wrong('trip', 'cannot be combined with failureThreshold: use anyOf(consecutiveFailures(n), …)');
  }
  if (halfOpen.maxWaitMs === 0) wrong('halfOpen.maxWaitMs', 'must be more than 0: no probe could ever succeed');
  if (recoveryBackoff !== undefined && recoveryBackoff.maxMs < recoveryTimeoutMs) {
    wrong('recoveryBackoff.maxMs', `must be at least recoveryTimeoutMs (${String(recoveryTimeoutMs)})`);
  }
  if (rampUp?.fromRatio === 0) wrong('rampUp.fromRatio', 'must be more than 0');
  if (rampUp?.overMs === 0) wrong('rampUp.overMs', 'must be more than 0');
}

/** When the circuit opens, however that was said. @internal */
export function conditionsOf({ trip, failureThreshold }: ParsedKeyedOptions): readonly Condition[] {
  const { failureThreshold: usual } = CIRCUIT_BREAKER_DEFAULTS;
  return trip ?? [{ reason: 'failure-threshold', failures: failureThreshold ?? usual }];
}

/** The numbers for the engine. @internal */
export function circuitSettings(options: ParsedKeyedOptions, reporter: Reporter): CircuitSettings {
  const { recoveryTimeoutMs, halfOpen, recoveryBackoff, rampUp, maxThrottleMs, random } = options;
  const conditions = conditionsOf(options);
  const rates = conditions.filter(isRate);
  return {
    failureThreshold: inARow(conditions),
    rates,
    tracking: rates.some(({ slowAfterMs }) => slowAfterMs !== undefined),
    breaks: {
      recoveryTimeoutMs,
      factor: recoveryBackoff?.factor ?? 1,
      maxMs: recoveryBackoff?.maxMs ?? recoveryTimeoutMs,
      jitter: recoveryBackoff?.jitter ?? 0,
      draw: () => draw(random, reporter),
    },
    maxThrottleMs,
    maxProbes: halfOpen.maxCalls,
    successesToClose: halfOpen.successesToClose,
    // A recovery timeout of 0 gives no scale for a probe's answer.
    probeWaitMs: halfOpen.maxWaitMs ?? Math.min(recoveryTimeoutMs || LONGEST_PROBE_WAIT_MS, LONGEST_PROBE_WAIT_MS),
    ramp: rampUp,
  };
}

function isRate(condition: Condition): condition is RateCondition {
  return condition.reason !== 'failure-threshold';
}

/** The least of the thresholds; the others can never be first. */
function inARow(conditions: readonly Condition[]): number {
  return Math.min(...conditions.map((condition) => (isRate(condition) ? Infinity : condition.failures)));
}
