import { headLines, type TextFormat } from './exposition.js';
import { type ForeignSample, isSound, labelled, sampleLines, tagOf, valueFits } from './foreign-series.js';
import { counterBase } from './names.js';

const SUFFIXES: Readonly<Record<string, readonly string[]>> = /* @__PURE__ */ Object.freeze({
  counter: ['', '_total'],
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['', '_sum', '_count'],
  info: ['_info'],
});

const SERIES_AT_ONCE = 100;

/** One family of a foreign text. @internal */
export class ForeignFamily {
  /** Its name, of a counter without `_total`. */
  readonly base: string;
  readonly type: string;
  /** Its name as the text has it. */
  readonly #name: string;
  help = '';
  /** Its lines, by their series: those of one stand together in a scrape. */
  readonly #series = new Map<string, Map<string, ForeignSample>>();
  /** Whether a line said what it is. */
  readonly announced: boolean;
  #isTotal: boolean;

  constructor(name: string, type: string, announced: boolean) {
    this.announced = announced;
    this.#name = name;
    this.type = type === 'untyped' ? 'unknown' : type;
    this.base = this.type === 'counter' ? counterBase(name) : name;
    this.#isTotal = this.#name !== this.base;
  }

  get empty(): boolean {
    return this.#series.size === 0;
  }

  /** The name that the family has, or needs, in a scrape of ours. */
  get claim(): string {
    if (this.type === 'counter') return this.#isTotal ? `${this.base}_total` : this.base;
    return this.type === 'info' ? `${this.base}_info` : this.base;
  }

  /** Whether a line of this name belongs here: what follows the family's name. */
  suffixOf(name: string): string | undefined {
    if (!name.startsWith(this.base)) return undefined;
    const suffix = name.slice(this.base.length);
    return (SUFFIXES[this.type] ?? ['']).includes(suffix) ? suffix : undefined;
  }

  /**
   * Keeps a line if it can be one of such a family, and none of the same labels is there already.
   *
   * @param labels - sorted, and their values as both formats write them.
   */
  add(suffix: string, labels: ReadonlyMap<string, string>, value: number, atMs: number | undefined): boolean {
    const tag = tagOf(this.type, this.base, suffix);
    // What is always 1 is of no time; OpenMetrics takes all lines of such a family for one series, and its times for one.
    const line = labelled(suffix, labels, tag, value, this.type === 'info' ? undefined : atMs);
    if (line === undefined || !valueFits(this.type, suffix, value)) return false;
    this.#isTotal ||= suffix === '_total';
    let lines = this.#series.get(line.series);
    if (lines === undefined) this.#series.set(line.series, (lines = new Map<string, ForeignSample>()));
    const key = `${this.type === 'counter' ? '' : suffix}{${String(line.bound ?? line.tag)}`;
    if (lines.has(key)) return false;
    lines.set(key, line);
    return true;
  }

  /** Forgets the series that do not add up; how many lines they had. Comes back now and then, for the others. */
  *drop(): Generator<'', number> {
    let dropped = 0;
    let count = 0;
    for (const [series, lines] of this.#series) {
      if (++count % SERIES_AT_ONCE === 0) yield '';
      if (isSound(this.type, [...lines.values()])) continue;
      dropped += lines.size;
      this.#series.delete(series);
    }
    return dropped;
  }

  *lines(format: TextFormat): Generator<string, void> {
    const openMetrics = format === 'openmetrics';
    const name = openMetrics ? this.base : this.claim;
    yield headLines(name, openMetrics ? this.type : textType(this.type), this.help, format);
    const counter = openMetrics ? `${this.base}_total` : this.claim;
    let pieces = '';
    let count = 0;
    for (const lines of this.#series.values()) {
      const shown = sampleLines(this.type, [...lines.values()], openMetrics);
      for (const { suffix, text } of shown) {
        pieces += (this.type === 'counter' ? counter : this.base + suffix) + text;
        if (++count % 500 !== 0) continue;
        yield pieces;
        pieces = '';
      }
    }
    yield pieces;
  }
}

function textType(type: string): string {
  if (type === 'unknown') return 'untyped';
  return type === 'info' || type === 'stateset' ? 'gauge' : type;
}
