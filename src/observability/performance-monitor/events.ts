/** There are as many metrics as there may be: values of new ones go to the metric `overflow` from now on. */
export interface MetricLimitReached {
  /** Name of the monitor. */
  readonly monitor: string;
  /** How many metrics are told apart. */
  readonly maxMetrics: number;
}

/** The events of a {@link PerformanceMonitor}, by name. */
export interface PerformanceMonitorEvents {
  metricLimit: MetricLimitReached;
}

/** What there is to subscribe to. @internal */
export const PERFORMANCE_MONITOR_EVENTS = /* @__PURE__ */ Object.freeze(['metricLimit'] as const);
