import { GROUPS } from './statements/index.js';

const MARKS = { pass: 'yes', fail: '**no**', 'n/a': '–' };

function counts(results) {
  const all = [...results.values()];
  const of = (wanted) => all.filter(({ result }) => result === wanted).length;
  return { pass: of('pass'), fail: of('fail'), none: of('n/a') };
}

/** One line a library. */
export function summary({ name, version }, results) {
  const { pass, fail, none } = counts(results);
  return `${name} ${version}: ${String(pass)} pass, ${String(fail)} fail, ${String(none)} not applicable`;
}

/** For a terminal. */
export function table(contestants) {
  const lines = [];
  for (const { title, statements } of GROUPS) {
    lines.push('', title);
    for (const { id, text } of statements) {
      const cells = contestants.map(({ results }) => results.get(id).result.padEnd(5));
      lines.push(`  ${id}  ${cells.join(' ')} ${text}`);
    }
  }
  lines.push('', `columns: ${contestants.map(({ driver }) => driver.name).join(', ')}`, '');
  for (const { driver, results } of contestants) {
    lines.push(summary(driver, results));
    for (const [id, { result, reason }] of results) {
      if (result === 'fail') lines.push(`  ${id} ${reason}`);
    }
  }
  return lines.join('\n');
}

const cell = (text) => text.replaceAll('|', '\\|');

function groupTable({ title, statements }, contestants, notes) {
  const head = `| | statement | ${contestants.map(({ driver }) => driver.name).join(' | ')} |`;
  const rows = statements.map(({ id, text }) => {
    const cells = contestants.map(({ driver, results }) => {
      const { result, reason } = results.get(id);
      if (result === 'n/a' || reason === undefined) return MARKS[result];
      notes.push(`${driver.name}, ${id}: ${reason}.`);
      return `${MARKS[result]} (${String(notes.length)})`;
    });
    return `| ${id} | ${cell(text)} | ${cells.join(' | ')} |`;
  });
  return [`## ${title}`, '', head, `| --- | --- |${' --- |'.repeat(contestants.length)}`, ...rows, ''];
}

/** What each library has no part for, with the statements that need it. */
function absences(contestants) {
  return contestants.map(({ driver, results }) => {
    const byReason = new Map();
    for (const [id, { result, reason }] of results) {
      if (result === 'n/a') byReason.set(reason, [...(byReason.get(reason) ?? []), id]);
    }
    const parts = [...byReason].map(([reason, ids]) => `${reason} (${ids.join(', ')})`);
    return `- ${driver.name}: ${parts.length === 0 ? 'nothing' : parts.join('; ')}.`;
  });
}

/** What the page says otherwise about the first library on it. */
export function outdated(page, { name, version }, results) {
  const { pass, fail, none } = counts(results);
  const expected = [[name, [version, pass, fail, none].map(String)]];
  for (const { id, text } of GROUPS.flatMap(({ statements }) => statements)) {
    expected.push([id, [cell(text), MARKS[results.get(id).result]]]);
  }
  const rows = page
    .split('\n')
    .map((line) => line.split(/(?<!\\)\|/).map((part) => part.trim()))
    .filter(([before, first]) => before === '' && first !== undefined);
  return expected.filter(([first, cells]) => {
    const row = rows.find((candidate) => candidate[1] === first);
    return row === undefined || cells.some((text, i) => row[i + 2]?.replace(/ \(\d+\)$/, '') !== text);
  });
}

/** The page for the documentation. */
export function markdown(contestants) {
  const notes = [];
  const tables = GROUPS.flatMap((group) => groupTable(group, contestants, notes));
  const date = new Date().toISOString().slice(0, 10);
  return [
    '# Conformance',
    '',
    'What circuit breakers and retries owe their users, as statements that a program can check, and how this library and',
    'its peers keep them. Every statement is written once, against a neutral driver; a driver translates it into the',
    "library's documented options, with the configuration that fits best. Time is virtual: the platform's timers and",
    'clocks are replaced under every library alike, so each runs with its own production clock.',
    '',
    `Made by \`node bench/conformance/run.js\` on ${date}, Node ${process.version}; \`--check\` runs this library alone and`,
    'fails when one of its statements does, or is not on this page as it is.',
    '',
    '| library | version | pass | fail | not applicable |',
    '| --- | --- | --- | --- | --- |',
    ...contestants.map(({ driver, results }) => {
      const { pass, fail, none } = counts(results);
      return `| ${driver.name} | ${driver.version} | ${String(pass)} | ${String(fail)} | ${String(none)} |`;
    }),
    '',
    'A dash means that the library has no part that the statement is about. Who wrote the statements wrote one of the',
    'libraries, so a count is no judgement of the others: look up the statements that matter to you.',
    '',
    ...tables,
    '## Notes',
    '',
    ...notes.map((note, i) => `${String(i + 1)}. ${note}`),
    '',
    '## Not applicable',
    '',
    ...absences(contestants),
    '',
  ].join('\n');
}
