import type { Clock } from '../../core/clock.js';
import { Emitter } from '../../core/emitter.js';
import { errorText } from '../../core/error-text.js';
import { redactName, redactText } from '../../core/redaction.js';
import { type ListenerErrorHandler, Reporter } from '../../core/reporter.js';
import { METRICS_EVENTS, type MetricsCollectorEvents } from './events.js';

/** Most names that a warning is given for. */
const MOST_WARNED = 100;

/** What went wrong with a collector so far: counted, told once, and never thrown at anybody. @internal */
export class Troubles {
  readonly events: Emitter<MetricsCollectorEvents>;
  /** Values that could not be taken. */
  droppedValues = 0;
  /** Samples of sources, and lines of foreign registries, that are none. */
  droppedSamples = 0;
  /** Those whose name or series was taken. */
  conflicts = 0;
  /** How often a set of labels had no room. */
  overflows = 0;
  /** What was asked for a scrape and failed. */
  collectErrors = 0;
  readonly #name: string;
  readonly #owner: string;
  readonly #clock: Clock;
  readonly #handler: ListenerErrorHandler | undefined;
  readonly #reporter: Reporter;
  readonly #limit: number;
  readonly #warned = new Set<string>();

  constructor(name: string, clock: Clock, handler: ListenerErrorHandler | undefined, limit: number) {
    this.#name = name;
    this.#owner = `MetricsCollector '${name}'`;
    this.#clock = clock;
    this.#handler = handler;
    this.#limit = limit;
    this.#reporter = new Reporter(this.#owner, clock, handler);
    this.events = new Emitter<MetricsCollectorEvents>(this.#reporter, METRICS_EVENTS);
  }

  dropped(metric: string): void {
    this.droppedValues++;
    this.#once(
      'BREAKWATER_W_METRIC_VALUE',
      metric,
      () => 'was given a value that is no number it can take, or a timer ended without its labels; it was dropped',
    );
  }

  overflowed(metric: string): void {
    this.overflows++;
    const isFirst = this.#once(
      'BREAKWATER_W_SERIES_LIMIT',
      metric,
      () => `has ${String(this.#limit)} series, as many as it may have; further labels share one, all 'overflow'`,
    );
    if (isFirst) this.events.emit('seriesLimit', { collector: this.#name, metric, limit: this.#limit });
  }

  hidden(metric: string, label: string): void {
    this.#once(
      'BREAKWATER_W_SENSITIVE_LABEL',
      metric,
      () =>
        `has the label '${redactName(label)}': such a name may stand for a secret, so all its values are shown as one`,
    );
  }

  conflict(metric: string, holder: string): void {
    this.conflicts++;
    const isFirst = this.#once(
      'BREAKWATER_W_METRIC_CONFLICT',
      metric,
      () => `comes from a source or a registry, but '${holder}' has the name, or the series, already; it was left out`,
    );
    if (isFirst) this.events.emit('conflict', { collector: this.#name, metric, holder });
  }

  badSamples(count = 1): void {
    this.droppedSamples += count;
  }

  failed(error: unknown): void {
    this.collectErrors++;
    this.hookError(error);
    this.events.emit('collectError', { collector: this.#name, message: redactText(errorText(error), 200) });
  }

  /** For hooks that belong to no scrape. */
  hookError(error: unknown): void {
    this.#reporter.listenerError(error);
  }

  /** Whether it is the first time; a reporter says each code once, so each metric has one of its own. */
  #once(code: `BREAKWATER_W_${string}`, metric: string, what: () => string): boolean {
    const key = `${code} ${metric}`;
    if (this.#warned.size >= MOST_WARNED * 4 || this.#warned.has(key)) return false;
    this.#warned.add(key);
    new Reporter(this.#owner, this.#clock, this.#handler).warn(code, `metric '${metric}' ${what()}`);
    return true;
  }
}
