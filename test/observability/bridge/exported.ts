import type { MetricSample } from 'breakwater/core';
import { observe } from './observe.js';
import { everyPart, keepWaiting, useAll } from './parts.js';
import { sinks } from './setup.js';

/** One family of samples, as the page about monitoring lists it. */
export interface Exported {
  readonly type: string;
  readonly labels: readonly string[];
  readonly help: string;
}

/** Families by name. */
export function families(samples: Iterable<MetricSample>): Map<string, Exported> {
  const found = new Map<string, Exported>();
  for (const { name, type, help, labels = {} } of samples) found.set(name, { type, labels: Object.keys(labels), help });
  return found;
}

/** All that the parts of the library export when they are observed, each of them used. */
export async function exportedByParts(): Promise<Map<string, Exported>> {
  const { all, parts, clock } = everyPart();
  const { metrics, scrape } = sinks();
  observe(all, { metrics, clock });
  await useAll(parts, 'key', '10.0.0.1', clock);
  await keepWaiting(parts, clock);
  return families(scrape());
}
