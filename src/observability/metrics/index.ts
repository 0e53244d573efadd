export type { ObserveLogger, ObserveMetrics, ObserveOptions } from '../bridge/index.js';
export { OBSERVE_DEFAULTS, observe, SECURITY_KINDS } from '../bridge/index.js';
export type {
  ExportedSketch,
  MetricLimitReached,
  MetricStats,
  PerformanceMonitorEvents,
  PerformanceMonitorOptions,
  PerformanceMonitorSnapshot,
  PerformanceStats,
} from '../performance-monitor/index.js';
export { PERFORMANCE_MONITOR_DEFAULTS, PerformanceMonitor } from '../performance-monitor/index.js';
export { BUCKETS, exponentialBuckets, linearBuckets } from './buckets.js';
export { CollectTimeoutError, MetricConflictError } from './errors.js';
export type { MetricsCollectorEvents } from './events.js';
export type { ExemplarSource } from './exemplar.js';
export type { PromRegistry } from './expose-in.js';
export type { ForeignRegistry } from './foreign.js';
export type { MetricsFormat } from './format.js';
export { contentType, metricsFormat } from './format.js';
export { MetricsCollector } from './metrics-collector.js';
export type { Meter, MeterHistogram } from './mirror.js';
export type { HistogramDefinition, MetricDefinition, MetricsCollectorOptions } from './options.js';
export { METRICS_COLLECTOR_DEFAULTS } from './options.js';
export type { RuntimeProbe, RuntimeReading } from './runtime-metrics.js';
export type {
  HistogramFamilySnapshot,
  HistogramSnapshot,
  MetricsSnapshot,
  ScalarFamilySnapshot,
  ScalarSnapshot,
} from './snapshot.js';
export type {
  BoundCounter,
  BoundGauge,
  BoundHistogram,
  Counter,
  ExemplarLabels,
  Gauge,
  Histogram,
  LabelValue,
  LabelValues,
  WithLabels,
} from './types.js';
