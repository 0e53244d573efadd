import { MetricsCollector } from 'breakwater/metrics';
import { ManualClock } from 'breakwater/testing';
import type { Exported } from './exported.js';

/** What a collector exports by itself, the figures of the process among it. */
export function exportedByCollector(): Map<string, Exported> {
  const collector = new MetricsCollector({ clock: new ManualClock(), runtime: true });
  try {
    return exportedIn(collector);
  } finally {
    collector[Symbol.dispose]();
  }
}

/** Everything that a collector exports, by name. */
export function exportedIn(collector: MetricsCollector): Map<string, Exported> {
  const { counters, gauges, histograms } = collector.snapshot();
  const typed = [
    ...counters.map((family) => ({ ...family, type: 'counter' })),
    ...gauges.map((family) => ({ ...family, type: 'gauge' })),
    ...histograms.map((family) => ({ ...family, type: 'histogram' })),
  ];
  return new Map(
    typed.map(({ name, type, help, series }) => [name, { type, labels: Object.keys(series[0]?.labels ?? {}), help }]),
  );
}
