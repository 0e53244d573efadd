import type { MetricSample } from 'breakwater/core';

const NAME = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;
/** Parts of a unit that Prometheus has another one for. */
const NOT_BASE = /_(ms|millis|milliseconds|us|minutes|hours|days|kb|mb|kilobytes|megabytes|percent|percentage)(_|$)/;
const RESERVED = /_(count|sum|bucket|info)$/;

/** What is known of one family after all its samples were looked at. */
interface Family {
  readonly type: string;
  readonly help: string;
  readonly labels: string;
}

/** Everything that a scrape would hold against these samples, in words; nothing for good ones. */
export function problemsOf(samples: Iterable<MetricSample>): string[] {
  const problems: string[] = [];
  const families = new Map<string, Family>();
  const series = new Set<string>();
  for (const { name, type, help, value, labels = {} } of samples) {
    const no = (what: string): number => problems.push(`${name}: ${what}`);
    if (!NAME.test(name)) no('is no name');
    if (!name.startsWith('breakwater_')) no('is not ours');
    if (NOT_BASE.test(name)) no('is in no base unit');
    if (RESERVED.test(name)) no('ends like a part of a histogram');
    if ((type === 'counter') !== name.endsWith('_total')) no(`is a ${type}`);
    if (!Number.isFinite(value)) no(`is ${String(value)}`);
    if (type === 'counter' && value < 0) no('is a counter below 0');
    if (help.length < 5 || !help.endsWith('.') || help.includes('\n')) no('has no sentence that explains it');
    for (const [label, text] of Object.entries(labels)) {
      if (!NAME.test(label) || ['job', 'instance', 'le', 'quantile'].includes(label)) no(`has the label ${label}`);
      if (typeof text !== 'string' || text === '') no(`has an empty ${label}`);
    }
    const names = Object.keys(labels).sort().join();
    const first = families.get(name) ?? { type, help, labels: names };
    families.set(name, first);
    if (first.type !== type) no('has two types');
    if (first.help !== help) no('has two explanations');
    if (first.labels !== names) no(`has the labels ${first.labels} and ${names}`);
    const key = `${name} ${JSON.stringify(Object.entries(labels).sort())}`;
    if (series.has(key)) no(`is twice there: ${key}`);
    series.add(key);
  }
  return problems;
}
