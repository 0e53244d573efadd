import { endOf } from '../../deployment/deployment-checker/silence-option.js';
import { type DeploymentFinding, shownText } from '../../deployment/finding.js';
import type { ReportFinding } from '../report/report.js';
import { findingOf } from './found.js';

const COMMENT = /(?:^|\s)#\s*breakwater-silence:(.*)$/;
const WORDS = /^\s*([a-z\d]+\.[a-z\d-]+)\s+until=(\S+)\s+(\S.*)$/;

interface Silence {
  readonly id: string;
  readonly reason: string;
  readonly untilMs: number;
  readonly until: string;
  /** The lines that it stands for. */
  readonly lines: readonly number[];
}

/**
 * The findings of one file, with those that a comment on their line or above it silences as warnings, and with what is wrong with
 * the comments themselves.
 *
 * @param wallMs - now, since silences end.
 */
export function withSilences(
  file: string,
  text: string,
  findings: readonly DeploymentFinding[],
  wallMs: number,
): ReportFinding[] {
  const faults: DeploymentFinding[] = [];
  const lines = text.split('\n');
  const silences = lines.flatMap((line, i): Silence[] => {
    const words = COMMENT.exec(line.trimEnd())?.[1];
    if (words === undefined) return [];
    const fault = (message: string, hint: string): Silence[] => {
      faults.push(findingOf({ id: 'lint.silence', status: 'WARN', message, hint, line: i + 1 }, file));
      return [];
    };
    const [, id = '', until = '', reason = ''] = WORDS.exec(words) ?? [];
    const untilMs = endOf(until);
    if (untilMs === undefined)
      return fault(
        'this comment silences nothing',
        'write: breakwater-silence: <id> until=<date, such as 2027-01-31> <reason>',
      );
    if (wallMs >= untilMs)
      return fault(`the silence of ${id} ended on ${until}`, 'mend what it was for, or give it a new end and a reason');
    const isAlone = line.trimStart().startsWith('#');
    const iso = new Date(untilMs).toISOString();
    const meant = isAlone ? below(lines, i) : i + 1;
    const all = [i + 1, meant, itemOf(lines, meant)];
    return [{ id, reason: shownText(reason, 200), untilMs, until: iso, lines: all }];
  });
  const silenced = findings.map((finding): ReportFinding => {
    const { status, crashed, id, place } = finding;
    const by = silences.find((one) => one.id === id && place?.line !== undefined && one.lines.includes(place.line));
    if (by === undefined || crashed === true) return finding;
    return { ...finding, status: 'WARN', silenced: { status, reason: by.reason, until: by.until } };
  });
  return [...silenced, ...faults];
}

/** The number of the first line below a comment that is none itself. */
function below(lines: readonly string[], i: number): number {
  let next = i + 1;
  while (next < lines.length && /^\s*(#|$)/.test(lines[next] ?? '')) next++;
  return next + 1;
}

/** The number of the line on which the item of a list begins that a line further down belongs to; its own without one. */
function itemOf(lines: readonly string[], own: number): number {
  const indent = indentOf(lines[own - 1]);
  for (let i = own - 2; i >= 0; i--) {
    const line = lines[i] ?? '';
    if (/^\s*(#|$)/.test(line) || indentOf(line) >= indent) continue;
    const [before] = /^ *- +/.exec(line) ?? [''];
    return before.length === indent && indent > 0 ? i + 1 : own;
  }
  return own;
}

function indentOf(line = ''): number {
  return line.search(/\S|$/);
}
