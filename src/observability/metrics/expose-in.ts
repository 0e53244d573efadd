import { contentType } from './format.js';
import type { HistogramFamily } from './histogram.js';
import { claimedNames, counterBase } from './names.js';
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

/** How the values of several processes become one, in the words of prom-client. */
type Aggregator = 'sum' | 'first' | 'min' | 'max' | 'average' | 'omit';

/** For figures of the process, as prom-client has it for its own; all else is added up. */
const AGGREGATORS: Readonly<Record<string, Aggregator>> = /* @__PURE__ */ Object.freeze({
  process_start_time_seconds: 'omit',
  process_uptime_seconds: 'max',
  nodejs_version_info: 'first',
  nodejs_eventloop_utilization: 'average',
  nodejs_eventloop_lag_seconds: 'average',
  nodejs_eventloop_lag_min_seconds: 'min',
  nodejs_eventloop_lag_max_seconds: 'max',
  nodejs_eventloop_lag_mean_seconds: 'average',
  nodejs_eventloop_lag_stddev_seconds: 'average',
  nodejs_eventloop_lag_p50_seconds: 'average',
  nodejs_eventloop_lag_p90_seconds: 'average',
  nodejs_eventloop_lag_p99_seconds: 'average',
});

/** Who has a name in a registry that a metric of ours needs in its scrape, or needs the name of ours. @internal */
export function takenIn(registry: PromRegistry, { type, name }: OwnFamily): string | undefined {
  const has = (other: string): boolean => registry.getSingleMetric(other) !== undefined;
  const typeOf = (other: string): unknown =>
    (registry.getSingleMetric(other) as { readonly type?: unknown } | undefined)?.type;
  const taken = claimedNames(type, name).find(has);
  if (taken !== undefined) return taken;
  if (typeOf(`${name}_total`) === 'counter') return `${name}_total`;
  const [, base, part] = /^(.+)_(bucket|sum|count|created)$/.exec(name) ?? [];
  if (base === undefined) return undefined;
  if (/^(?:histogram|summary)$/.test(String(typeOf(base)))) return base;
  return part === 'created' ? [base, `${base}_total`].find((other) => typeOf(other) === 'counter') : undefined;
}

/** A metric of ours as prom-client 15 asks for one. @internal */
export interface PromMetric {
  name: string;
  readonly help: string;
  readonly type: string;
  readonly aggregator: Aggregator;
  get(): Promise<{ name: string; help: string; type: string; values: PromValue[]; aggregator: Aggregator }>;
  reset(): void;
}

/** @internal */
export function promMetric(family: OwnFamily, registry: PromRegistry, collected: () => Promise<void>): PromMetric {
  const { help, type } = family;
  const aggregator =
    type === 'gauge' && Object.hasOwn(AGGREGATORS, family.name) ? (AGGREGATORS[family.name] ?? 'sum') : 'sum';
  return {
    // For OpenMetrics the registry takes `_total` off this name, and for good; what get() gives is what counts.
    name: family.name,
    help,
    type,
    aggregator,
    async get() {
      await collected();
      // In OpenMetrics the registry puts `_total` behind the name of every counter itself.
      const bare = type === 'counter' && registry.contentType === contentType('openmetrics');
      const name = bare ? counterBase(family.name) : family.name;
      return { name, help, type, values: valuesOf(family), aggregator };
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
