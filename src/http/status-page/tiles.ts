import { statesOf, statesText } from './circuits.js';
import { type Markup, markup } from './escape.js';
import { type Mark, markOf, type Tone, worstTone } from './marks.js';
import type { StatusData } from './status-data.js';
import { mark } from './tables.js';
import { countText } from './words.js';

interface Tile {
  readonly label: string;
  readonly count: number;
  readonly state: Mark | string;
  /** Id of the section that says more. */
  readonly at?: string;
}

/** The whole in a few numbers, each of which leads to its section. @internal */
export function tiles(data: StatusData): Markup {
  const shown = [checksTile(data), circuitsTile(data), requestsTile(data), blockedTile(data), flaggedTile(data)];
  return markup`<nav aria-label="Overview"><ul class="tiles">${shown.map((one) => one && tile(one))}</ul></nav>`;
}

function tile({ label, count, state, at }: Tile): Markup {
  const inner = markup`<span class="label">${label}</span> <span class="count">${countText(count)}</span> ${
    typeof state === 'string' ? markup`<span class="below">${state}</span>` : mark(state)
  }`;
  return markup`<li>${at === undefined ? markup`<div>${inner}</div>` : markup`<a href="#${at}">${inner}</a>`}</li>`;
}

function checksTile({ checks }: StatusData): Tile {
  const ailing = ['UNHEALTHY', 'DEGRADED'].flatMap((status) => {
    const { word } = markOf(status);
    const count = checks.lines.filter((line) => line.mark.word === word).length;
    return count > 0 ? [`${countText(count)} ${word.toLowerCase()}`] : [];
  });
  const tone = checks.trouble === undefined ? worstTone(checks.lines.map((line) => line.mark.tone)) : 'bad';
  const well = checks.trouble === undefined ? (checks.total === 0 ? 'none registered' : 'all healthy') : 'no report';
  const word = ailing.length === 0 ? well : ailing.join(', ');
  return { label: 'Health checks', count: checks.total, state: { tone, word }, at: 'checks' };
}

function circuitsTile({ circuits }: StatusData): Tile | undefined {
  if (circuits.length === 0) return undefined;
  const states = statesOf(circuits);
  const wrong = states.filter(([state]) => state !== 'CLOSED');
  const tone = worstTone(circuits.map((line) => line.mark.tone));
  const count = states.reduce((sum, [, number]) => sum + number, 0);
  const word = statesText(wrong) ?? (tone === 'ok' ? 'all closed' : 'not all can be read');
  return { label: 'Circuit breakers', count, state: { tone, word }, at: 'circuits' };
}

function requestsTile({ requests, limiters }: StatusData): Tile {
  const { over, refused, slow, aborted } = requests;
  const parts = [
    [refused, 'refused'],
    [slow, 'slow'],
    [aborted, 'hung up'],
  ] as const;
  const said = parts.filter(([count]) => count > 0).map(([count, what]) => `${countText(count)} ${what}`);
  const state = said.length === 0 ? 'none refused, none slow' : said.join(', ');
  return { label: 'Requests', count: over, state, ...(limiters.length === 0 ? {} : { at: 'limits' }) };
}

function blockedTile({ bans }: StatusData): Tile | undefined {
  return bans && counted('Blocked addresses', bans.total, 'nobody is blocked', 'blocked now', 'blocked');
}

function flaggedTile({ flags }: StatusData): Tile | undefined {
  return flags && counted('Abuse flags', flags.total, 'nobody is flagged', 'flagged now', 'flagged');
}

function counted(label: string, count: number, none: string, some: string, at: string): Tile {
  const tone: Tone = count === 0 ? 'ok' : 'warn';
  return { label, count, state: { tone, word: count === 0 ? none : some }, at };
}
