import { canonicalNumber, numberText } from './text.js';

/** A line of a foreign text that holds a value. @internal */
export interface ForeignSample {
  /** What follows the family's name, such as `_bucket`. */
  readonly suffix: string;
  /** The labels of its series, as both formats write them. */
  readonly series: string;
  /** The label that tells it apart within its series, such as `le="1"`. */
  readonly tag: string | undefined;
  /** The number in it. */
  readonly bound: number | undefined;
  readonly value: number;
  /** In ms. */
  readonly atMs: number | undefined;
}

const NUMBER = /^(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[+-]?inf(?:inity)?|nan)$/i;

/** A number as either format writes it. @internal */
export function foreignNumber(text: string): number | undefined {
  if (!NUMBER.test(text)) return undefined;
  if (/inf/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  return Number(text);
}

/** The label that tells lines of one series apart. @internal */
export function tagOf(type: string, base: string, suffix: string): string | undefined {
  if (type === 'stateset') return base;
  if (suffix === '_bucket') return 'le';
  return type === 'summary' && suffix === '' ? 'quantile' : undefined;
}

/** A line by its series; none when the label that tells it apart is missing, or is no bound and no quantile. @internal */
export function labelled(
  suffix: string,
  labels: ReadonlyMap<string, string>,
  tag: string | undefined,
  value: number,
  atMs: number | undefined,
): ForeignSample | undefined {
  let series = '';
  for (const [name, text] of labels) if (name !== tag) series += `${series === '' ? '' : ','}${name}="${text}"`;
  if (tag === undefined) return { suffix, series, tag, bound: undefined, value, atMs };
  const own = labels.get(tag);
  if (own === undefined) return undefined;
  const bound = tag === 'le' || tag === 'quantile' ? foreignNumber(own) : undefined;
  if (tag === 'le' && (bound === undefined || Number.isNaN(bound))) return undefined;
  if (tag === 'quantile' && (bound === undefined || !(bound >= 0 && bound <= 1))) return undefined;
  return { suffix, series, tag: `${tag}="${own}"`, bound: bound === 0 ? 0 : bound, value, atMs };
}

/** Whether a line of such a family can have this value. @internal */
export function valueFits(type: string, suffix: string, value: number): boolean {
  if (type === 'counter') return value >= 0;
  if (type === 'info') return value === 1;
  if (type === 'stateset') return value === 0 || value === 1;
  if (suffix === '_bucket' || suffix === '_count') return Number.isInteger(value) && value >= 0;
  return suffix !== '_sum' || !Number.isNaN(value);
}

/**
 * Whether the lines of a series belong together: they are of one time, and the buckets of a histogram grow up to one for all,
 * which has as many as the series.
 * @internal
 */
export function isSound(type: string, lines: readonly ForeignSample[]): boolean {
  if (lines.some(({ atMs }) => atMs !== lines[0]?.atMs)) return false;
  if (type !== 'histogram') return true;
  const counts = buckets(lines).map(({ value }) => value);
  const all = buckets(lines).at(-1);
  const count = lines.find(({ suffix }) => suffix === '_count');
  return (
    all?.bound === Infinity &&
    counts.every((one, i) => one >= (counts[i - 1] ?? 0)) &&
    (count === undefined || count.value === all.value)
  );
}

/** The lines of a series, in order, without the family's name. OpenMetrics knows no sum that may fall. @internal */
export function* sampleLines(
  type: string,
  lines: readonly ForeignSample[],
  openMetrics: boolean,
): Generator<{ readonly suffix: string; readonly text: string }, void> {
  let shown = lines;
  if (type === 'histogram') {
    const rest = lines.filter(({ suffix }) => suffix !== '_bucket');
    const ordered = buckets(lines);
    const sums = !openMetrics || (rest.length === 2 && rest.every(({ value }) => value >= 0) && !isBelow(ordered[0]));
    shown = sums ? [...ordered, ...rest] : ordered;
  } else if (type === 'summary' && openMetrics) shown = lines.filter(({ value }) => !(value < 0));
  for (const { suffix, series, tag, bound, value, atMs } of shown) {
    const last = openMetrics && bound !== undefined && tag !== undefined ? canonicalTag(tag, bound) : tag;
    const labels = [series, last].filter(Boolean).join();
    const at = atMs === undefined ? '' : ` ${String(openMetrics ? atMs / 1_000 : atMs)}`;
    yield { suffix, text: `${labels === '' ? '' : `{${labels}}`} ${numberText(value)}${at}\n` };
  }
}

function isBelow(bucket: ForeignSample | undefined): boolean {
  return (bucket?.bound ?? 0) < 0;
}

function canonicalTag(tag: string, bound: number): string {
  return `${tag.slice(0, tag.indexOf('='))}="${canonicalNumber(bound)}"`;
}

function buckets(lines: readonly ForeignSample[]): ForeignSample[] {
  return lines.filter(({ suffix }) => suffix === '_bucket').sort((a, b) => (a.bound ?? 0) - (b.bound ?? 0));
}
