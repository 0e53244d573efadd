import type { Clock } from '../../core/clock.js';
import type { Component } from '../../core/component.js';
import { InvalidArgumentError } from '../../core/errors.js';
import {
  clockOption,
  count,
  describe,
  durationMs,
  flag,
  optionalFunction,
  type OptionKind,
  type ParsedOptions,
  parseOptions,
  text,
} from '../../core/options.js';
import { type ListenerErrorHandler, onListenerErrorOption } from '../../core/reporter.js';
import { nearest } from '../../core/spelling.js';
import type { FeatureCall } from './feature-call.js';

/** Options of {@link GracefulDegradation}. */
export interface GracefulDegradationOptions {
  /** Shown in events, metrics and reports; 1 to 200 characters. @defaultValue `'default'` */
  readonly name?: string | undefined;
  /**
   * How long a feature stays degraded at least after its last degradation, in ms, at least 0, so that it does not flap.
   * @defaultValue `5_000`
   */
  readonly minDwellMs?: number | undefined;
  /** Most features that may be registered. Integer, at least 1. @defaultValue `1_000` */
  readonly maxFeatures?: number | undefined;
  /** Whether refusals record where they were created; costs several microseconds each. @defaultValue `false` */
  readonly captureStack?: boolean | undefined;
  /** Time source. @defaultValue `systemClock` */
  readonly clock?: Clock | undefined;
  /** Hears of listeners that throw. @defaultValue `process.emitWarning` */
  readonly onListenerError?: ListenerErrorHandler | undefined;
}

/** Options of {@link GracefulDegradation.register}. */
export interface FeatureOptions {
  /** Answers while the feature is degraded, for calls that bring no answer of their own. @defaultValue none */
  readonly fallback?: ((call: FeatureCall) => unknown) | undefined;
  /** What the feature can be, the best first: 2 to 10 different names. @defaultValue `['full', 'degraded']` */
  readonly levels?: readonly string[] | undefined;
  /** Whether the fallback also answers a call that fails although the feature is well. @defaultValue `false` */
  readonly fallbackOnError?: boolean | undefined;
}

/** Options of {@link GracefulDegradation.link}. */
export interface LinkOptions<C extends Component = Component> {
  /** What the feature is while the component ails. @defaultValue the second of its levels */
  readonly level?: string | undefined;
  /** What the reason is called; 1 to 200 characters. @defaultValue kind and name of the component, as `kind:name` */
  readonly reason?: string | undefined;
  /**
   * Whether the feature is to be degraded; asked at each event of the component, and whenever the feature is looked at
   * or run, so it must be quick.
   * @defaultValue whether the component's `health()` is other than `HEALTHY`
   */
  readonly when?: ((component: C) => boolean) | undefined;
}

/** Defaults of {@link GracefulDegradationOptions}. */
export const GRACEFUL_DEGRADATION_DEFAULTS = /* @__PURE__ */ Object.freeze({
  name: 'default',
  minDwellMs: 5_000,
  maxFeatures: 1_000,
  captureStack: false,
});

function schema() {
  const defaults = GRACEFUL_DEGRADATION_DEFAULTS;
  return {
    name: text(defaults.name),
    minDwellMs: durationMs(defaults.minDwellMs),
    maxFeatures: count({ min: 1, default: defaults.maxFeatures }),
    captureStack: flag(defaults.captureStack),
    clock: clockOption(),
    onListenerError: onListenerErrorOption(),
  };
}

/** The options as the class uses them. @internal */
export type ParsedDegradationOptions = ParsedOptions<ReturnType<typeof schema>>;

/** @internal */
export function parseDegradationOptions(options: GracefulDegradationOptions | undefined): ParsedDegradationOptions {
  return parseOptions('GracefulDegradation', schema(), options);
}

const LEVELS: readonly string[] = ['full', 'degraded'];
const MOST_LEVELS = 10;

function levelsOption(): OptionKind<readonly string[]> {
  const name = text('');
  return {
    parse(value, path, report) {
      if (value === undefined) return LEVELS;
      if (!Array.isArray(value) || value.length < 2 || value.length > MOST_LEVELS) {
        report(path, `must be a list of 2 to ${String(MOST_LEVELS)} names, the best level first`);
        return LEVELS;
      }
      const levels = value.map((item: unknown, i) => name.parse(item ?? null, `${path}[${String(i)}]`, report));
      if (new Set(levels).size < levels.length) report(path, 'must be different names');
      return levels;
    },
  };
}

function featureSchema() {
  return {
    fallback: optionalFunction<(call: FeatureCall) => unknown>(),
    levels: levelsOption(),
    fallbackOnError: flag(false),
  };
}

/** @internal */
export type ParsedFeatureOptions = ParsedOptions<ReturnType<typeof featureSchema>>;

/** @internal */
export function parseFeatureOptions(options: FeatureOptions | undefined): ParsedFeatureOptions {
  return parseOptions('GracefulDegradation.register', featureSchema(), options);
}

function linkSchema() {
  return {
    level: text(undefined),
    reason: text(undefined),
    when: optionalFunction<(component: Component) => boolean>(),
  };
}

/** @internal */
export function parseLinkOptions(options: object | undefined): ParsedOptions<ReturnType<typeof linkSchema>> {
  return parseOptions('GracefulDegradation.link', linkSchema(), options);
}

/** The place of a level that a reason may name: any but the best. @internal */
export function placeOf(method: string, levels: readonly string[], level: unknown): number {
  if (level === undefined) return 1;
  const place = typeof level === 'string' ? levels.indexOf(level) : -1;
  if (place > 0) return place;
  if (place === 0) throw new InvalidArgumentError(`${method}: '${levels[0] ?? ''}' is the best level; use recover`);
  const words = levels.slice(1);
  const meant = typeof level === 'string' ? nearest(level, words) : undefined;
  const hint = meant === undefined ? `, got ${describe(level)}` : `; did you mean '${meant}'?`;
  throw new InvalidArgumentError(`${method}: level must be ${words.map((word) => `'${word}'`).join(' or ')}${hint}`);
}
