import type { CommandIo } from '../io.js';
import { exitCodeOf } from './exit-code.js';
import { githubReport } from './github.js';
import { jsonReport } from './json.js';
import { junitReport } from './junit.js';
import { type FailOn, type Format, FORMATS, type Report } from './report.js';
import { textReport } from './text.js';

/** The option that says how a report is printed. */
export const REPORT_FORMAT = {
  takes: FORMATS.join('|') as 'text|json|junit|github',
  choices: FORMATS,
  summary: 'for people (default), for programs, for test reports, or as annotations of GitHub',
} as const;

/** The option that says from which status on a command fails. */
export const FAIL_ON = {
  takes: 'fail|warn',
  choices: ['fail', 'warn'],
  summary: 'the exit code is 1 for what is wrong (default), or for warnings as well',
} as const;

/** Prints a report, and gives the exit code. */
export function printReport(
  report: Report,
  io: CommandIo,
  { format = 'text', failOn = 'fail' }: { readonly format?: Format | undefined; readonly failOn?: FailOn | undefined },
): number {
  const code = exitCodeOf(report, failOn);
  io.out(rendered(report, { format, failOn, code, terminal: io.terminal }));
  return code;
}

function rendered(
  report: Report,
  way: { format: Format; failOn: FailOn; code: number; terminal: CommandIo['terminal'] },
): string {
  switch (way.format) {
    case 'text':
      return textReport(report, way.terminal);
    case 'json':
      return jsonReport(report, way.code);
    case 'junit':
      return junitReport(report, way.failOn);
    case 'github':
      return githubReport(report, way.failOn);
  }
}
