import { type Content, type Markup, markup } from './escape.js';
import type { Mark } from './marks.js';
import type { Line } from './status-data.js';
import { countText } from './words.js';

/** A column of a table; the first one names the row. @internal */
export interface Column<T> {
  readonly label: string;
  readonly cell: (line: T) => Content;
  /** Whether it holds numbers, which stand below each other. */
  readonly numeric?: boolean;
  /** Whether it says by itself what it is, so that a phone shows it without its label, … */
  readonly plain?: boolean;
  /** … and beside the name, as a state. */
  readonly state?: boolean;
}

/** @internal */
export interface Table<T> {
  readonly caption: string;
  readonly columns: readonly Column<T>[];
  readonly lines: readonly T[];
  /** How many there are, when not all are among the lines. */
  readonly total?: number;
  /** Rows at most, … */
  readonly most: number;
  /** … which together have at most so many bytes. */
  readonly mostBytes: number;
}

/**
 * A table that says how much of it is left out. Its roles are spelt out, since phones show its rows as cards, and not
 * every screen reader knows a table that is laid out as something else.
 * @internal
 */
export function table<T extends Line>({ caption, columns, lines, total, most, mostBytes }: Table<T>): Markup {
  const rows = fitting(lines.slice(0, most), mostBytes, (line) => row(columns, line));
  const left = Math.max(total ?? 0, lines.length) - rows.length;
  const heads = columns.map(
    ({ label, numeric }) => markup`<th role="columnheader" scope="col"${classes(numeric && 'num')}>${label}</th>`,
  );
  return markup`<table role="table"><caption>${caption}</caption>
<thead role="rowgroup"><tr role="row">${heads}</tr></thead>
<tbody role="rowgroup">${rows}</tbody></table>
${left > 0 && markup`<p class="more">and ${countText(left)} more</p>`}`;
}

/** As much as fits. */
function fitting<T>(lines: readonly T[], mostBytes: number, make: (line: T) => Markup): Markup[] {
  const made: Markup[] = [];
  const encoder = new TextEncoder();
  let bytes = 0;
  for (const line of lines) {
    const one = make(line);
    bytes += encoder.encode(one.toString()).length;
    if (bytes > mostBytes) break;
    made.push(one);
  }
  return made;
}

function row<T extends Line>(columns: readonly Column<T>[], line: T): Markup {
  const [first, ...others] = columns;
  const head = markup`<th role="rowheader" scope="row">${first?.cell(line)}</th>`;
  if (line.trouble !== undefined) {
    const span = String(Math.max(1, others.length));
    return markup`<tr role="row">${head}<td role="cell" colspan="${span}">${mark({ tone: 'warn', word: 'Cannot be read' })} <span class="why">${line.trouble}</span></td></tr>`;
  }
  return markup`<tr role="row">${head}${others.map((column) => cell(column, line))}</tr>`;
}

function cell<T>({ label, cell: show, numeric, plain, state }: Column<T>, line: T): Markup {
  const shown = show(line);
  const empty = shown === undefined || shown === false || shown === '';
  const kind = classes(numeric && 'num', state && 'state', empty && 'empty');
  return markup`<td role="cell"${plain !== true && state !== true && markup` data-label="${label}"`}${kind}>${empty ? '–' : shown}</td>`;
}

function classes(...names: readonly (string | false | undefined)[]): Markup | undefined {
  const given = names.filter((name) => typeof name === 'string');
  return given.length === 0 ? undefined : markup` class="${given.join(' ')}"`;
}

/** A state: its word, and a shape that tells its tone to those who see no colours. @internal */
export function mark({ tone, word }: Mark): Markup {
  return markup`<span class="mark ${tone}">${word}</span>`;
}

/** A name with something small below it. @internal */
export function named(name: string, below?: Content): Markup {
  return markup`<span class="name">${name}</span>${below !== undefined && below !== false && markup`<span class="below">${below}</span>`}`;
}

/** Labels and values. @internal */
export function pairs(values: readonly (readonly [label: string, value: Content])[], kind: string): Markup {
  return markup`<dl class="${kind}">${values.map(([label, value]) => markup`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>`;
}
