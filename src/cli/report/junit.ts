import { problemsOf } from '../../deployment/deployment-checker/tally.js';
import type { FailOn, Report, ReportItem } from './report.js';
import { wordOf } from './text.js';

/**
 * A report as JUnit XML, one test case for each check: what failed is a `failure`, what could not be found out an `error`, and
 * what is silenced `skipped`.
 */
export function junitReport({ command, subject, items }: Report, failOn: FailOn): string {
  const cases = items.map((item) => ({ item, kind: kindOf(item, failOn) }));
  const number = (kind: string): string => String(cases.filter((one) => one.kind === kind).length);
  const counts = {
    tests: String(items.length),
    failures: number('failure'),
    errors: number('error'),
    time: seconds(Math.max(0, ...items.map(({ durationMs }) => durationMs))),
  };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: `breakwater ${command}`, ...counts })}>`,
    `  <testsuite${attributes({ name: `breakwater ${command}: ${subject}`, ...counts, skipped: number('skipped') })}>`,
    ...cases.map(({ item, kind }) => caseText(item, kind, command)),
    '  </testsuite>',
    '</testsuites>',
  ].join('\n');
}

type Kind = 'failure' | 'error' | 'skipped' | 'passed';

function kindOf(item: ReportItem, failOn: FailOn): Kind {
  const word = wordOf(item);
  if (word === 'CRASH' || word === 'TIMEOUT') return 'error';
  if (word === 'FAIL') return 'failure';
  const open = problemsOf([item]).filter(({ silenced }) => silenced === undefined);
  if (word === 'WARN' && open.length > 0) return failOn === 'warn' ? 'failure' : 'passed';
  return word === 'PASS' ? 'passed' : 'skipped';
}

function caseText(item: ReportItem, kind: Kind, command: string): string {
  const { id, name, durationMs, message } = item;
  const open = `    <testcase${attributes({ name, classname: className(command, id), time: seconds(durationMs) })}`;
  const text = problemText(item);
  if (kind === 'passed') {
    if (text === '') return `${open}/>`;
    return `${open}><system-out>${escaped(text)}</system-out></testcase>`;
  }
  if (kind === 'skipped')
    return `${open}><skipped${attributes({ message: text === '' ? message : text })}/></testcase>`;
  return `${open}><${kind}${attributes({ message, type: wordOf(item) })}>${escaped(text)}</${kind}></testcase>`;
}

/** Words with dots between, since readers make folders of them; what else a name has is an underscore. */
function className(command: string, id: string): string {
  return ['breakwater', ...command.split(' '), id].map((word) => word.replace(/[^\w.-]+/g, '_')).join('.');
}

function problemText(item: ReportItem): string {
  return problemsOf([item])
    .map((problem) => {
      const { id, message, hint, silenced } = problem;
      const end = silenced === undefined ? '' : ` (silenced until ${silenced.until}: ${silenced.reason})`;
      return `${wordOf(problem)} ${id}: ${message}${hint === undefined ? '' : `; ${hint}`}${end}`;
    })
    .join('\n');
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(3);
}

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escaped(value)}"`)
    .join('');
}

/** Text as XML holds it. What no document may hold is a question mark. Source: XML 1.0, 2.2 and 2.4. */
function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '?')
    .replace(/[&<>"'\n\r\t]/g, (character) => `&#${String(character.charCodeAt(0))};`);
}
