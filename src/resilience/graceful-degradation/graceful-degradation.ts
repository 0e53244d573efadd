import type { Component, ComponentEvent, MetricSample } from '../../core/component.js';
import { Emitter } from '../../core/emitter.js';
import { InvalidArgumentError } from '../../core/errors.js';
import { HealthStatus } from '../../core/health-status.js';
import { liveSignal } from '../../core/call-signal.js';
import { describe } from '../../core/options.js';
import { redactName, redactText } from '../../core/redaction.js';
import { Reporter } from '../../core/reporter.js';
import { steady } from '../../core/steady.js';
import { nearest } from '../../core/spelling.js';
import { shortText } from '../../core/short-text.js';
import { type ExecuteOptions, notAFunction } from '../call-context.js';
import type { Episode } from './engine.js';
import { DEGRADATION_EVENTS, type DegradationEvents, tellAsJson } from './events.js';
import type { FeatureCall, FeatureResult } from './feature-call.js';
import { Feature, type FeatureSurroundings } from './feature.js';
import { Link } from './link.js';
import { degradationMetrics } from './metrics.js';
import {
  type FeatureOptions,
  type GracefulDegradationOptions,
  type LinkOptions,
  parseDegradationOptions,
  type ParsedDegradationOptions,
  parseFeatureOptions,
  parseLinkOptions,
  placeOf,
} from './options.js';
import type { DegradationReport } from './report.js';

/** Reasons and links that one feature may have together. */
const MOST_REASONS = 100;
/** Features that a health message names. */
const MOST_NAMED = 10;

/**
 * Keeps track of which features work in full and which only in part, and why, and runs what suits: the full operation,
 * or the one that makes do.
 *
 * @example
 * const degradation = new GracefulDegradation();
 * degradation.register('search', { levels: ['full', 'cached', 'off'], fallback: () => [] });
 * degradation.link('search', breaker, { level: 'cached' });
 * const { value, degraded } = await degradation.run('search', () => search(query));
 */
export class GracefulDegradation implements Component<DegradationReport> {
  readonly kind = 'graceful-degradation';
  readonly name: string;
  readonly #options: ParsedDegradationOptions;
  readonly #reporter: Reporter;
  readonly #events: Emitter<DegradationEvents>;
  readonly #around: FeatureSurroundings;
  readonly #features = new Map<string, Feature>();

  /** @throws {@link InvalidOptionsError} naming every option that is unknown or out of range. */
  constructor(options?: GracefulDegradationOptions) {
    this.#options = parseDegradationOptions(options);
    this.name = this.#options.name;
    const { clock, onListenerError } = this.#options;
    this.#reporter = new Reporter(`GracefulDegradation '${this.name}'`, clock, onListenerError);
    this.#events = new Emitter(this.#reporter, DEGRADATION_EVENTS);
    this.#around = { ...this.#options, now: steady(clock) };
  }

  /**
   * Makes a feature known; it begins at its best level.
   *
   * @param feature - its name, 1 to 200 characters, none of them a control character; each name once.
   * @throws {@link InvalidArgumentError} when the name is impossible or in use, or there are `maxFeatures` already.
   * @throws {@link InvalidOptionsError} naming every option that is unknown or out of range.
   */
  register(feature: string, options?: FeatureOptions): void {
    const name = shortText('register', 'the name', feature);
    const shown = redactText(name);
    if (this.#features.has(name)) throw new InvalidArgumentError(`register: feature '${shown}' is registered already`);
    const parsed = parseFeatureOptions(options);
    const { maxFeatures } = this.#options;
    if (this.#features.size >= maxFeatures) {
      throw new InvalidArgumentError(`register: there are ${String(maxFeatures)} features already, see maxFeatures`);
    }
    const added: Feature = new Feature(shown, parsed, this.#around, (from, to, episode, atMs) => {
      this.#moved(added, from, to, episode, atMs);
    });
    this.#features.set(name, added);
  }

  /**
   * Degrades a feature for a reason. The same reason again changes its level and keeps its age. The feature is at the
   * worst level of all its reasons.
   *
   * @param degradation - why, 1 to 200 characters, shown redacted; and the level, the second of the feature's when it is
   * left out.
   * @throws {@link InvalidArgumentError} when the feature or the level is not known, the reason is impossible, or the
   * feature has 100 reasons and links already.
   */
  degrade(feature: string, degradation: { readonly reason: string; readonly level?: string | undefined }): void {
    const known = this.#known('degrade', feature);
    const { reason: given, level } = argument('degrade', degradation, ['reason', 'level']);
    const reason = shortText('degrade', 'reason', given);
    const place = placeOf('degrade', known.options.levels, level);
    if (!known.state.has(reason)) this.#makeSureOfRoom('degrade', known);
    const text = redactText(reason, 200);
    known.state.degrade(reason, { text, by: 'manual', level: place, message: undefined }, this.#around.now());
  }

  /**
   * Takes one reason back that {@link GracefulDegradation.degrade} gave, or all of those. Reasons of linked components
   * stay: they go when the component is well. The feature recovers when its last reason is gone, and not before its last
   * degradation is `minDwellMs` old. A reason that is not there is no error.
   *
   * @throws {@link InvalidArgumentError} when the feature is not known, or `reason` is no text.
   */
  recover(feature: string, recovery: { readonly reason?: string | undefined } = {}): void {
    const known = this.#known('recover', feature);
    const { reason } = argument('recover', recovery, ['reason']);
    const keys = reason === undefined ? known.state.manualKeys : [shortText('recover', 'reason', reason)];
    known.state.recover(keys, this.#around.now());
  }

  /**
   * Whether the feature is at another level than its best.
   *
   * @throws {@link InvalidArgumentError} when the feature is not known.
   */
  isDegraded(feature: string): boolean {
    const known = this.#known('isDegraded', feature);
    known.look();
    return known.state.level > 0;
  }

  /**
   * Runs `full` while the feature is well, else `degraded` or the feature's fallback; the answer says which it was. When
   * the operation that was run fails, so does this: see `fallbackOnError` for the other way.
   *
   * While all that is wrong are linked circuits that wait for calls, in `HALF_OPEN` or while they take up their load step
   * by step, calls try `full` first, so that the circuits get them, and are answered degraded when it fails.
   *
   * Its type cannot know what the registered fallback answers: `run<T, F>` says it.
   *
   * @throws {@link FeatureDegradedError} (as a rejection) when the feature is degraded and there is nothing else to run.
   * @throws {@link InvalidArgumentError} (as a rejection) when the feature is not known, an operation is no function, or
   * `signal` no signal.
   * @throws `signal.reason` (as a rejection) when `signal` is aborted already; nothing is run.
   */
  async run<T, F = unknown>(
    feature: string,
    full: (call: FeatureCall) => T | PromiseLike<T>,
    degraded?: (call: FeatureCall) => F | PromiseLike<F>,
    options?: ExecuteOptions,
  ): Promise<FeatureResult<T | F>> {
    const known = this.#known('run', feature);
    if (typeof full !== 'function') throw notAFunction('GracefulDegradation.run', full);
    if (degraded !== undefined && typeof degraded !== 'function') {
      throw notAFunction('GracefulDegradation.run', degraded);
    }
    return known.run(full, degraded, { options, signal: liveSignal('GracefulDegradation.run', options) });
  }

  /**
   * Lets a feature degrade and recover with a component, such as a circuit breaker or a health check service: by its
   * events, and by what it says whenever the feature is looked at or run. A component that fails to answer ails.
   *
   * @returns a function that takes the link out again, with the reason it may have been; calling it twice does nothing.
   * @throws {@link InvalidArgumentError} when the feature or the level is not known, it is no component, it has no
   * `health()` and there is no `when`, or the feature has 100 reasons and links already.
   * @throws {@link InvalidOptionsError} naming every option that is unknown or out of range.
   */
  link<C extends Component>(feature: string, component: C, options?: LinkOptions<C>): () => void {
    const known = this.#known('link', feature);
    const { level, reason, when } = parseLinkOptions(options);
    const label = this.#labelOf(component, when !== undefined);
    const place = placeOf('link', known.options.levels, level);
    this.#makeSureOfRoom('link', known);
    const link = new Link(component, reason ?? label, place, when);
    known.links.add(link);
    const unsubscribe = this.#subscribeTo(component, () => {
      known.heed(link);
    });
    known.heed(link);
    return () => {
      known.unlink(link);
      unsubscribe();
    };
  }

  /** Every feature, its level and its reasons, as plain JSON. */
  status(): DegradationReport {
    const all = [...this.#features.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const feature of all) feature.look();
    const nowMs = this.#around.now();
    const features = all.map((feature) => feature.report(nowMs));
    return { version: 1, name: this.name, degraded: features.filter(({ degraded }) => degraded).length, features };
  }

  /** Subscribes to `type`; the returned function unsubscribes. */
  on<K extends keyof DegradationEvents>(type: K, listener: (event: DegradationEvents[K]) => void): () => void {
    return this.#events.on(type, listener);
  }

  /** Hears of degradations and recoveries, as plain JSON, for loggers and status pages. */
  subscribe(listener: (event: ComponentEvent) => void): () => void {
    return tellAsJson(this.#events, listener);
  }

  /** The same as {@link GracefulDegradation.status}. */
  snapshot(): DegradationReport {
    return this.status();
  }

  /** `DEGRADED` while any feature is; the message names ten at most. */
  health(): { readonly status: HealthStatus; readonly message?: string } {
    const degraded: Feature[] = [];
    for (const feature of this.#features.values()) {
      feature.look();
      if (feature.state.level > 0) degraded.push(feature);
    }
    if (degraded.length === 0) return { status: HealthStatus.HEALTHY };
    const named = degraded
      .slice(0, MOST_NAMED)
      .map((feature) => `${feature.name} is at '${feature.levelName(feature.state.level)}'`);
    const others = degraded.length - named.length;
    const message = `${named.join(', ')}${others > 0 ? ` and ${String(others)} more` : ''}`;
    return { status: HealthStatus.DEGRADED, message: redactText(message, 1_000) };
  }

  /** Whether each feature is degraded, and what came of its calls, for a scrape. */
  metrics(): Iterable<MetricSample> {
    return degradationMetrics(this.status());
  }

  #known(method: string, name: unknown): Feature {
    const feature = typeof name === 'string' ? this.#features.get(name) : undefined;
    if (feature !== undefined) return feature;
    if (typeof name !== 'string') {
      throw new InvalidArgumentError(`${method}: expected the name of a feature, got ${describe(name)}`);
    }
    const meant = nearest(name, [...this.#features.keys()]);
    const hint = meant === undefined ? '; register it first' : `; did you mean '${redactText(meant, 64)}'?`;
    throw new InvalidArgumentError(`${method}: no feature is named '${redactText(name, 64)}'${hint}`);
  }

  /** A link needs its room at once: it must not be refused when its component ails. */
  #makeSureOfRoom(method: string, { name, state, links }: Feature): void {
    if (state.manualKeys.length + links.size < MOST_REASONS) return;
    throw new InvalidArgumentError(
      `${method}: feature '${name}' has ${String(MOST_REASONS)} reasons and links already`,
    );
  }

  #labelOf(component: unknown, hasWhen: boolean): string {
    const { kind, name, health, subscribe } = (component ?? {}) as Readonly<Record<string, unknown>>;
    if (typeof kind !== 'string' || typeof name !== 'string' || typeof subscribe !== 'function') {
      throw new InvalidArgumentError(
        `link: expected a component with kind, name and subscribe, got ${describe(component)}`,
      );
    }
    if (component === this) throw new InvalidArgumentError('link: a feature cannot depend on its own degradation');
    if (!hasWhen && typeof health !== 'function') {
      throw new InvalidArgumentError(`link: '${kind}:${name}' has no health(); say with 'when' how it ails`);
    }
    return `${kind}:${name}`;
  }

  #subscribeTo(component: Component, heed: () => void): () => void {
    try {
      const unsubscribe: unknown = component.subscribe(heed);
      return typeof unsubscribe === 'function' ? (unsubscribe as () => void) : () => undefined;
    } catch (error) {
      // It is still asked whenever the feature is looked at.
      this.#reporter.listenerError(error);
      return () => undefined;
    }
  }

  #moved(feature: Feature, from: number, to: number, episode: Episode, atMs: number): void {
    const common = { degradation: this.name, feature: feature.name, from: feature.levelName(from) };
    if (to > 0) {
      if (!this.#events.has('degraded')) return;
      const level = feature.levelName(to);
      this.#events.emit('degraded', { ...common, level, worse: to > from, reasons: feature.reasonTexts() });
    } else if (this.#events.has('recovered')) {
      this.#events.emit('recovered', {
        ...common,
        durationMs: atMs - episode.sinceMs,
        callsServedDegraded: episode.calls,
        reasons: [...episode.reasons],
      });
    }
  }
}

/** A name that is misspelt would degrade too far, or recover too much. */
function argument<T extends object>(method: string, value: T, names: readonly string[]): T {
  if (typeof value !== 'object' || (value as T | null) === null) {
    throw new InvalidArgumentError(
      `${method}: expected an object such as { reason: 'maintenance' }, got ${describe(value)}`,
    );
  }
  for (const key of Object.keys(value)) {
    if (names.includes(key)) continue;
    const meant = nearest(key, names);
    const hint = meant === undefined ? `; there are ${names.join(' and ')}` : `; did you mean ${meant}?`;
    throw new InvalidArgumentError(`${method}: ${redactName(key, 64)} is not an option${hint}`);
  }
  return value;
}
