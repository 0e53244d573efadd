import type { MetricSample } from '../../core/component.js';

/** What the pipeline needs of metrics: `MetricsCollector` has it. */
export interface HttpMetrics {
  /** What it is. */
  readonly kind: 'metrics-collector';
  /** Registers values that are counted in buckets; the same again gives the same. */
  histogram(
    name: string,
    definition: { readonly help: string; readonly labels: readonly string[]; readonly buckets: readonly number[] },
  ): HttpHistogram;
  /** Registers a value that only grows; the same again gives the same. */
  counter(name: string, definition: { readonly help: string; readonly labels: readonly string[] }): HttpCounter;
  /** Registers a value that goes up and down; the same again gives the same. */
  gauge(name: string, definition: { readonly help: string; readonly labels: readonly string[] }): HttpGauge;
  /** Asks `source` at every scrape; the returned function ends that. */
  collectFrom(source: () => Iterable<MetricSample>): () => void;
  /** All of it as text, piece by piece. */
  stream(format: 'prometheus' | 'openmetrics' | 'json'): AsyncIterable<string>;
}

/** What the pipeline needs of a histogram. */
export interface HttpHistogram {
  /** Counts a value in its bucket. */
  observe(labels: Readonly<Record<string, string | number | boolean>>, value: number): void;
  /** The series of these labels. */
  bind(labels: Readonly<Record<string, string | number | boolean>>): HttpSeries;
}

/** One series of a histogram. */
export interface HttpSeries {
  /** Counts a value in its bucket. */
  observe(value: number): void;
}

/** What the pipeline needs of a counter. */
export interface HttpCounter {
  /** Adds `n`, 1 unless given. */
  inc(labels: Readonly<Record<string, string | number | boolean>>, n?: number): void;
}

/** What the pipeline needs of a gauge. */
export interface HttpGauge {
  /** The series of these labels. */
  bind(labels: Readonly<Record<string, string | number | boolean>>): HttpLevel;
}

/** One series of a gauge. */
export interface HttpLevel {
  /** Adds `n`, 1 unless given. */
  inc(n?: number): void;
  /** Subtracts `n`, 1 unless given. */
  dec(n?: number): void;
}

/** What the pipeline needs of a performance monitor: `PerformanceMonitor` has it. */
export interface HttpMonitor {
  /** What it is. */
  readonly kind: 'performance-monitor';
  /** Keeps one value of a metric. */
  record(metric: string, value: number): void;
}
