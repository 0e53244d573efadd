import { MASK } from '../../core/mask-fields.js';
import { redactText } from '../../core/redaction.js';
import { isSensitiveKey } from '../../core/sensitive-names.js';
import { headLines, type TextFormat } from './exposition.js';
import { counterBase, isLabelName, isMetricName } from './names.js';
import { escapeValue, labelValueText, numberText } from './text.js';

/** A line of a foreign text that holds a value. @internal */
export interface ForeignSample {
  /** What follows the family's name, such as `_bucket`. */
  readonly suffix: string;
  /** The labels, as both formats write them. */
  readonly text: string;
  readonly value: string;
  /** In ms. */
  readonly atMs: number | undefined;
}

const TYPES = /^(?:counter|gauge|histogram|summary|untyped|unknown|info|stateset)$/;
const SUFFIXES: Readonly<Record<string, readonly string[]>> = /* @__PURE__ */ Object.freeze({
  counter: ['', '_total'],
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['', '_sum', '_count'],
  info: ['_info'],
});
const NUMBER = /^(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[+-]?inf(?:inity)?|nan)$/i;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)[ \t]*=[ \t]*"((?:[^"\\\n]|\\[\\"n])*)"[ \t]*(,|$)[ \t]*/y;

/** The labels of a line, and what follows them. */
interface ReadLabels {
  readonly text: string;
  readonly names: readonly string[];
  readonly rest: string;
  /** The labels without `le`. */
  readonly series: string;
  readonly le: string | undefined;
}

/** One family of a foreign text. @internal */
export class ForeignFamily {
  /** Its name, of a counter without `_total`. */
  readonly base: string;
  readonly type: string;
  /** Its name as the text has it. */
  readonly #name: string;
  help = '';
  readonly #lines = new Map<string, ForeignSample>();
  /** Of a histogram: its series, and whether each has a bucket for all. */
  readonly #complete = new Map<string, boolean>();
  /** A line says what no such family can. */
  broken = false;
  /** Whether a line said what it is. */
  readonly announced: boolean;

  constructor(name: string, type: string, announced: boolean) {
    this.announced = announced;
    this.#name = name;
    this.type = type === 'untyped' ? 'unknown' : type;
    this.base = this.type === 'counter' ? counterBase(name) : name;
  }

  get size(): number {
    return this.#lines.size;
  }

  /** Whether it may be shown: a histogram must have a bucket for all in each of its series. */
  get sound(): boolean {
    return !this.broken && [...this.#complete.values()].every(Boolean);
  }

  /** Notes a line of a histogram, by its labels without the bound. */
  note(series: string, le: string | undefined): void {
    const bound = le === undefined || !NUMBER.test(le) ? NaN : numberOf(le);
    if (le !== undefined && Number.isNaN(bound)) this.broken = true;
    this.#complete.set(series, this.#complete.get(series) === true || bound === Infinity);
  }

  get empty(): boolean {
    return this.#lines.size === 0;
  }

  /** The name that the family has, or needs, in a scrape of ours. */
  get claim(): string {
    if (this.type === 'counter') return this.#counter;
    return this.type === 'info' ? `${this.base}_info` : this.base;
  }

  get #counter(): string {
    const total = this.#name !== this.base || [...this.#lines.values()].some(({ suffix }) => suffix === '_total');
    return total ? `${this.base}_total` : this.base;
  }

  /** Whether a line of this name belongs here: what follows the family's name. */
  suffixOf(name: string): string | undefined {
    if (!name.startsWith(this.base)) return undefined;
    const suffix = name.slice(this.base.length);
    return (SUFFIXES[this.type] ?? ['']).includes(suffix) ? suffix : undefined;
  }

  /** Keeps a line unless there is one of the same labels already. */
  add(sample: ForeignSample): boolean {
    const suffix = this.type === 'counter' ? '' : sample.suffix;
    const key = `${suffix}{${sample.text}`;
    if (this.#lines.has(key)) return false;
    this.#lines.set(key, sample);
    return true;
  }

  *lines(format: TextFormat): Generator<string, void> {
    const openMetrics = format === 'openmetrics';
    const name = openMetrics ? this.base : this.claim;
    yield headLines(name, openMetrics ? this.type : textType(this.type), this.help, format);
    const counter = openMetrics ? `${this.base}_total` : this.claim;
    let pieces = '';
    let count = 0;
    for (const { suffix, text, value, atMs } of this.#lines.values()) {
      const line = this.type === 'counter' ? counter : this.base + suffix;
      const at = atMs === undefined ? '' : ` ${numberText(openMetrics ? atMs / 1_000 : Math.round(atMs))}`;
      pieces += `${line}${text === '' ? '' : `{${text}}`} ${value}${at}\n`;
      if (++count % 500 === 0) {
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

const LINES_AT_ONCE = 200;
/** Longest line that is looked at. */
const LONGEST_LINE = 20_000;
/** Longest text that is looked at; what is behind it is left out. */
const LONGEST_TEXT = 64 * 1_048_576;

/**
 * Reads a foreign exposition, in either format, line by line. What is no exposition is left out; so are histograms that are
 * not whole, and lines that say what another has said.
 * @internal
 */
export class ForeignText {
  readonly families = new Map<string, ForeignFamily>();
  /** Lines that were left out. */
  dropped = 0;
  readonly #openMetrics: boolean;
  readonly #help = new Map<string, string>();
  readonly #clean = new Map<string, string>();
  #current: ForeignFamily | undefined;

  /** @param openMetrics - whether times are in seconds. */
  constructor(openMetrics: boolean) {
    this.#openMetrics = openMetrics;
  }

  /** Comes back now and then, for the others. */
  *read(text: string): Generator<'', void> {
    const length = Math.min(text.length, LONGEST_TEXT);
    for (let start = 0, count = 1; start < length; count++) {
      const found = text.indexOf('\n', start);
      const end = found === -1 ? text.length : found;
      if (end - start > LONGEST_LINE || end > length) this.dropped++;
      else if (!this.#line(text.slice(start, end).replace(/\r$/, ''))) this.dropped++;
      start = end + 1;
      if (count % LINES_AT_ONCE === 0) yield '';
    }
    for (const [name, family] of this.families) {
      family.help = this.#help.get(name) ?? family.help;
      if (!family.sound) this.dropped += family.size;
      if (family.empty || !family.sound) this.families.delete(name);
    }
  }

  /** Whether it is a line that has a place in an exposition. */
  #line(line: string): boolean {
    if (line.trim() === '') return true;
    if (!line.startsWith('#')) return this.#sample(line);
    const [, word, name, rest = ''] = /^#[ \t]+(HELP|TYPE)[ \t]+(\S+)(?:[ \t]([^\n]*))?$/.exec(line) ?? [];
    // Any other comment says nothing that matters to us.
    if (word === undefined) return true;
    if (!isMetricName(name)) return false;
    if (word === 'TYPE') return this.#announce(name, rest.trim());
    if (!this.#help.has(name)) this.#help.set(name, redactText(unescaped(rest), 1_000).trim());
    return true;
  }

  #announce(name: string, type: string): boolean {
    this.#current = undefined;
    const there = this.families.get(name);
    if (!TYPES.test(type) || (there !== undefined && (there.announced || !there.empty))) return false;
    this.families.set(name, (this.#current = new ForeignFamily(name, type, true)));
    return true;
  }

  #sample(line: string): boolean {
    const name = /^[a-zA-Z_:][a-zA-Z0-9_:]*/.exec(line)?.[0];
    if (!isMetricName(name)) return false;
    // Times of creation have no place in one of the formats, and no use in the other.
    if (name === `${this.#current?.base ?? ''}_created`) return true;
    const family = this.#current?.suffixOf(name) === undefined ? this.#unannounced(name) : this.#current;
    const suffix = family?.suffixOf(name);
    if (family === undefined || suffix === undefined) return false;
    const open = line.slice(name.length).trimStart();
    const read = open.startsWith('{')
      ? this.#labels(open.slice(1))
      : { text: '', names: [], rest: open, series: '', le: undefined };
    if (read === undefined) return false;
    const bucket = suffix === '_bucket' ? 'le' : family.type === 'summary' && suffix === '' ? 'quantile' : undefined;
    if (bucket !== undefined && !read.names.includes(bucket)) return false;
    if (family.type === 'histogram') family.note(read.series, suffix === '_bucket' ? read.le : undefined);
    const [value = '', time, ...more] = (read.rest.split('#', 1)[0] ?? '').trim().split(/[ \t]+/);
    if (more.length > 0 || !NUMBER.test(value) || (time !== undefined && !NUMBER.test(time))) return false;
    const at = time === undefined ? NaN : Number(time) * (this.#openMetrics ? 1_000 : 1);
    return family.add({
      suffix,
      text: read.text,
      value: numberText(numberOf(value)),
      atMs: Number.isFinite(at) ? at : undefined,
    });
  }

  /** Nothing needs to say what a family is; it is of no type then. */
  #unannounced(name: string): ForeignFamily | undefined {
    const there = this.families.get(name);
    if (there !== undefined) return there.announced ? undefined : there;
    const family = new ForeignFamily(name, 'untyped', false);
    this.families.set(name, family);
    return family;
  }

  #labels(text: string): ReadLabels | undefined {
    const end = closing(text);
    if (end === undefined) return undefined;
    const inside = text.slice(0, end).trim();
    const labels = new Map<string, string>();
    LABEL.lastIndex = 0;
    for (let at = 0; at < inside.length; at = LABEL.lastIndex) {
      LABEL.lastIndex = at;
      const [, name = '', value = ''] = LABEL.exec(inside) ?? [];
      if (!isLabelName(name) || labels.has(name)) return undefined;
      labels.set(name, isSensitiveKey(name) ? MASK : this.#shown(value));
    }
    const sorted = [...labels].sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      text: sorted.map(([name, value]) => `${name}="${value}"`).join(','),
      names: sorted.map(([name]) => name),
      rest: text.slice(end + 1),
      le: labels.get('le'),
      series: sorted.map(([name, value]) => (name === 'le' ? '' : `${name}="${value}",`)).join(''),
    };
  }

  /** A value as we would show it: without secrets, and as long as ours. */
  #shown(escaped: string): string {
    let shown = this.#clean.get(escaped);
    if (shown === undefined) {
      shown = escapeValue(labelValueText('', unescaped(escaped)));
      if (this.#clean.size < 10_000) this.#clean.set(escaped, shown);
    }
    return shown;
  }
}

/** Where the labels end: the first brace that is in no quotes. */
function closing(text: string): number | undefined {
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const character = text.charCodeAt(i);
    if (character === 0x22) quoted = !quoted;
    else if (character === 0x5c && quoted) i++;
    else if (character === 0x7d && !quoted) return i;
  }
  return undefined;
}

function unescaped(text: string): string {
  return text.includes('\\')
    ? text.replace(/\\([\\"n])/g, (_, character: string) => (character === 'n' ? '\n' : character))
    : text;
}

function numberOf(text: string): number {
  if (/inf/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  return Number(text);
}
