import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Runs a comparison from the command line: all libraries, whose answers make a page, or with `--check` ours alone, for a gate,
 * which says what fails or is not on the page as it is.
 *
 * @param program - what is called, for its usage.
 * @param page - the page, from the project's root.
 * @param peers - loads their drivers; a check of ours needs none of them.
 */
export async function runComparison({ program, page, ours, peers, judgeAll, comparison, markdown }) {
  const asked = process.argv.slice(2);
  if (asked.some((word) => word !== '--check')) {
    console.error(`usage: node ${program} [--check]`);
    process.exit(2);
  }
  const file = new URL(`../${page}`, import.meta.url);
  if (asked.length > 0) process.exitCode = (await check()) ? 0 : 1;
  else await compare();

  async function check() {
    const results = await judgeAll(ours);
    const failed = [...results].filter(([, { result }]) => result === 'fail');
    for (const [id, { reason }] of failed) console.error(`${id} fails: ${reason}`);
    const stale = comparison.outdated(readFileSync(file, 'utf8'), ours, results);
    for (const [what, cells] of stale) console.error(`${page} does not say: ${what} | ${cells.join(' | ')}`);
    console.log(comparison.summary(ours, results));
    return failed.length === 0 && stale.length === 0;
  }

  async function compare() {
    const drivers = await Promise.all(peers()).catch((error) => {
      if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
      console.error('a peer is missing: run `npm --prefix bench ci` first');
      process.exit(2);
    });
    const contestants = [];
    for (const driver of [ours, ...drivers]) contestants.push({ driver, results: await judgeAll(driver) });
    console.log(comparison.text(contestants));
    // The formatter belongs to the project around this package.
    const { format } = await import('prettier');
    writeFileSync(
      file,
      await format(markdown(contestants), { parser: 'markdown', printWidth: 120, singleQuote: true }),
    );
  }
}
