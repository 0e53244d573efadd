import { countsLine, countsOf } from '../../deployment/deployment-checker/tally.js';
import type { Report, ReportFinding, ReportItem } from './report.js';

/** Codes of colours. Source: ECMA-48, 8.3.117. */
const COLOURS = { PASS: 32, WARN: 33, FAIL: 31, CRASH: 35, TIMEOUT: 35, SILENCED: 36, title: 1, faint: 2 } as const;
type Word = keyof typeof COLOURS;

/** A report for people: a line for each check, below it what it found and what to do. */
export function textReport(report: Report, terminal: { hasColors?(): boolean }): string {
  const paint = painter(terminal);
  const width = Math.max(0, ...report.items.map(({ name }) => name.length));
  const line = (item: ReportItem): string[] => {
    const word = wordOf(item);
    return [
      `  ${paint(word, word.padEnd(8))}  ${item.name.padEnd(width)}  ${item.message}`,
      ...details(item, ' '.repeat(12), paint),
    ];
  };
  return [
    paint('title', `breakwater ${report.command}: ${report.subject}`),
    '',
    ...report.items.flatMap(line),
    '',
    countsLine(countsOf(report.items)),
  ].join('\n');
}

/** The word in front of a line. */
export function wordOf({
  status,
  crashed,
  timedOut,
  silenced,
}: Pick<ReportItem, 'status' | 'crashed' | 'timedOut' | 'silenced'>): Exclude<Word, 'title' | 'faint'> {
  if (silenced !== undefined) return 'SILENCED';
  if (status !== 'FAIL') return status;
  return timedOut === true ? 'TIMEOUT' : crashed === true ? 'CRASH' : 'FAIL';
}

function details(item: ReportItem, indent: string, paint: Paint): string[] {
  const findings = (item.findings ?? []).filter(({ status }) => status !== 'PASS');
  return [
    ...silenceLine(item, indent, paint),
    ...hintLine(item.hint, indent, paint),
    ...findings.flatMap((finding, i) => {
      const word = wordOf(finding);
      // What is to be done about several in a row is said once, below the last.
      const hint = findings[i + 1]?.hint === finding.hint ? undefined : finding.hint;
      const place = placeText(finding);
      return [
        `${indent}${paint(word, word)} ${finding.message}${place} ${paint('faint', `[${finding.id}]`)}`,
        ...silenceLine(finding, `${indent}  `, paint),
        ...hintLine(hint, `${indent}  `, paint),
      ];
    }),
  ];
}

function hintLine(hint: string | undefined, indent: string, paint: Paint): string[] {
  return hint === undefined ? [] : [`${indent}${paint('faint', `-> ${hint}`)}`];
}

function silenceLine({ silenced }: Pick<ReportItem, 'silenced'>, indent: string, paint: Paint): string[] {
  return silenced === undefined
    ? []
    : [`${indent}${paint('faint', `${silenced.status}, silenced until ${silenced.until}: ${silenced.reason}`)}`];
}

function placeText({ place }: ReportFinding): string {
  if (place === undefined) return '';
  return ` (${place.file}${place.line === undefined ? '' : `:${String(place.line)}`})`;
}

type Paint = (word: Word, text: string) => string;

function painter(terminal: { hasColors?(): boolean }): Paint {
  if (terminal.hasColors?.() !== true) return (_, text) => text;
  return (word, text) => `\u001b[${String(COLOURS[word])}m${text}\u001b[0m`;
}
