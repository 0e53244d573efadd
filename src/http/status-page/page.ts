import { type Content, type Markup, markup, trusted } from './escape.js';
import type { Tone } from './marks.js';
import {
  blockedSection,
  checksSection,
  circuitsSection,
  deploymentSection,
  flaggedSection,
  limitsSection,
  othersSection,
  runSection,
} from './sections.js';
import type { StatusData } from './status-data.js';
import { STYLE } from './style.js';
import { mark, pairs } from './tables.js';
import { tiles } from './tiles.js';
import { durationText, instantIso, instantText } from './words.js';

/** How the page loads itself again. @internal */
export interface Reloading {
  /** `false` when it does not. */
  readonly everySeconds: number | false;
  /** Whether somebody wants to read in peace. */
  readonly paused: boolean;
}

/** The whole page as one text. @internal */
export function page(data: StatusData, reloading: Reloading): string {
  const { title, status } = data;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${status.word} · ${title}</title>
<link rel="icon" href="${icon(status.tone)}">
<style>${trusted(STYLE)}</style>
</head>
<body>
${header(data, reloading)}
<main>
${data.stop === undefined ? undefined : runSection('stop', data.stop)}${checksSection(data)}${circuitsSection(data)}${limitsSection(data)}<div class="two">
${blockedSection(data)}${flaggedSection(data)}</div>
${deploymentSection(data)}${runSection('start', data.start)}${othersSection(data)}</main>
</body>
</html>
`.toString();
}

function header(data: StatusData, reloading: Reloading): Markup {
  const { title, status, phase, shadow, renderedAt, upMs } = data;
  const at = instantText(renderedAt);
  const facts: [string, Content][] = [
    ['Phase', mark(phase)],
    ['As of', at === undefined ? '–' : markup`<time datetime="${instantIso(renderedAt)}">${at}</time>`],
    ['Up for', durationText(upMs)],
    ['Reloads', reloadText(reloading)],
  ];
  return markup`<header>
<div class="lead"><h1>${title}</h1><p class="overall ${status.tone}"><span class="aside">Overall status: </span>${mark(status)}</p></div>
${shadow && markup`<p class="note">The pipeline is in shadow mode: it refuses nobody.</p>`}
${pairs(facts, 'facts')}
</header>
${tiles(data)}`;
}

function reloadText({ everySeconds, paused }: Reloading): Content {
  if (everySeconds === false) return 'not by itself';
  if (paused) return ['paused ', markup`<a href="?refresh=on">Resume reloading</a>`];
  return [`every ${durationText(everySeconds * 1_000)} `, markup`<a href="?refresh=off">Pause reloading</a>`];
}

const SHAPES: Readonly<Record<Tone, string>> = /* @__PURE__ */ Object.freeze({
  ok: "<circle cx='8' cy='8' r='7' fill='#1a7f37'/>",
  warn: "<path d='M8 1 15 15H1z' fill='#d29922'/>",
  bad: "<path d='M1 1h14v14H1z' fill='#d1242f'/>",
  idle: "<circle cx='8' cy='8' r='7' fill='#8b949e'/>",
});

/** The status in the tab of the browser, by shape and colour. */
function icon(tone: Tone): string {
  const svg = `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'>${SHAPES[tone]}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
