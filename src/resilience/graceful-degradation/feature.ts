import type { PlatformAbortSignal } from '../../core/platform.js';
import { redactText } from '../../core/redaction.js';
import { FeatureState, type OnMoved } from './engine.js';
import { FeatureDegradedError } from './errors.js';
import { type Around, type FeatureCall, FeatureCallContext, type FeatureResult } from './feature-call.js';
import type { Link } from './link.js';
import type { ParsedFeatureOptions } from './options.js';
import type { FeatureReport } from './report.js';

/** What a feature has of the object that it is registered with. @internal */
export interface FeatureSurroundings {
  /** The time, which never goes back. */
  readonly now: () => number;
  readonly minDwellMs: number;
  readonly captureStack: boolean;
}

/** @internal */
export type FeatureOperation<T> = (call: FeatureCall) => T | PromiseLike<T>;

/** One registered feature: its state, its links and its calls. @internal */
export class Feature {
  readonly name: string;
  readonly options: ParsedFeatureOptions;
  readonly state: FeatureState;
  readonly links = new Set<Link>();
  readonly #around: FeatureSurroundings;
  readonly #calls = { full: 0, degraded: 0, refused: 0, failed: 0 };

  constructor(name: string, options: ParsedFeatureOptions, around: FeatureSurroundings, onMoved: OnMoved) {
    this.name = name;
    this.options = options;
    this.#around = around;
    this.state = new FeatureState(around.minDwellMs, onMoved);
  }

  /** Brings the state up to date: asks what it is linked to, and makes a recovery that fell due. */
  look(): void {
    for (const link of this.links) this.heed(link);
    if (this.state.episode !== undefined) this.state.advance(this.#around.now());
  }

  /** Asks one linked component. */
  heed(link: Link): void {
    const { ails, message } = link.ask();
    const { state } = this;
    if (!this.links.has(link)) return;
    if (!ails) {
      if (state.has(link)) state.recover([link], this.#around.now());
    } else if (state.has(link)) state.note(link, message);
    else {
      const text = redactText(link.reason, 200);
      state.degrade(link, { text, by: 'link', level: link.level, message }, this.#around.now());
    }
  }

  /** Takes a link out, with the reason that it may have been. */
  unlink(link: Link): void {
    if (this.links.delete(link)) this.state.recover([link], this.#around.now());
  }

  levelName(level: number): string {
    return this.options.levels[level] ?? '';
  }

  /** The reasons there are, each once. */
  reasonTexts(): string[] {
    return [...new Set([...this.state.reasons].map(({ text }) => text))];
  }

  async run<T, F>(
    full: FeatureOperation<T>,
    degraded: FeatureOperation<F> | undefined,
    around: Around,
  ): Promise<FeatureResult<T | F>> {
    const { signal } = around;
    this.look();
    const { level, episode } = this.state;
    const trial = level > 0 && this.#wantsTrial();
    // A registered fallback answers in the form that the feature's callers expect.
    const answer = degraded ?? (this.options.fallback as FeatureOperation<F> | undefined);
    let served = { level, reasons: level === 0 ? [] : this.reasonTexts() };
    let failure: { readonly error: unknown } | undefined;
    if (level === 0 || trial) {
      const best = this.levelName(0);
      try {
        const value = await full(new FeatureCallContext(this.name, best, false, [], around));
        if (!isAborted(signal)) this.#calls.full++;
        return { value, degraded: false, level: best, reasons: [] };
      } catch (error) {
        const givenUp = isAborted(signal);
        if (givenUp || answer === undefined || !(trial || this.options.fallbackOnError)) {
          if (!givenUp) this.#calls.failed++;
          throw error;
        }
        failure = { error };
        if (!trial) served = { level: 1, reasons: ['error'] };
      }
    }
    if (answer === undefined) throw this.#refuse(served.level, served.reasons);
    const name = this.levelName(served.level);
    const call = new FeatureCallContext(this.name, name, true, served.reasons, around, failure);
    try {
      const value = await answer(call);
      if (!isAborted(signal)) {
        this.#calls.degraded++;
        if (episode !== undefined) episode.calls++;
      }
      return { value, degraded: true, level: name, reasons: served.reasons };
    } catch (error) {
      if (!isAborted(signal)) this.#calls.failed++;
      throw error;
    }
  }

  /** How it is doing, once it has been looked at. */
  report(nowMs: number): FeatureReport {
    const { level, episode } = this.state;
    const recoversInMs = this.state.recoversInMs(nowMs);
    return {
      feature: this.name,
      level: this.levelName(level),
      degraded: level > 0,
      reasons: [...this.state.reasons].map((reason) => ({
        reason: reason.text,
        level: this.levelName(reason.level),
        sinceMs: Math.max(0, nowMs - reason.sinceMs),
        by: reason.by,
        ...(reason.message === undefined ? {} : { message: reason.message }),
      })),
      degradedForMs: episode === undefined ? 0 : Math.max(0, nowMs - episode.sinceMs),
      ...(recoversInMs === undefined ? {} : { recoversInMs }),
      calls: { ...this.#calls },
    };
  }

  /** Whether the only thing that is wrong are circuits that wait for a call: without one they would stay broken. */
  #wantsTrial(): boolean {
    const trials = [...this.links].filter((link) => this.state.has(link) && link.last.wantsTrial).length;
    return trials > 0 && trials === [...this.state.reasons].length;
  }

  #refuse(level: number, reasons: readonly string[]): FeatureDegradedError {
    this.#calls.refused++;
    const retryAfterMs = this.state.recoversInMs(this.#around.now());
    return new FeatureDegradedError(this.name, this.levelName(level), reasons, {
      captureStack: this.#around.captureStack,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }
}

function isAborted(signal: PlatformAbortSignal | undefined): boolean {
  return signal?.aborted === true;
}
