export type { MetricLimitReached, PerformanceMonitorEvents } from './events.js';
export type { ExportedSketch } from './exported-sketch.js';
export type { PerformanceMonitorOptions } from './options.js';
export { PERFORMANCE_MONITOR_DEFAULTS } from './options.js';
export type { MetricStats, PerformanceMonitorSnapshot } from './performance-monitor.js';
export { PerformanceMonitor } from './performance-monitor.js';
export type { PerformanceStats } from './series.js';
