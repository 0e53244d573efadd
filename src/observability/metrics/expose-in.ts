import { contentType } from './format.js';
import type { HistogramFamily } from './histogram.js';
import { counterBase } from './names.js';
import { labelsOf } from './snapshot.js';
import type { OwnFamily } from './registry.js';

/** The part of a prom-client registry that takes metrics in. */
export interface PromRegistry {
  /** Takes a metric; throws when it has one of that name. */
  registerMetric(metric: never): void;
  /** Forgets a metric. */
  removeSingleMetric(name: string): void;
  /** The metric of a name. */
  getSingleMetric(name: string): unknown;
  /** The format in which it answers. */
  readonly contentType?: string | undefined;
}

interface PromValue {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  readonly metricName?: string;
}

/** A metric of ours as prom-client 15 asks for one. @internal */
export interface PromMetric {
  name: string;
  readonly help: string;
  readonly type: string;
  readonly aggregator: 'sum';
  get(): Promise<{ name: string; help: string; type: string; values: PromValue[]; aggregator: 'sum' }>;
  reset(): void;
}

/** @internal */
export function promMetric(family: OwnFamily, registry: PromRegistry, collected: () => Promise<void>): PromMetric {
  const { help, type } = family;
  return {
    // For OpenMetrics the registry takes `_total` off this name, and for good; what get() gives is what counts.
    name: family.name,
    help,
    type,
    aggregator: 'sum',
    async get() {
      await collected();
      // In OpenMetrics the registry puts `_total` behind the name of every counter itself.
      const bare = type === 'counter' && registry.contentType === contentType('openmetrics');
      const name = bare ? counterBase(family.name) : family.name;
      return { name, help, type, values: valuesOf(family), aggregator: 'sum' };
    },
    reset() {
      family.reset();
    },
  };
}

function valuesOf(family: OwnFamily): PromValue[] {
  if (family.type === 'histogram') return bucketValues(family);
  return family.all().map(({ values, value }) => ({ labels: labelsOf(family.labels, values), value }));
}

function bucketValues(family: HistogramFamily): PromValue[] {
  const { name, bounds } = family;
  const edges: readonly (number | string)[] = [...bounds, '+Inf'];
  return family.all().flatMap(({ values, cells }) => {
    const labels = labelsOf(family.labels, values);
    let count = 0;
    const buckets = edges.map((le, i) => {
      count += cells[i] as number;
      return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: count };
    });
    const sum = { metricName: `${name}_sum`, labels, value: cells[edges.length] as number };
    return [...buckets, sum, { metricName: `${name}_count`, labels, value: count }];
  });
}
