import type { Component, MetricSample } from '../../core/component.js';
import { HealthStatus } from '../../core/health-status.js';
import { redactLabel } from '../../core/redaction.js';
import type { Reporter } from '../../core/reporter.js';
import { isThenable } from '../../core/thenable.js';
import type { Shown } from './engine.js';
import { EventCounts } from './event-counts.js';
import { harmless, listen } from './listen.js';
import type { ObserveMetrics } from './options.js';
import { SnapshotGauges } from './snapshot-gauges.js';
import type { Tap } from './taps.js';

/** More samples of one component are no metrics any more. */
const MOST_SAMPLES = 10_000;

/** What a component has to say at a scrape: its own metrics or else its snapshot, its health, its events. @internal */
export class ComponentMetrics implements Tap {
  readonly #component: Component;
  readonly #shown: Shown;
  /** Whether it is the metrics itself: those show their own values anyway. */
  readonly #isSink: boolean;
  readonly #reporter: Reporter;
  readonly #events: EventCounts;
  readonly #gauges: SnapshotGauges;
  readonly #stopListening: () => void;
  #stopped = false;
  readonly #stopCollecting: unknown;

  constructor(component: Component, shown: Shown, metrics: ObserveMetrics, reporter: Reporter) {
    this.#component = component;
    this.#shown = shown;
    this.#isSink = (component as object) === metrics;
    this.#reporter = reporter;
    this.#events = new EventCounts(shown);
    this.#gauges = new SnapshotGauges(shown);
    this.#stopListening = listen(component, reporter, (event) => {
      this.#events.add(event);
    });
    this.#stopCollecting = harmless(reporter, () => metrics.collectFrom(() => this.#collect()));
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#stopListening();
    const stop = this.#stopCollecting;
    if (typeof stop === 'function') harmless(this.#reporter, stop as () => unknown);
  }

  /** One by one, so that a scrape can let others run in between. */
  *#collect(): Generator<MetricSample, void> {
    yield* this.#part(() => this.#own());
    yield* this.#part(() => this.#status());
    yield* this.#part(() => this.#events.samples());
  }

  /** Each part by itself, so that one that throws takes nothing else along. */
  *#part(read: () => Iterable<MetricSample>): Generator<MetricSample, void> {
    try {
      if (this.#isStopped()) return;
      for (const sample of read()) {
        // It may be stopped while a scrape goes on.
        if (this.#isStopped()) return;
        yield sample;
      }
    } catch (error) {
      this.#reporter.listenerError(error);
    }
  }

  #isStopped(): boolean {
    return this.#stopped;
  }

  #own(): Iterable<MetricSample> {
    const component = this.#component;
    if (this.#isSink) return [];
    if (typeof component.metrics !== 'function') {
      const snapshot = component.snapshot();
      if (!isThenable(snapshot)) return this.#gauges.samples(snapshot);
      this.#reporter.wrongAnswer(`snapshot() of ${this.#shown.kind} must answer at once`, snapshot);
      return [];
    }
    const answer: unknown = component.metrics();
    if (typeof (answer as Partial<Iterable<unknown>> | null | undefined)?.[Symbol.iterator] === 'function') {
      return this.#bounded(answer as Iterable<MetricSample>);
    }
    this.#reporter.wrongAnswer(`metrics() of ${this.#shown.kind} must answer at once, with samples`, answer);
    return [];
  }

  /** With an end, and each series once: parts of one name within a component cannot be told apart in a scrape. */
  *#bounded(samples: Iterable<MetricSample>): Iterable<MetricSample> {
    const series = new Set<string>();
    for (const given of samples) {
      const sample = masked(given);
      const key = seriesOf(sample);
      if (series.has(key)) {
        this.#warn('BREAKWATER_W_SAME_SERIES', `has ${sample.name} twice with the same labels; name its parts apart`);
        continue;
      }
      if (series.add(key).size > MOST_SAMPLES) {
        const text = `has more than ${String(MOST_SAMPLES)} samples; the rest is left out`;
        this.#warn('BREAKWATER_W_TOO_MANY_SAMPLES', text);
        return;
      }
      yield sample;
    }
  }

  *#status(): Iterable<MetricSample> {
    if (typeof this.#component.health !== 'function') return;
    const health: unknown = this.#component.health();
    if (isThenable(health)) {
      this.#reporter.wrongAnswer(`health() of ${this.#shown.kind} must answer at once`, health);
      return;
    }
    const now = (health as { readonly status?: unknown } | null | undefined)?.status;
    for (const status of Object.values(HealthStatus)) {
      yield {
        name: 'breakwater_component_status',
        type: 'gauge',
        help: 'Whether a component says that it is in this state of health (1) or not (0).',
        value: status === now ? 1 : 0,
        labels: { ...this.#shown, status },
      };
    }
  }

  #warn(code: `BREAKWATER_W_${string}`, text: string): void {
    this.#reporter.warn(code, `${this.#shown.kind} '${this.#shown.name}' ${text}`);
  }
}

/** An own component may label its samples with anything, such as an address with a password in it. */
function masked(sample: MetricSample): MetricSample {
  const { labels } = sample;
  if (labels === undefined) return sample;
  const clean: Record<string, string> = {};
  for (const [label, value] of Object.entries(labels))
    clean[label] = typeof value === 'string' ? redactLabel(label, value) : value;
  return { ...sample, labels: clean };
}

/** Labels in another order are another series here; whoever reads the scrape finds those. */
function seriesOf({ name, labels = {} }: MetricSample): string {
  let key = name;
  for (const label of Object.keys(labels)) key += `\0${label}\0${String(labels[label])}`;
  return key;
}
