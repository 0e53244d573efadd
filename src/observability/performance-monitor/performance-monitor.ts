import type { Component, ComponentEvent, MetricSample } from '../../core/component.js';
import { Emitter } from '../../core/emitter.js';
import { InvalidArgumentError } from '../../core/errors.js';
import { describe } from '../../core/options.js';
import { Reporter } from '../../core/reporter.js';
import { followed } from '../../internal/followed.js';
import { LogBuckets } from '../../internal/log-buckets.js';
import { PERFORMANCE_MONITOR_EVENTS, type PerformanceMonitorEvents } from './events.js';
import { type ExportedSketch, readSketch } from './exported-sketch.js';
import { monitorMetrics, recordedMetric, seriesMetrics } from './metrics.js';
import { parsePerformanceMonitorOptions, type PerformanceMonitorOptions } from './options.js';
import { Periods } from './period.js';
import type { PerformanceStats, Series } from './series.js';
import { SeriesTable } from './series-table.js';

/** What a snapshot shows of one metric. */
export interface MetricStats extends PerformanceStats {
  /** The metric's name. */
  readonly metric: string;
}

/** A monitor's state as plain JSON. */
export interface PerformanceMonitorSnapshot {
  readonly name: string;
  /** How many metrics there are, and may be. */
  readonly metricCount: number;
  readonly maxMetrics: number;
  /** Values that were none, and values that went to `overflow` for want of room. */
  readonly ignored: number;
  readonly overflowed: number;
  /** Bytes of all tables of values and counts. */
  readonly bytes: number;
  /** The first 100 metrics; `stats` knows all. */
  readonly metrics: readonly MetricStats[];
}

const MOST_SHOWN = 100;

/**
 * Remembers values of whatever is measured, by name, in bounded memory: the last `keep` of each for minimum, maximum and
 * average, and how they are distributed over the last minutes, for quantiles within 1.1 %.
 *
 * @example
 * const monitor = new PerformanceMonitor();
 * monitor.record('db.query_ms', 3.2);
 * const rows = await monitor.time('report_ms', () => report());
 * monitor.stats('report_ms')?.p95;
 */
export class PerformanceMonitor implements Component<PerformanceMonitorSnapshot> {
  readonly kind = 'performance-monitor';
  readonly name: string;
  readonly #options: ReturnType<typeof parsePerformanceMonitorOptions>;
  readonly #reporter: Reporter;
  readonly #events: Emitter<PerformanceMonitorEvents>;
  readonly #periods: Periods;
  readonly #series: SeriesTable;
  readonly #buckets = new LogBuckets();
  #ignored = 0;
  #full = false;
  // Whoever records often records the same again.
  #latestName = '';
  #latest: Series | undefined;

  /** @throws {@link InvalidOptionsError} naming every option that is unknown or out of range. */
  constructor(options?: PerformanceMonitorOptions) {
    this.#options = parsePerformanceMonitorOptions(options);
    const { name, keep, maxMetrics, quantileWindowMs, clock, onListenerError } = this.#options;
    this.name = name;
    this.#reporter = new Reporter(`PerformanceMonitor '${name}'`, clock, onListenerError);
    this.#events = new Emitter(this.#reporter, PERFORMANCE_MONITOR_EVENTS);
    this.#periods = new Periods(clock, quantileWindowMs);
    this.#series = new SeriesTable(maxMetrics, keep);
  }

  /**
   * Remembers one value. Never throws: what is no finite number, and what has no name, is ignored and counted.
   *
   * @param metric - the name, with its unit, such as `db.query_ms`. Longer than 200 characters it is cut. Never something
   * that a client chooses: beyond `maxMetrics` all names share the metric `overflow`.
   * @param value - a finite number, in a unit of your own; zero and less are values as well.
   */
  record(metric: string, value: number): void {
    this.#add(metric, value, this.#periods.now());
  }

  /**
   * Runs `fn` and remembers how long it took, in ms, also when it fails: until it returns, or until the promise that it
   * returns has settled. What it returns stays of its kind, and what it throws is thrown on. Something that is no promise
   * and can be waited for, such as a query that begins when it is awaited, is timed when the caller awaits it.
   *
   * @throws {@link InvalidArgumentError} when `fn` is not a function; and whatever `fn` throws.
   */
  time<R>(metric: string, fn: () => R): R {
    if (typeof fn !== 'function') {
      throw new InvalidArgumentError(`PerformanceMonitor.time: fn must be a function, got ${describe(fn)}`);
    }
    const startMs = this.#periods.nowMs();
    return followed(fn, () => {
      const nowMs = this.#periods.nowMs();
      this.#add(metric, nowMs - startMs, this.#periods.at(nowMs));
    });
  }

  /** What is known of a metric; `null` when nothing was recorded under this name. */
  stats(metric: string): PerformanceStats | null {
    return this.#find(metric)?.stats(this.#periods.now()) ?? null;
  }

  /**
   * The value that a share of those in the window does not exceed, within 1.1 %; `null` when there are none.
   *
   * @param ratio - from 0 to 1: `0.999` for the value that one in a thousand exceeds. 0 and 1 are exact.
   * @throws {@link InvalidArgumentError} when `ratio` is not such a number.
   */
  quantile(metric: string, ratio: number): number | null {
    if (typeof ratio !== 'number' || !(ratio >= 0 && ratio <= 1)) {
      throw new InvalidArgumentError(
        `PerformanceMonitor.quantile: ratio must be a number from 0 to 1, got ${describe(ratio)}`,
      );
    }
    return this.#find(metric)?.quantile(ratio, this.#periods.now()) ?? null;
  }

  /** The names of all metrics, in the order in which they came. */
  metricNames(): string[] {
    return Array.from(this.#series, ({ name }) => name);
  }

  /** Forgets a metric, or all when none is named. */
  reset(metric?: string): void {
    if (metric === undefined || typeof metric === 'string') this.#series.delete(metric);
    this.#latest = undefined;
    this.#full = false;
  }

  /** The values of a metric in the window, for {@link PerformanceMonitor.merge} in another process; `null` without any. */
  exportSketch(metric: string): ExportedSketch | null {
    return this.#find(metric)?.exported(this.#periods.now()) ?? null;
  }

  /**
   * Adds what another process exported, as if it had been recorded now: to the quantiles and to the lifetime's count and
   * sum. Count, minimum, maximum and average are of what was recorded here, or of the window when nothing was.
   *
   * @throws {@link InvalidArgumentError} naming everything that is wrong with `metric` or `exported`; nothing is added then.
   */
  merge(metric: string, exported: ExportedSketch): void {
    if (typeof metric !== 'string' || metric === '') {
      throw new InvalidArgumentError(
        `PerformanceMonitor.merge: metric must be a string that is not empty, got ${describe(metric)}`,
      );
    }
    const sketch = readSketch(exported);
    this.#open(metric).merge(sketch, this.#periods.now());
  }

  /** Subscribes to `type`; the returned function unsubscribes. */
  on<K extends keyof PerformanceMonitorEvents>(
    type: K,
    listener: (event: PerformanceMonitorEvents[K]) => void,
  ): () => void {
    return this.#events.on(type, listener);
  }

  /** Hears when there are too many metrics. */
  subscribe(listener: (event: ComponentEvent) => void): () => void {
    return this.#events.on('metricLimit', (data) => listener({ type: 'metricLimit', level: 'warn', data }));
  }

  /** Counts, and what is known of the first 100 metrics, as plain JSON. */
  snapshot(): PerformanceMonitorSnapshot {
    const period = this.#periods.now();
    const metrics: MetricStats[] = [];
    let bytes = 0;
    for (const series of this.#series) {
      bytes += series.bytes;
      const stats = metrics.length < MOST_SHOWN ? series.stats(period) : null;
      if (stats !== null) metrics.push({ metric: series.name, ...stats });
    }
    const { name, maxMetrics } = this.#options;
    const counts = { metricCount: this.#series.size, maxMetrics, ignored: this.#ignored };
    return { name, ...counts, overflowed: this.#series.overflowed, bytes, metrics };
  }

  /** Every metric's values for a scrape, each worked out when it is reached. */
  *metrics(): Generator<MetricSample> {
    yield* monitorMetrics(this.name, this.#series.size, this.#ignored, this.#series.overflowed);
    for (const series of this.#series) {
      const stats = series.stats(this.#periods.now());
      if (stats !== null) yield* seriesMetrics(this.name, series.name, stats);
      yield recordedMetric(this.name, series.name, series.lifetimeCount);
    }
  }

  #add(metric: string, value: number, period: number): void {
    // A number that less itself is zero is finite.
    if (typeof value !== 'number' || value - value !== 0 || typeof metric !== 'string' || metric === '') {
      this.#ignored++;
      return;
    }
    this.#open(metric).add(value, this.#buckets.keyOf(value), period);
  }

  #find(metric: string): Series | undefined {
    return typeof metric === 'string' ? this.#series.find(metric) : undefined;
  }

  #open(metric: string): Series {
    if (this.#latest !== undefined && metric === this.#latestName) return this.#latest;
    const { overflowed } = this.#series;
    const series = this.#series.open(metric);
    if (this.#series.overflowed > overflowed) this.#tellLimit();
    // Under the name that is shown: the one that was given may be long.
    this.#latestName = series.name;
    return (this.#latest = series);
  }

  #tellLimit(): void {
    if (this.#full) return;
    this.#full = true;
    const { maxMetrics } = this.#options;
    this.#reporter.warn(
      'BREAKWATER_W_METRIC_LIMIT',
      `there are ${String(maxMetrics)} metrics; values of further ones go to the metric 'overflow'`,
    );
    this.#events.emit('metricLimit', { monitor: this.name, maxMetrics });
  }
}
