import type { Clock } from '../../core/clock.js';
import {
  clockOption,
  count,
  describe,
  durationMs,
  finite,
  flag,
  oneOf,
  optionalFunction,
  type ParsedOptions,
  parseOptions,
  type ReportIssue,
  text,
} from '../../core/options.js';
import { type ListenerErrorHandler, onListenerErrorOption } from '../../core/reporter.js';
import { checkShare, LONGEST_US, sharedSchema, type SharedStoreOptions, wholeRate } from '../store/index.js';
import type { Inheritance } from './engine.js';

/** What both limiters take. */
interface BucketOptions {
  /** Tokens that a full bucket holds: the largest burst. Integer from 1 to 10^12. */
  readonly capacity: number;
  /**
   * Tokens that come back each second, fractions included, from 0 to 100,000,000; `0` makes a bucket that is used once.
   */
  readonly refillPerSecond: number;
  /**
   * `'shadow'` admits everything and marks what it would have refused, which then takes nothing from the bucket.
   * @defaultValue `'enforce'`
   */
  readonly mode?: 'enforce' | 'shadow' | undefined;
  /** Time source. @defaultValue `systemClock` */
  readonly clock?: Clock | undefined;
  /** Hears of listeners that throw and of configuration warnings. @defaultValue `process.emitWarning` */
  readonly onListenerError?: ListenerErrorHandler | undefined;
}

/** Options of {@link RateLimiter}. */
export interface RateLimiterOptions extends BucketOptions {
  /** Shown in decisions, errors, events and metrics; 1 to 200 characters. @defaultValue `'rate-limiter'` */
  readonly name?: string | undefined;
  /** Whether refusals by `acquire` record where they were created. @defaultValue `false` */
  readonly captureStack?: boolean | undefined;
}

/** Limits of a bucket; for {@link RateLimiter.reconfigure} what is left out stays. */
export type RateLimiterLimits = Partial<Pick<RateLimiterOptions, 'capacity' | 'refillPerSecond'>>;

/** Says which limits apply to a key; `undefined` for those of the limiter itself. */
export type LimitsFor = (key: string) => Required<RateLimiterLimits> | undefined;

/** Options of {@link PerUserRateLimiter}. */
export interface PerUserRateLimiterOptions extends BucketOptions {
  /** Shown in decisions, events and metrics; 1 to 200 characters. @defaultValue `'per-user'` */
  readonly name?: string | undefined;
  /**
   * Most keys that are remembered. Integer, at least 1. Beyond it a new key takes the place of one whose bucket is
   * nearly full. @defaultValue `100_000`
   */
  readonly maxKeys?: number | undefined;
  /**
   * Says which limits apply to a key, when they differ; `undefined` for those above. Asked for every decision, so it has
   * to answer at once, best with the same object for the same plan. When the limits of a key change, its bucket takes as
   * long to fill as it did before, at most as long as an empty one. When it throws or answers with what cannot be, that is
   * reported and the limits above apply.
   * @defaultValue all keys alike
   */
  readonly limitsFor?: LimitsFor | undefined;
}

/** Options of {@link SharedPerUserRateLimiter}; `maxKeys` are those that are known while there is no store. */
export type SharedPerUserRateLimiterOptions = PerUserRateLimiterOptions &
  SharedStoreOptions &
  RefusalCacheOptions &
  TokenLeaseOptions;

/** How a {@link SharedPerUserRateLimiter} spares its store. */
export interface RefusalCacheOptions {
  /**
   * For how long a refusal answers the same question again without the store, in ms, 0 to 1,000: never for longer than until
   * the tokens would be there. What another process fills by `reset` or `unblock` is refused here for so long.
   * @defaultValue `0`, so that every decision asks
   */
  readonly refusalCacheMs?: number | undefined;
}

/** How a {@link SharedPerUserRateLimiter} takes tokens of busy keys beforehand, which spares its store most questions. */
export interface TokenLeaseOptions {
  /**
   * Most tokens of one key that this process holds: an integer of at least 0 and at most `capacity`. With it, all processes
   * together admit within any time at most what the bucket would and that many more for each of them. `0` for none.
   * @defaultValue `0`
   */
  readonly leaseTokens?: number | undefined;
  /**
   * How long tokens are held, in ms, 1 to 1,000; what is left then goes back. Only with `leaseTokens`.
   * @defaultValue `1_000`
   */
  readonly leaseMs?: number | undefined;
}

/** Defaults of {@link RateLimiterOptions}. */
export const RATE_LIMITER_DEFAULTS = /* @__PURE__ */ Object.freeze({
  name: 'rate-limiter',
  mode: 'enforce',
  captureStack: false,
});

/** Defaults of {@link PerUserRateLimiterOptions}. */
export const PER_USER_RATE_LIMITER_DEFAULTS = /* @__PURE__ */ Object.freeze({
  name: 'per-user',
  maxKeys: 100_000,
  mode: 'enforce',
});

/** Up to here a single token still shows in every sum. */
const MOST_TOKENS = 1e12;

/** Beyond this rate the time for one token would vanish beside the time itself. */
const FASTEST = 1e8;
/** Whoever is blocked meanwhile may spend what is held for no longer than that. */
const LONGEST_LEASE_MS = 1_000;
const MUST_REFILL =
  'must be more than 0: where limits differ by key, a bucket that is used once cannot be told from a full one';

/** For a rate that cannot be shared. @internal */
export const NO_SHARED_RATE =
  'does not fill the bucket within ten years, or is too small a part of capacity to be counted in whole numbers';

/** A time to fill that is no number would admit everything. */
function checkFillTime(
  { capacity, refillPerSecond }: { readonly capacity: number; readonly refillPerSecond: number },
  report: ReportIssue,
): void {
  if (refillPerSecond > 0 && !Number.isFinite((capacity * 1_000) / refillPerSecond)) {
    report('refillPerSecond', 'is too small to ever fill the bucket; 0 makes a bucket that is used once');
  }
}

function limitsSchema() {
  return {
    capacity: count({ min: 1, max: MOST_TOKENS, required: true }),
    refillPerSecond: finite({ min: 0, max: FASTEST, required: true }),
  };
}

function bucketSchema(name: string) {
  return {
    name: text(name),
    ...limitsSchema(),
    mode: oneOf(['enforce', 'shadow'], 'enforce'),
    clock: clockOption(),
    onListenerError: onListenerErrorOption(),
  };
}

function rateLimiterSchema() {
  return { ...bucketSchema(RATE_LIMITER_DEFAULTS.name), captureStack: flag(RATE_LIMITER_DEFAULTS.captureStack) };
}

function perUserSchema() {
  const { name, maxKeys } = PER_USER_RATE_LIMITER_DEFAULTS;
  // A Map takes at most 2^24 entries.
  return {
    ...bucketSchema(name),
    maxKeys: count({ min: 1, max: 16_000_000, default: maxKeys }),
    limitsFor: optionalFunction<LimitsFor>(),
  };
}

const INHERITANCES: readonly Inheritance[] = ['as-is', 'proportional', 'additive', 'reset'];

/** Reads what a limiter is to change, beside what it has. @internal */
export function parseChange(
  given: RateLimiterLimits,
  inherit: Inheritance,
  now: Required<RateLimiterLimits>,
): Required<RateLimiterLimits> {
  // What is left out stays.
  const named: Readonly<Record<string, unknown>> = { ...given };
  const left = Object.entries(named).filter(([, value]) => value !== undefined);
  const whole = { ...now, ...Object.fromEntries(left) };
  return parseOptions('RateLimiter.reconfigure', limitsSchema(), whole, (limits, report) => {
    if (left.length === 0) report('options', 'must name capacity or refillPerSecond');
    if (!INHERITANCES.includes(inherit)) {
      report('inherit', `must be one of ${INHERITANCES.join(', ')}, got ${describe(inherit)}`);
    }
    checkFillTime(limits, report);
  });
}

/** Reads the limits of one key among others, whose buckets all refill. @internal */
export function parseLimits(owner: string, given: Required<RateLimiterLimits>): Required<RateLimiterLimits> {
  return parseOptions(owner, limitsSchema(), given, (limits, report) => {
    if (limits.refillPerSecond === 0) report('refillPerSecond', MUST_REFILL);
    checkFillTime(limits, report);
  });
}

/** @internal */
export function parseRateLimiterOptions(
  options: RateLimiterOptions,
): ParsedOptions<ReturnType<typeof rateLimiterSchema>> {
  return parseOptions('RateLimiter', rateLimiterSchema(), options, checkFillTime);
}

/** @internal */
export function parsePerUserOptions(
  options: PerUserRateLimiterOptions,
): ParsedOptions<ReturnType<typeof perUserSchema>> {
  return parseOptions('PerUserRateLimiter', perUserSchema(), options, (parsed, report) => {
    if (parsed.limitsFor !== undefined && parsed.refillPerSecond === 0) report('refillPerSecond', MUST_REFILL);
    checkFillTime(parsed, report);
  });
}

function sharedPerUserSchema() {
  return {
    ...perUserSchema(),
    ...sharedSchema(),
    refusalCacheMs: durationMs(0, { min: 0, max: 1_000 }),
    leaseTokens: count({ min: 0, default: 0 }),
    leaseMs: durationMs(undefined, { min: 1, max: LONGEST_LEASE_MS }),
  };
}

/** @internal */
export type ParsedSharedPerUserOptions = ParsedOptions<ReturnType<typeof sharedPerUserSchema>> & {
  readonly leaseMs: number;
};

/** @internal */
export function parseSharedPerUserOptions(options: SharedPerUserRateLimiterOptions): ParsedSharedPerUserOptions {
  const all = parseOptions('SharedPerUserRateLimiter', sharedPerUserSchema(), options, (parsed, report) => {
    const { capacity, refillPerSecond, leaseTokens, leaseMs } = parsed;
    if (leaseTokens > capacity) report('leaseTokens', `must be at most capacity, ${String(capacity)}`);
    if (leaseTokens === 0 && leaseMs !== undefined) report('leaseMs', 'means nothing without leaseTokens');
    if (refillPerSecond === 0) {
      report(
        'refillPerSecond',
        'must be more than 0: what a store remembers has an end, a used bucket would have none',
      );
    } else if ((capacity / refillPerSecond) * 1e6 > LONGEST_US || wholeRate(refillPerSecond, capacity) === undefined) {
      report('refillPerSecond', NO_SHARED_RATE);
    }
    checkShare(parsed, ['capacity', capacity], report);
  });
  return { ...all, leaseMs: all.leaseMs ?? LONGEST_LEASE_MS };
}
