import { readFileSync, writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { PROTOCOLS } from './options.js';
import { LIBRARIES } from './drivers/index.js';
import { markdown } from './report.js';

const RESULTS = new URL('results.json', import.meta.url);
const PAGE = new URL('../../docs/rolling-restarts.md', import.meta.url);
const STYLE = { printWidth: 120, singleQuote: true };

const read = () => JSON.parse(readFileSync(RESULTS, 'utf8'));
const page = (results) => format(markdown(results), { ...STYLE, parser: 'markdown' });

const sameRun = (a, b) => a.protocol === b.protocol && a.library === b.library && a.delayMs === b.delayMs;
const rank = ({ protocol, library, delayMs }) =>
  (PROTOCOLS.indexOf(protocol) * LIBRARIES.length + LIBRARIES.indexOf(library)) * 1e6 + delayMs;

/** Keeps a result, in the place of an earlier one, and makes the page of all that there are. */
export async function keep({ complaints: _, ...result }) {
  const results = [...read().filter((other) => !sameRun(other, result)), result].sort((a, b) => rank(a) - rank(b));
  writeFileSync(RESULTS, await format(JSON.stringify(results, undefined, 2), { ...STYLE, parser: 'json' }));
  writeFileSync(PAGE, await page(results));
}

/** Whether the page is what the results make of it. */
export async function pageIsCurrent() {
  return readFileSync(PAGE, 'utf8') === (await page(read()));
}
