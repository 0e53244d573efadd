import { countsLine, countsOf, type Problem, problemsOf } from '../../deployment/deployment-checker/tally.js';
import type { FailOn, Report, ReportItem } from './report.js';
import { wordOf } from './text.js';

/** A report as workflow commands of GitHub: an annotation for each thing that is wrong, and the counts. */
export function githubReport({ command, subject, items }: Report, failOn: FailOn): string {
  return [
    ...problemsOf(items).map((problem) => annotation(problem, failOn)),
    data(`breakwater ${command}: ${subject}: ${countsLine(countsOf(items))}`),
  ].join('\n');
}

function annotation(problem: Problem<ReportItem>, failOn: FailOn): string {
  const { id, status, message, hint, silenced, place, item } = problem;
  const level = silenced !== undefined ? 'notice' : status === 'FAIL' || failOn === 'warn' ? 'error' : 'warning';
  const properties = [
    ...(place === undefined ? [] : [`file=${property(place.file)}`]),
    ...(place?.line === undefined ? [] : [`line=${String(place.line)}`]),
    `title=${property(`${item.name} (${id})`)}`,
  ];
  const why = silenced === undefined ? '' : ` (silenced until ${silenced.until}: ${silenced.reason})`;
  const text = `${wordOf(problem)}: ${message}${hint === undefined ? '' : `\n${hint}`}${why}`;
  return `::${level} ${properties.join(',')}::${data(text)}`;
}

/** Text behind the last colons. Source: the escapes of the toolkit's workflow commands. */
function data(text: string): string {
  return text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A').replace(/##\[/g, '## [');
}

function property(text: string): string {
  return data(text).replace(/:/g, '%3A').replace(/,/g, '%2C');
}
