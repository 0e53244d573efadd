import { BreakwaterWarning, isBreakwaterError, type MetricSample } from 'breakwater/core';
import { MetricsCollector, type MetricsCollectorOptions, type MetricsFormat } from 'breakwater/metrics';
import { ManualClock } from 'breakwater/testing';
import { type ParsedFamily, parseExposition } from './exposition-parser.js';

export function setup(options: MetricsCollectorOptions = {}) {
  const clock = new ManualClock({ now: 5_000, wallNow: 1_700_000_000_000 });
  const reports: unknown[] = [];
  const metrics = new MetricsCollector({ clock, onListenerError: (error) => void reports.push(error), ...options });
  /** The warnings so far, each by its code. */
  const warnings = async (): Promise<string[]> => {
    await Promise.resolve();
    return reports.filter((report) => report instanceof BreakwaterWarning).map(({ code }) => code);
  };
  return { clock, metrics, reports, warnings };
}

/** The lines of a scrape that hold a value of a metric. */
export function linesOf(metrics: MetricsCollector, name: string, format: MetricsFormat = 'prometheus'): string[] {
  return metrics
    .render(format)
    .split('\n')
    .filter((line) => line.startsWith(name));
}

export function parsed(metrics: MetricsCollector, format: 'prometheus' | 'openmetrics' = 'prometheus') {
  return parseExposition(metrics.render(format), format);
}

/** What a collector says of itself. */
export function own(metrics: MetricsCollector, name: string): number | undefined {
  return [...metrics.metrics()].find((sample) => sample.name === `breakwater_metrics_${name}`)?.value;
}

export async function collect(chunks: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const chunk of chunks) text += chunk;
  return text;
}

export function values(family: ParsedFamily | undefined): unknown[] {
  return (family?.samples ?? []).map(({ labels, value }) => [labels, value]);
}

/** The code of what a call throws. */
export function codeOf(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return isBreakwaterError(error) ? error.code : error;
  }
  return undefined;
}

/** A sample of a source. */
export const sample = (
  name: string,
  value: number,
  labels?: Record<string, string>,
  more: object = {},
): MetricSample => ({
  name,
  type: 'gauge',
  help: 'For a test.',
  value,
  ...(labels === undefined ? {} : { labels }),
  ...more,
});
