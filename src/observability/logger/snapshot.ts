import type { MetricSample } from '../../core/component.js';

/** What a logger has done so far, its children included. */
export interface LoggerSnapshot {
  /** Lines that the destination took. */
  readonly written: number;
  /** Lines that it did not take: it is closed, fails, or is so slow that too much is waiting. */
  readonly dropped: number;
  /** Lines that `rateCap` left out. */
  readonly leftOut: number;
  /** Lines in which something was too long, too deep or too much, and so left out. */
  readonly truncated: number;
  /** The same two for `securityDestination`; absent without one. */
  readonly security?: { readonly written: number; readonly dropped: number };
}

/** @internal */
export function loggerMetrics(logger: string, snapshot: LoggerSnapshot): MetricSample[] {
  const { written, dropped, leftOut, truncated, security } = snapshot;
  const lines = (destination: string, outcome: string, value: number): MetricSample => ({
    name: 'breakwater_log_lines_total',
    type: 'counter',
    help: 'Lines by what became of them.',
    value,
    labels: { logger, destination, outcome },
  });
  return [
    lines('main', 'written', written),
    lines('main', 'dropped', dropped),
    lines('main', 'left_out', leftOut),
    ...(security === undefined
      ? []
      : [lines('security', 'written', security.written), lines('security', 'dropped', security.dropped)]),
    {
      name: 'breakwater_log_truncated_lines_total',
      type: 'counter',
      help: 'Lines in which something was too much, and left out.',
      value: truncated,
      labels: { logger },
    },
  ];
}
