const MARKS = { pass: 'yes', fail: '**no**', 'n/a': '–' };

const cell = (text) => text.replaceAll('|', '\\|');

function counts(results) {
  const all = [...results.values()];
  const of = (wanted) => all.filter(({ result }) => result === wanted).length;
  return { pass: of('pass'), fail: of('fail'), none: of('n/a') };
}

/**
 * How libraries keep statements, as text and as the parts of a page.
 *
 * @param groups - `{ title, statements: [{ id, text }] }`, as the tables show them.
 * @param none - what it is called when a library has no part that a statement is about.
 */
export class Comparison {
  #groups;
  #none;

  constructor(groups, none) {
    this.#groups = groups;
    this.#none = none;
  }

  /** One line a library. */
  summary({ name, version }, results) {
    const { pass, fail, none } = counts(results);
    return `${name} ${version}: ${String(pass)} pass, ${String(fail)} fail, ${String(none)} ${this.#none}`;
  }

  /** For a terminal. */
  text(contestants) {
    const lines = [];
    for (const { title, statements } of this.#groups) {
      lines.push('', title);
      for (const { id, text } of statements) {
        const cells = contestants.map(({ results }) => results.get(id).result.padEnd(5));
        lines.push(`  ${id}  ${cells.join(' ')} ${text}`);
      }
    }
    lines.push('', `columns: ${contestants.map(({ driver }) => driver.name).join(', ')}`, '');
    for (const { driver, results } of contestants) {
      lines.push(this.summary(driver, results));
      for (const [id, { result, reason }] of results) {
        if (result === 'fail') lines.push(`  ${id} ${reason}`);
      }
    }
    return lines.join('\n');
  }

  /** The table of counts, in Markdown. */
  countTable(contestants) {
    return [
      `| library | version | pass | fail | ${this.#none} |`,
      '| --- | --- | --- | --- | --- |',
      ...contestants.map(({ driver, results }) => {
        const { pass, fail, none } = counts(results);
        return `| ${driver.name} | ${driver.version} | ${String(pass)} | ${String(fail)} | ${String(none)} |`;
      }),
    ];
  }

  /** The statements with what each library does, in Markdown, and the notes to them. */
  tables(contestants) {
    const notes = [];
    const lines = this.#groups.flatMap((group) => groupTable(group, contestants, notes));
    return [...lines, '## Notes', '', ...notes.map((note, i) => `${String(i + 1)}. ${note}`)];
  }

  /** What the page says otherwise about the first library on it. */
  outdated(page, { name, version }, results) {
    const { pass, fail, none } = counts(results);
    const expected = [[name, [version, pass, fail, none].map(String)]];
    for (const { id, text } of this.#groups.flatMap(({ statements }) => statements)) {
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
}

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
export function absences(contestants) {
  return contestants.map(({ driver, results }) => {
    const byReason = new Map();
    for (const [id, { result, reason }] of results) {
      if (result === 'n/a') byReason.set(reason, [...(byReason.get(reason) ?? []), id]);
    }
    const parts = [...byReason].map(([reason, ids]) => `${reason} (${ids.join(', ')})`);
    return `- ${driver.name}: ${parts.length === 0 ? 'nothing' : parts.join('; ')}.`;
  });
}
