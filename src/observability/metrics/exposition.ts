import { type Exemplar, exemplarText } from './exemplar.js';
import type { MetricsFormat } from './format.js';
import { counterBase } from './names.js';
import { canonicalNumber, escapeHelp, numberText } from './text.js';

/** Both formats that are text. @internal */
export type TextFormat = Exclude<MetricsFormat, 'json'>;

/** A counter or a gauge as a scrape sees it. @internal */
export interface ScalarView {
  readonly type: 'counter' | 'gauge';
  readonly name: string;
  readonly help: string;
  all(): readonly { readonly text: string; readonly value: number; readonly exemplar?: Exemplar | undefined }[];
}

/** A histogram as a scrape sees it. @internal */
export interface HistogramView {
  readonly type: 'histogram';
  readonly name: string;
  readonly help: string;
  readonly bounds: readonly number[];
  all(): readonly {
    readonly text: string;
    readonly cells: Float64Array;
    readonly exemplars?: readonly (Exemplar | undefined)[] | undefined;
  }[];
}

/** What is put together at once takes a fraction of a millisecond. */
const PIECES_AT_ONCE = 2_000;
const CHARACTERS_AT_ONCE = 32_768;

/** One family, in chunks; each series is whole in one of them, and of one moment. @internal */
export function* exposition(family: ScalarView | HistogramView, format: TextFormat): Generator<string, void> {
  yield family.type === 'histogram'
    ? head(family, family.name, format)
    : head(family, shownName(family, format), format);
  if (family.type === 'histogram') yield* histogramLines(family, format);
  else yield* scalarLines(family, format);
}

function shownName(family: ScalarView, format: TextFormat): string {
  return family.type === 'counter' && format === 'openmetrics' ? counterBase(family.name) : family.name;
}

function head(family: { readonly type: string; readonly help: string }, name: string, format: TextFormat): string {
  return headLines(name, family.type, family.help, format);
}

/** HELP and TYPE. @internal */
export function headLines(name: string, type: string, help: string, format: TextFormat): string {
  return `# HELP ${name} ${escapeHelp(help, format === 'openmetrics')}\n# TYPE ${name} ${type}\n`;
}

function* scalarLines(family: ScalarView, format: TextFormat): Generator<string, void> {
  const openMetrics = format === 'openmetrics';
  const shown = shownName(family, format);
  const name = family.type === 'counter' && openMetrics ? `${shown}_total` : shown;
  let pieces: string[] = [];
  for (const { text, value, exemplar } of family.all()) {
    pieces.push(name, text === '' ? ' ' : `{${text}} `, numberText(value));
    if (openMetrics && exemplar !== undefined && family.type === 'counter') pieces.push(exemplarText(exemplar));
    pieces.push('\n');
    if (pieces.length >= PIECES_AT_ONCE) {
      yield pieces.join('');
      pieces = [];
    }
  }
  yield pieces.join('');
}

function* histogramLines(family: HistogramView, format: TextFormat): Generator<string, void> {
  const { name, bounds } = family;
  const openMetrics = format === 'openmetrics';
  const edges = [...bounds.map(openMetrics ? canonicalNumber : numberText), '+Inf'];
  const tails = edges.map((edge) => `le="${edge}"} `);
  const [bucket, sum, count] = [`\n${name}_bucket{`, `\n${name}_sum`, `\n${name}_count`];
  // What differs from line to line is joined by what does not: half the time of putting each line together.
  const lines = new Array<string>(tails.length);
  let pieces: string[] = [];
  let size = 0;
  for (const { text, cells, exemplars } of family.all()) {
    const [before, braced] = text === '' ? [bucket, ' '] : [`${bucket}${text},`, `{${text}} `];
    let total = 0;
    let shown = '0';
    for (let i = 0; i < tails.length; i++) {
      const more = cells[i] as number;
      if (more !== 0) shown = String((total += more));
      const line = (tails[i] as string) + shown;
      lines[i] = openMetrics && exemplars !== undefined ? line + exemplarText(exemplars[i]) : line;
    }
    const itsSum = cells[tails.length] as number;
    pieces.push(before.slice(1), lines.join(before));
    // A sum that may fall, and a count without a sum, are no OpenMetrics: a scrape with one would be refused as a whole.
    if (!openMetrics || (itsSum >= 0 && !((bounds[0] as number) < 0))) {
      pieces.push(sum, braced, numberText(itsSum), count, braced, shown);
    }
    pieces.push('\n');
    size += (before.length + 10) * tails.length;
    if (size >= CHARACTERS_AT_ONCE) {
      yield pieces.join('');
      pieces = [];
      size = 0;
    }
  }
  yield pieces.join('');
}
