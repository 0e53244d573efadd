import type { MetricSample } from '../../core/component.js';
import { Claims } from './names.js';
import { type SampleFamily, SampleMerger } from './samples.js';
import type { Troubles } from './troubles.js';

/** How a collector is doing. @internal */
export function selfMetrics(collector: string, troubles: Troubles, scrapeMs: number): MetricSample[] {
  const labels = { collector };
  const counter = (name: string, help: string, value: number): MetricSample => ({
    name: `breakwater_metrics_${name}_total`,
    type: 'counter',
    help,
    value,
    labels,
  });
  return [
    counter('dropped_values', 'Values that were no numbers a metric could take.', troubles.droppedValues),
    counter('dropped_samples', 'Samples of sources and lines of registries that were none.', troubles.droppedSamples),
    counter('conflicts', 'Samples and families that were left out because their name was taken.', troubles.conflicts),
    counter('overflow', 'Times that a set of labels had no room.', troubles.overflows),
    counter('collect_errors', 'Collectors, sources and registries that failed.', troubles.collectErrors),
    {
      name: 'breakwater_metrics_scrape_duration_seconds',
      type: 'gauge',
      help: 'Time that the last scrape took, without that of its reader.',
      value: scrapeMs / 1_000,
      labels,
    },
  ];
}

/** The same as families of a scrape, with those of other collectors; the label `collector` tells them apart. @internal */
export function selfFamilies(
  samples: readonly MetricSample[],
  others: readonly MetricSample[],
  conflict: (name: string, holder: string) => void,
): readonly SampleFamily[] {
  const ignore = (): void => undefined;
  const merger = new SampleMerger(new Claims(), { bad: ignore, conflict, tooMany: ignore });
  for (const each of [samples, others]) {
    const adding = merger.add(each);
    while (adding.next().done !== true);
  }
  return merger.families();
}
