import type { Clock } from '../../core/clock.js';
import type { OptionIssue } from '../../core/errors.js';
import type { ListenerErrorHandler } from '../../core/reporter.js';
import { MetricsCollector } from '../../observability/metrics/index.js';
import { PerformanceMonitor } from '../../observability/performance-monitor/index.js';
import { givenPart } from '../part-options.js';
import type { HttpMetrics, HttpMonitor } from './metric-sinks.js';

interface Shared {
  readonly clock: Clock;
  readonly onListenerError?: ListenerErrorHandler;
}

/** The `metrics` option. @internal */
export function metricsPart(value: unknown, shared: Shared, issues: OptionIssue[]): HttpMetrics | undefined {
  return givenPart<HttpMetrics>(
    value,
    'metrics',
    'metrics-collector',
    ['histogram', 'counter', 'gauge', 'collectFrom', 'stream'],
    (options) => new MetricsCollector({ ...shared, ...options }),
    issues,
  );
}

/** The `monitor` option. @internal */
export function monitorPart(value: unknown, shared: Shared, issues: OptionIssue[]): HttpMonitor | undefined {
  return givenPart<HttpMonitor>(
    value,
    'monitor',
    'performance-monitor',
    ['record'],
    (options) => new PerformanceMonitor({ ...shared, ...options }),
    issues,
  );
}
