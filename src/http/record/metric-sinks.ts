import type { MetricSample } from '../../core/component.js';

type Labels = Readonly<Record<string, string | number | boolean>>;

interface Definition {
  readonly help: string;
  readonly labels: readonly string[];
}

/** What the pipeline needs of metrics: `MetricsCollector` has it. */
export interface HttpMetrics {
  readonly kind: 'metrics-collector';
  /** Registers values that are counted in buckets; the same again gives the same. */
  histogram(
    name: string,
    definition: Definition & { readonly buckets: readonly number[] },
  ): {
    observe(labels: Labels, value: number): void;
    bind(labels: Labels): { observe(value: number): void };
  };
  /** Registers a value that only grows; the same again gives the same. */
  counter(name: string, definition: Definition): { inc(labels: Labels, n?: number): void };
  /** Registers a value that goes up and down; the same again gives the same. */
  gauge(
    name: string,
    definition: Definition,
  ): { bind(labels: Labels): { inc(n?: number): void; dec(n?: number): void } };
  /** Asks `source` at every scrape; the returned function ends that. */
  collectFrom(source: () => Iterable<MetricSample>): () => void;
  /** All of it as text, piece by piece. */
  stream(format: 'prometheus' | 'openmetrics' | 'json'): AsyncIterable<string>;
}

/** What the pipeline needs of a performance monitor: `PerformanceMonitor` has it. */
export interface HttpMonitor {
  readonly kind: 'performance-monitor';
  /** Keeps one value of a metric. */
  record(metric: string, value: number): void;
}
