import { readFileSync, writeFileSync } from 'node:fs';
import { breakwater } from './drivers/breakwater.js';
import { comparison, markdown } from './report.js';
import { judgeAll } from './suite.js';

const PAGE = new URL('../../docs/conformance.md', import.meta.url);

/** Ours alone, for a gate: says what fails, or is not on the page as it is, and nothing else. */
async function check() {
  const results = await judgeAll(breakwater);
  const failed = [...results].filter(([, { result }]) => result === 'fail');
  for (const [id, { reason }] of failed) console.error(`${id} fails: ${reason}`);
  const stale = comparison.outdated(readFileSync(PAGE, 'utf8'), breakwater, results);
  for (const [what, cells] of stale) console.error(`docs/conformance.md does not say: ${what} | ${cells.join(' | ')}`);
  console.log(comparison.summary(breakwater, results));
  return failed.length === 0 && stale.length === 0;
}

async function compare() {
  // Named here, so that a check of ours needs no peer.
  const peers = await Promise.all([
    import('./drivers/opossum.js').then(({ opossum }) => opossum),
    import('./drivers/cockatiel.js').then(({ cockatiel }) => cockatiel),
    import('./drivers/mollitia.js').then(({ mollitia }) => mollitia),
  ]).catch((error) => {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    console.error('a peer is missing: run `npm --prefix bench ci` first');
    process.exit(2);
  });
  const contestants = [];
  for (const driver of [breakwater, ...peers]) contestants.push({ driver, results: await judgeAll(driver) });
  console.log(comparison.text(contestants));
  // The formatter belongs to the project around this package.
  const { format } = await import('prettier');
  const page = await format(markdown(contestants), { parser: 'markdown', printWidth: 120, singleQuote: true });
  writeFileSync(PAGE, page);
  return true;
}

const asked = process.argv.slice(2);
if (asked.some((word) => word !== '--check')) {
  console.error('usage: node bench/conformance/run.js [--check]');
  process.exit(2);
}
process.exitCode = (await (asked.length === 0 ? compare() : check())) ? 0 : 1;
