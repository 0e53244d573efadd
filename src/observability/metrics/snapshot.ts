import type { CounterFamily } from './counter.js';
import type { GaugeFamily } from './gauge.js';
import type { HistogramFamily } from './histogram.js';
import type { MetricType } from './names.js';
import type { SampleFamily } from './samples.js';

/** One series of a counter or a gauge, as plain JSON. */
export interface ScalarSnapshot {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A counter or a gauge with all its series, as plain JSON. */
export interface ScalarFamilySnapshot {
  readonly name: string;
  readonly help: string;
  readonly series: readonly ScalarSnapshot[];
}

/** One series of a histogram, as plain JSON. */
export interface HistogramSnapshot {
  readonly labels: Readonly<Record<string, string>>;
  /** How many values there were. */
  readonly count: number;
  /** Their sum. */
  readonly sum: number;
  /** How many values were at most each bound of the family, and then how many there were at all. */
  readonly cumulative: readonly number[];
}

/** A histogram with all its series, as plain JSON. */
export interface HistogramFamilySnapshot {
  readonly name: string;
  readonly help: string;
  /** The finite upper bounds of the buckets, rising. */
  readonly bounds: readonly number[];
  readonly series: readonly HistogramSnapshot[];
}

/** All metrics of one moment, as plain JSON that nobody can change. */
export interface MetricsSnapshot {
  readonly counters: readonly ScalarFamilySnapshot[];
  readonly gauges: readonly ScalarFamilySnapshot[];
  readonly histograms: readonly HistogramFamilySnapshot[];
}

/** Metrics of either origin. @internal */
export type AnyFamily = CounterFamily | GaugeFamily | HistogramFamily | SampleFamily;

/** @internal */
export function snapshotOf(families: readonly AnyFamily[]): MetricsSnapshot {
  const [counters, gauges, histograms] = [
    [] as ScalarFamilySnapshot[],
    [] as ScalarFamilySnapshot[],
    [] as HistogramFamilySnapshot[],
  ];
  for (const family of families) {
    if (family.type === 'histogram') histograms.push(histogramFamily(family));
    else (family.type === 'counter' ? counters : gauges).push(scalarFamily(family));
  }
  return Object.freeze({
    counters: Object.freeze(counters),
    gauges: Object.freeze(gauges),
    histograms: Object.freeze(histograms),
  });
}

function scalarFamily(family: Exclude<AnyFamily, HistogramFamily>): ScalarFamilySnapshot {
  return Object.freeze({
    name: family.name,
    help: family.help,
    series: Object.freeze(seriesOf(family) as ScalarSnapshot[]),
  });
}

function histogramFamily(family: HistogramFamily): HistogramFamilySnapshot {
  const { name, help, bounds } = family;
  return Object.freeze({ name, help, bounds, series: Object.freeze(seriesOf(family) as HistogramSnapshot[]) });
}

function seriesOf(family: AnyFamily): (ScalarSnapshot | HistogramSnapshot)[] {
  return [...seriesJson(family)];
}

/** The series of a family, one by one. */
function* seriesJson(family: AnyFamily): Generator<ScalarSnapshot | HistogramSnapshot, void> {
  if (family.type === 'histogram') {
    for (const { values, cells } of family.all()) {
      const cumulative: number[] = [];
      let count = 0;
      for (let i = 0; i <= family.bounds.length; i++) cumulative.push((count += cells[i] as number));
      const labels = labelsOf(family.labels, values);
      yield Object.freeze({
        labels,
        count,
        sum: cells[family.bounds.length + 1] as number,
        cumulative: Object.freeze(cumulative),
      });
    }
  } else {
    for (const { names, values, value } of scalars(family))
      yield Object.freeze({ labels: labelsOf(names, values), value });
  }
}

function* scalars(family: Exclude<AnyFamily, HistogramFamily>): Generator<{
  readonly names: readonly string[];
  readonly values: readonly string[];
  readonly value: number;
}> {
  for (const series of family.all()) {
    yield {
      names: 'names' in series ? series.names : (family as CounterFamily).labels,
      values: series.values,
      value: series.value,
    };
  }
}

/** @internal */
export function labelsOf(names: readonly string[], values: readonly string[]): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {};
  for (const [i, name] of names.entries()) labels[name] = values[i] ?? '';
  return Object.freeze(labels);
}

const SERIES_AT_ONCE = 200;
const KEYS: readonly (readonly [MetricType, keyof MetricsSnapshot])[] = [
  ['counter', 'counters'],
  ['gauge', 'gauges'],
  ['histogram', 'histograms'],
];

/** The text of a snapshot, in chunks; each series is of one moment. @internal */
export function* snapshotText(families: readonly AnyFamily[]): Generator<string, void> {
  for (const [i, [type, key]] of KEYS.entries()) {
    yield `${i === 0 ? '{' : ','}"${key}":[`;
    let first = true;
    for (const family of families) {
      if (family.type !== type) continue;
      yield `${first ? '' : ','}${familyHead(family)},"series":[`;
      first = false;
      yield* joined(seriesJson(family));
      yield ']}';
    }
    yield ']';
  }
  yield '}';
}

function familyHead(family: AnyFamily): string {
  const { name, help } = family;
  const head = family.type === 'histogram' ? { name, help, bounds: family.bounds } : { name, help };
  return JSON.stringify(head).slice(0, -1);
}

function* joined(values: Iterable<object>): Generator<string, void> {
  let texts: string[] = [];
  let separator = '';
  for (const value of values) {
    texts.push(JSON.stringify(value));
    if (texts.length < SERIES_AT_ONCE) continue;
    yield separator + texts.join(',');
    separator = ',';
    texts = [];
  }
  if (texts.length > 0) yield separator + texts.join(',');
}
