import type { Component, ComponentEvent, MetricSample } from '../../core/component.js';
import { InvalidArgumentError } from '../../core/errors.js';
import { describe } from '../../core/options.js';
import { steady } from '../../core/steady.js';
import { quiet } from '../../core/thenable.js';
import { componentEvent, METRICS_EVENTS, type MetricsCollectorEvents } from './events.js';
import { Exemplars } from './exemplar.js';
import { type PromRegistry, promMetric, takenIn } from './expose-in.js';
import { askForeign, type ForeignRegistry } from './foreign.js';
import { checkFormat, type MetricsFormat } from './format.js';
import { type Meter, MeterMirror } from './mirror.js';
import {
  type HistogramDefinition,
  type MetricDefinition,
  type MetricsCollectorOptions,
  parseCollectorOptions,
  parseDefinition,
  parseHistogram,
} from './options.js';
import { Registry } from './registry.js';
import { runtimeMetrics } from './runtime-metrics.js';
import { platformProbe } from './runtime-probe.js';
import { Scrape } from './scrape.js';
import type { MetricsSnapshot } from './snapshot.js';
import { Troubles } from './troubles.js';
import type { Counter, Gauge, Histogram } from './types.js';

/**
 * Counters, gauges and histograms, and their way out: as a snapshot, as Prometheus text or OpenMetrics, into a registry or a
 * meter that is there already.
 *
 * @example
 * const metrics = new MetricsCollector();
 * const jobs = metrics.counter('jobs_total', { help: 'Jobs that were run.', labels: ['kind'] });
 * jobs.inc({ kind: 'mail' });
 * for await (const chunk of metrics.stream('prometheus')) response.write(chunk);
 */
export class MetricsCollector implements Component<MetricsSnapshot>, Disposable {
  readonly kind = 'metrics-collector';
  readonly name: string;
  readonly #prefix: string;
  readonly #troubles: Troubles;
  readonly #registry: Registry;
  readonly #scrape: Scrape;
  readonly #ends = new Set<() => void>();
  readonly #mirrors = new Map<Meter, { wanted: number; readonly end: () => void }>();

  /** @throws {@link InvalidOptionsError} naming every option that is missing, unknown or out of range. */
  constructor(options?: MetricsCollectorOptions) {
    const parsed = parseCollectorOptions(options);
    const { name, clock, maxSeriesPerMetric, exemplar, runtime } = parsed;
    this.name = name;
    this.#prefix = parsed.prefix;
    const troubles = (this.#troubles = new Troubles(name, clock, parsed.onListenerError, maxSeriesPerMetric));
    const now = steady(clock);
    this.#registry = new Registry({
      limit: maxSeriesPerMetric,
      exemplars: new Exemplars(
        exemplar,
        () => clock.wallNow(),
        (error) => troubles.hookError(error),
      ),
      now,
      dropped: (metric) => troubles.dropped(metric),
      overflowed: (metric) => troubles.overflowed(metric),
      hidden: (metric, label) => troubles.hidden(metric, label),
    });
    this.#scrape = new Scrape(this.#registry, troubles, { ...parsed, now });
    if (runtime !== false) {
      const probe = runtime === true ? platformProbe(() => clock.wallNow(), now) : runtime;
      const own = runtimeMetrics(this.#registry, probe, (error) => troubles.hookError(error));
      this.onCollect(() => {
        own.read();
      });
      this.#ends.add(() => {
        own.end();
      });
    }
  }

  /**
   * Registers a value that only grows; the same again gives the same counter.
   *
   * @param name - letters, digits, `_` and `:`; in OpenMetrics its value ends in `_total`, whether the name does or not.
   * @throws {@link InvalidOptionsError} naming everything that is wrong with name and definition.
   * @throws {@link MetricConflictError} when the name is taken: by another kind, by other labels, or in a scrape.
   */
  counter<const L extends readonly string[] = readonly []>(
    name: string,
    definition: MetricDefinition<L>,
  ): Counter<L[number]> {
    return this.#registry.counter(parseDefinition('counter', name, this.#prefix, definition));
  }

  /**
   * Registers a value that goes up and down; the same again gives the same gauge.
   *
   * @throws {@link InvalidOptionsError} naming everything that is wrong with name and definition.
   * @throws {@link MetricConflictError} when the name is taken: by another kind, by other labels, or in a scrape.
   */
  gauge<const L extends readonly string[] = readonly []>(
    name: string,
    definition: MetricDefinition<L>,
  ): Gauge<L[number]> {
    return this.#registry.gauge(parseDefinition('gauge', name, this.#prefix, definition));
  }

  /**
   * Registers values that are counted in buckets; the same again gives the same histogram.
   *
   * @throws {@link InvalidOptionsError} naming everything that is wrong with name and definition.
   * @throws {@link MetricConflictError} when the name is taken: by another kind, other labels or buckets, or in a scrape.
   */
  histogram<const L extends readonly string[] = readonly []>(
    name: string,
    definition: HistogramDefinition<L>,
  ): Histogram<L[number]> {
    return this.#registry.histogram(parseHistogram(name, this.#prefix, definition));
  }

  /**
   * Calls `hook` before every scrape, so that it can set gauges. `stream` waits for a promise, at most `collectTimeoutMs`;
   * `snapshot` and `render` do not. One that throws or hangs is reported, counted and left behind.
   *
   * @returns a function that takes it back.
   * @throws {@link InvalidArgumentError} when `hook` is no function.
   */
  onCollect(hook: () => void | PromiseLike<void>): () => void {
    checkFunction('onCollect', hook);
    return this.#scrape.hooks.add(hook);
  }

  /**
   * Reads samples at every scrape, at most 10,000 of them, such as those of a part's `metrics()`. Samples of one name are one
   * family, from whichever source; those whose name is taken, or that are there already, are left out, counted and warned of.
   *
   * @returns a function that takes it back.
   * @throws {@link InvalidArgumentError} when `source` is no function.
   *
   * @example
   * metrics.collectFrom(() => limiter.metrics());
   */
  collectFrom(source: () => Iterable<MetricSample>): () => void {
    checkFunction('collectFrom', source);
    return this.#scrape.addSource(source);
  }

  /**
   * Shows the metrics of another library's registry in the text formats. `render` leaves out what comes as a promise. Lines
   * that are no exposition are dropped and counted; families whose name is taken are left out, counted and warned of.
   *
   * @returns a function that takes it back.
   * @throws {@link InvalidArgumentError} when it has no `metrics()`.
   */
  include(registry: ForeignRegistry): () => void {
    checkMethods('include', registry, ['metrics']);
    return this.#scrape.foreign.add(() => askForeign(registry));
  }

  /**
   * Shows what is registered here, now or later, in an existing prom-client registry. Names that it has already are left out,
   * counted and warned of; samples of sources are not shown there.
   *
   * @returns a function that takes it all out again.
   * @throws {@link InvalidArgumentError} when it is no such registry.
   */
  exposeIn(registry: PromRegistry): () => void {
    checkMethods('exposeIn', registry, ['registerMetric', 'removeSingleMetric', 'getSingleMetric']);
    const shown = new Map<string, object>();
    // Asynchronous by mistake, perhaps.
    const into: { registerMetric(metric: never): unknown; removeSingleMetric(name: string): unknown } = registry;
    const stop = this.#registry.each((family) => {
      const metric = promMetric(family, registry, () => this.#scrape.collected());
      try {
        const holder = takenIn(registry, family);
        if (holder !== undefined) {
          this.#troubles.conflict(family.name, holder);
          return;
        }
        quiet(into.registerMetric(metric as never), (error) => this.#troubles.failed(error));
        shown.set(family.name, metric);
      } catch (error) {
        this.#troubles.failed(error);
      }
    });
    return this.#ending(() => {
      stop();
      for (const [name, metric] of shown)
        if (registry.getSingleMetric(name) === metric) quiet(into.removeSingleMetric(name));
    });
  }

  /**
   * Shows what is registered here, now or later, as instruments of an OpenTelemetry meter: counters and gauges are asked for
   * when it collects, histograms record from now on. Samples of sources are not shown there. The same meter again is the
   * same mirror, until all have ended it.
   *
   * @returns a function that ends it; a meter keeps the instruments, with their last values.
   * @throws {@link InvalidArgumentError} when it is no such meter.
   */
  mirrorTo(meter: Meter): () => void {
    checkMethods('mirrorTo', meter, [
      'createObservableCounter',
      'createObservableGauge',
      'createHistogram',
      'addBatchObservableCallback',
      'removeBatchObservableCallback',
    ]);
    const shared = this.#mirrors.get(meter) ?? { wanted: 0, end: this.#mirror(meter) };
    this.#mirrors.set(meter, shared);
    shared.wanted++;
    return this.#ending(() => {
      if (--shared.wanted > 0) return;
      this.#mirrors.delete(meter);
      shared.end();
    });
  }

  #mirror(meter: Meter): () => void {
    const mirror = new MeterMirror(
      meter,
      () => this.#scrape.collected(),
      (error) => this.#troubles.hookError(error),
    );
    const stop = this.#registry.each((family) => {
      try {
        mirror.add(family);
      } catch (error) {
        this.#troubles.failed(error);
      }
    });
    return () => {
      stop();
      mirror.end();
    };
  }

  /** All metrics of this moment, as plain JSON that nobody can change; without those of foreign registries. */
  snapshot(): MetricsSnapshot {
    return this.#scrape.snapshot();
  }

  /**
   * All metrics as one text, at once: for tests and small registries, since everything else waits meanwhile. Promises of
   * collectors and foreign registries are not waited for.
   *
   * @throws {@link InvalidArgumentError} when there is no such format.
   */
  render(format: MetricsFormat): string {
    checkFormat('MetricsCollector.render', format);
    return this.#scrape.render(format);
  }

  /**
   * All metrics as text, in chunks, of which each takes well under a millisecond; in between everything else goes on. What
   * has to be collected is waited for, at most `collectTimeoutMs`. Each series is of one moment.
   *
   * @throws {@link InvalidArgumentError} when there is no such format.
   */
  stream(format: MetricsFormat): AsyncIterable<string> {
    checkFormat('MetricsCollector.stream', format);
    return { [Symbol.asyncIterator]: () => this.#scrape.stream(format) };
  }

  /** Subscribes to `type`; the returned function unsubscribes. */
  on<K extends keyof MetricsCollectorEvents>(
    type: K,
    listener: (event: MetricsCollectorEvents[K]) => void,
  ): () => void {
    return this.#troubles.events.on(type, listener);
  }

  /** Hears of limits that were reached, conflicts and failures, as plain JSON. */
  subscribe(listener: (event: ComponentEvent) => void): () => void {
    const ends = METRICS_EVENTS.map((type) =>
      this.#troubles.events.on(type, (data) => listener(componentEvent(type, data))),
    );
    return () => {
      for (const end of ends) end();
    };
  }

  /** How the collector itself is doing; part of every scrape. */
  metrics(): Iterable<MetricSample> {
    return this.#scrape.own();
  }

  /**
   * Ends what was begun: runtime figures, which are no longer shown, collectors, sources, bridges. All other metrics can still be
   * used and read.
   */
  dispose(): void {
    for (const end of [...this.#ends]) end();
    this.#ends.clear();
    this.#scrape.clear();
  }

  /** The same as {@link MetricsCollector.dispose}. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  #ending(end: () => void): () => void {
    const once = (): void => {
      if (!this.#ends.delete(once)) return;
      try {
        end();
      } catch (error) {
        this.#troubles.hookError(error);
      }
    };
    this.#ends.add(once);
    return once;
  }
}

function checkFunction(owner: string, value: unknown): void {
  if (typeof value !== 'function') {
    throw new InvalidArgumentError(`MetricsCollector.${owner}: must be given a function, got ${describe(value)}`);
  }
}

function checkMethods(owner: string, value: unknown, methods: readonly string[]): void {
  const given = value as Readonly<Record<string, unknown>> | null | undefined;
  const missing = methods.filter((method) => typeof given?.[method] !== 'function');
  if (missing.length === 0) return;
  throw new InvalidArgumentError(`MetricsCollector.${owner}: what is given has no ${missing.join('(), ')}()`);
}
