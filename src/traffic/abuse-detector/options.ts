import type { Clock } from '../../core/clock.js';
import {
  clockOption,
  count,
  describe,
  durationMs,
  finite,
  group,
  oneOf,
  type OptionKind,
  type ParsedOptions,
  parseOptions,
  type ReportIssue,
  text,
} from '../../core/options.js';
import { redactName } from '../../core/redaction.js';
import { type ListenerErrorHandler, onListenerErrorOption } from '../../core/reporter.js';
import { checkShare, LONGEST_US, sharedSchema, type SharedStoreOptions } from '../store/index.js';
import { type AbuseSettings, OWN_RULES } from './engine.js';
import { MOST_SHARED_RULES } from './shared-flag.js';

/** One event of a subject, for a rule to judge. */
export interface AbuseEvent {
  /** Whose event it is, as it was given. */
  readonly subject: string;
  readonly type: string;
  readonly weight: number;
  /** What was given as evidence, unchanged. */
  readonly evidence: unknown;
  /** Events of the subject within the window, this one included, at most the threshold. */
  readonly count: number;
  /** The subject's decayed score, this event included. */
  readonly score: number;
  /** How many of those events are of one type; an event of weight 3 counts as three. */
  readonly countOf: (type: string) => number;
}

/** Judges an event: `true` flags its subject. It must be quick, and neither throw nor be async. */
export type AbuseRule = (event: AbuseEvent) => boolean;

/** When the decayed score flags. */
export interface AbuseScoreOptions {
  /** Score that flags a subject: a finite number of more than 0. */
  readonly flagAt: number;
  /** The flag lasts until the score is below this. More than 0, at most `flagAt`. @defaultValue half of `flagAt` */
  readonly clearBelow?: number | undefined;
  /** After which time an event counts half, in ms, at least 1. @defaultValue the window */
  readonly halfLifeMs?: number | undefined;
}

/** Options of {@link AbuseDetector}. */
export interface AbuseDetectorOptions {
  /** Shown in events and metrics; 1 to 200 characters. @defaultValue `'abuse'` */
  readonly name?: string | undefined;
  /** Events within the window that flag: on the last of them. Integer, at least 1. @defaultValue `50` */
  readonly threshold?: number | undefined;
  /** The window, in ms, at least 1. @defaultValue `300_000` */
  readonly windowMs?: number | undefined;
  /** How long a flag lasts, in ms, at least 1. @defaultValue `3_600_000` */
  readonly flagTtlMs?: number | undefined;
  /**
   * As how many events one of each type counts: integers from 0 to 1,000,000. Types that are not named count once.
   * @defaultValue `{}`
   */
  readonly weights?: Readonly<Record<string, number>> | undefined;
  /** Rules of one's own, by name; each is asked at every event. @defaultValue `{}` */
  readonly rules?: Readonly<Record<string, AbuseRule>> | undefined;
  /** Flags by the decayed score as well. @defaultValue `undefined`: it does not */
  readonly score?: AbuseScoreOptions | undefined;
  /**
   * Most subjects that are remembered. Integer, at least 1; `maxSubjects × threshold × 8` bytes may be at most 16 MiB.
   * @defaultValue `10_000`
   */
  readonly maxSubjects?: number | undefined;
  /** `'shadow'` flags nobody and marks whom it would have flagged. @defaultValue `'enforce'` */
  readonly mode?: 'enforce' | 'shadow' | undefined;
  /** Time source. @defaultValue `systemClock` */
  readonly clock?: Clock | undefined;
  /** Hears of listeners and rules that throw, and of warnings. @defaultValue `process.emitWarning` */
  readonly onListenerError?: ListenerErrorHandler | undefined;
}

/** Options of {@link SharedAbuseDetector}; `maxSubjects` are those that are known here. */
export type SharedAbuseDetectorOptions = AbuseDetectorOptions & SharedStoreOptions;

/** Defaults of {@link AbuseDetectorOptions}. */
export const ABUSE_DETECTOR_DEFAULTS = /* @__PURE__ */ Object.freeze({
  name: 'abuse',
  threshold: 50,
  windowMs: 300_000,
  flagTtlMs: 3_600_000,
  maxSubjects: 10_000,
  mode: 'enforce',
});

const MOST_BYTES = 16 * 1_024 * 1_024;
const BYTES_AN_EVENT = 8;

/** As how many events one may count. @internal */
export const MOST_WEIGHT = 1_000_000;
/** How long the name of a type or a rule may be. @internal */
export const LONGEST_NAME = 100;

/** Values by name, each of them checked. */
function named<T>(
  what: string,
  check: (value: unknown, name: string) => string | undefined,
): OptionKind<Map<string, T>> {
  return {
    parse(value, path, report) {
      const map = new Map<string, T>();
      if (value === undefined) return map;
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        report(path, `must be an object of ${what} by name, got ${describe(value)}`);
        return map;
      }
      for (const [name, one] of Object.entries(value as Record<string, T | undefined>)) {
        if (one === undefined) continue;
        const long = name.length === 0 || name.length > LONGEST_NAME;
        const issue = long ? `has a name that is not of 1 to ${String(LONGEST_NAME)} characters` : check(one, name);
        if (issue === undefined) map.set(name, one);
        else report(`${path}.${redactName(name, LONGEST_NAME)}`, issue);
      }
      return map;
    },
  };
}

function weights(): OptionKind<Map<string, number>> {
  return named('weights', (value) => {
    const right = typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST_WEIGHT;
    return right ? undefined : `must be an integer from 0 to ${String(MOST_WEIGHT)}, got ${describe(value)}`;
  });
}

function rules(): OptionKind<Map<string, AbuseRule>> {
  return named('rules', (value, name) => {
    if (typeof value !== 'function') return `must be a function, got ${describe(value)}`;
    return (OWN_RULES as readonly string[]).includes(name) ? 'is the name of a rule that is there already' : undefined;
  });
}

function scoreSchema() {
  return {
    flagAt: finite({ required: true }),
    clearBelow: finite({ default: undefined }),
    halfLifeMs: durationMs(undefined, { min: 1 }),
  };
}

function score(): OptionKind<ParsedOptions<ReturnType<typeof scoreSchema>> | undefined> {
  return {
    parse(value, path, report) {
      if (value === undefined) return undefined;
      const parsed = group(scoreSchema()).parse(value, path, report);
      const { flagAt, clearBelow } = parsed;
      if (flagAt <= 0) report(`${path}.flagAt`, `must be more than 0, got ${describe(flagAt)}`);
      else if (clearBelow !== undefined && !(clearBelow > 0 && clearBelow <= flagAt)) {
        report(`${path}.clearBelow`, `must be more than 0 and at most flagAt, got ${describe(clearBelow)}`);
      }
      return parsed;
    },
  };
}

function schema() {
  const defaults = ABUSE_DETECTOR_DEFAULTS;
  return {
    name: text(defaults.name),
    threshold: count({ min: 1, default: defaults.threshold }),
    windowMs: durationMs(defaults.windowMs, { min: 1 }),
    flagTtlMs: durationMs(defaults.flagTtlMs, { min: 1 }),
    weights: weights(),
    rules: rules(),
    score: score(),
    // A Map takes at most 2^24 entries.
    maxSubjects: count({ min: 1, max: 16_000_000, default: defaults.maxSubjects }),
    mode: oneOf(['enforce', 'shadow'], 'enforce'),
    clock: clockOption(),
    onListenerError: onListenerErrorOption(),
  };
}

/** @internal */
export type ParsedAbuseDetectorOptions = ParsedOptions<ReturnType<typeof schema>>;

/** @internal */
export function parseAbuseDetectorOptions(options: AbuseDetectorOptions | undefined): ParsedAbuseDetectorOptions {
  return parseOptions('AbuseDetector', schema(), options, checkMemory);
}

function checkMemory({ maxSubjects, threshold }: ParsedAbuseDetectorOptions, report: ReportIssue): void {
  const bytes = maxSubjects * threshold * BYTES_AN_EVENT;
  if (bytes <= MOST_BYTES) return;
  const fit = Math.floor(MOST_BYTES / BYTES_AN_EVENT / threshold);
  const advice = fit === 0 ? 'lower threshold' : `lower maxSubjects to ${String(fit)}, or threshold`;
  report(
    'maxSubjects',
    `needs ${(bytes / 1_024 / 1_024).toFixed(1)} MiB (maxSubjects x threshold x 8 bytes), more than 16 MiB; ${advice}`,
  );
}

/** The numbers that the rules go by. @internal */
export function settingsOf({ threshold, windowMs, score }: ParsedAbuseDetectorOptions): AbuseSettings {
  const flagAt = score?.flagAt ?? Infinity;
  const halfLifeMs = score?.halfLifeMs ?? windowMs;
  return { threshold, windowMs, halfLifeMs, flagAt, clearBelow: score?.clearBelow ?? flagAt / 2 };
}

/** Of the highest score that is remembered. */
const MOST_HALVINGS = 64;

/** A half-life as a store takes it: at most what the highest score may take. @internal */
export function halfLifeUs(halfLifeMs: number): number {
  return Math.min(Math.floor(LONGEST_US / MOST_HALVINGS), Math.max(1, Math.round(halfLifeMs * 1_000)));
}

function sharedSchemaOf() {
  return { ...schema(), ...sharedSchema() };
}

/** @internal */
export type ParsedSharedAbuseDetectorOptions = ParsedOptions<ReturnType<typeof sharedSchemaOf>>;

/** @internal */
export function parseSharedAbuseDetectorOptions(options: SharedAbuseDetectorOptions): ParsedSharedAbuseDetectorOptions {
  return parseOptions('SharedAbuseDetector', sharedSchemaOf(), options, (parsed, report) => {
    checkMemory(parsed, report);
    const { windowMs, flagTtlMs, score, threshold } = parsed;
    const longest: Readonly<Record<string, number>> = {
      windowMs,
      flagTtlMs,
      // Of a high score many halvings are remembered.
      'score.halfLifeMs': (score?.halfLifeMs ?? 0) * MOST_HALVINGS,
    };
    for (const [path, ms] of Object.entries(longest)) {
      if (ms * 1_000 > LONGEST_US) report(path, 'is too long: what a store remembers has an end, after ten years');
    }
    if (parsed.rules.size > MOST_SHARED_RULES) {
      report('rules', `must be at most ${String(MOST_SHARED_RULES)} here, got ${String(parsed.rules.size)}`);
    }
    checkShare(parsed, ['threshold', threshold], report);
  });
}
