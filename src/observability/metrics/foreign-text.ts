import { MASK } from '../../core/mask-fields.js';
import { redactText } from '../../core/redaction.js';
import { isSensitiveKey } from '../../core/sensitive-names.js';
import { ForeignFamily } from './foreign-family.js';
import { foreignNumber } from './foreign-series.js';
import { isLabelName, isMetricName } from './names.js';
import { escapeValue, labelValueText } from './text.js';

const TYPES = /^(?:counter|gauge|histogram|summary|untyped|unknown|info|stateset)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)[ \t]*=[ \t]*"((?:[^"\\\n]|\\[\\"n])*)"[ \t]*(,|$)[ \t]*/y;

/** The labels of a line, and what follows them. */
interface ReadLabels {
  readonly labels: ReadonlyMap<string, string>;
  readonly rest: string;
}

const LINES_AT_ONCE = 200;
/** Longest line that is looked at. */
const LONGEST_LINE = 20_000;
/** Longest text that is looked at; what is behind it is left out. */
const LONGEST_TEXT = 64 * 1_048_576;

/**
 * Reads a foreign exposition, in either format, line by line. What is no exposition is left out; so are series that do
 * not add up, and lines that say what another has said.
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
      const lost = yield* family.drop();
      this.dropped += lost;
      if (family.empty) this.families.delete(name);
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
    const read = open.startsWith('{') ? this.#labels(open.slice(1)) : { labels: new Map<string, string>(), rest: open };
    if (read === undefined) return false;
    const [text = '', time, ...more] = (read.rest.split('#', 1)[0] ?? '').trim().split(/[ \t]+/);
    const value = foreignNumber(text);
    if (more.length > 0 || value === undefined) return false;
    const atMs = time === undefined ? undefined : this.#time(time);
    // Prometheus gives up a whole text for a time that is none.
    if (atMs !== undefined && !Number.isSafeInteger(atMs)) return false;
    return family.add(suffix, read.labels, value, atMs);
  }

  /** In whole ms. */
  #time(text: string): number {
    return Math.round((foreignNumber(text) ?? NaN) * (this.#openMetrics ? 1_000 : 1));
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
    return { labels: new Map([...labels].sort(([a], [b]) => (a < b ? -1 : 1))), rest: text.slice(end + 1) };
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
