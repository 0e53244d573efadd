import { shownText } from '../../deployment/finding.js';
import type { CommandIo } from '../io.js';
import { exitCodeOf } from './exit-code.js';
import { githubReport } from './github.js';
import { inRepository } from './in-repository.js';
import { jsonReport } from './json.js';
import { junitReport } from './junit.js';
import { type FailOn, type Format, FORMATS, type Report, type ReportItem } from './report.js';
import { sarifReport } from './sarif.js';
import { textReport } from './text.js';

/** The option that says how a report is printed. */
export const REPORT_FORMAT = {
  takes: FORMATS.join('|') as 'text|json|junit|sarif|github',
  choices: FORMATS,
  summary: 'for people (default), programs, test reports, code scanning, or as annotations of GitHub',
} as const;

/** The option that says from which status on a command fails. */
export const FAIL_ON = {
  takes: 'fail|warn',
  choices: ['fail', 'warn'],
  summary: 'the exit code is 1 for what is wrong (default), or for warnings as well',
} as const;

/** Prints a report, with what failed on the side, and gives the exit code. */
export async function printReport(
  report: Report,
  io: CommandIo,
  { format = 'text', failOn = 'fail' }: { readonly format?: Format | undefined; readonly failOn?: FailOn | undefined },
): Promise<number> {
  await io.turn();
  const whole = { ...report, items: [...report.items, ...strayItems(io)] };
  const code = exitCodeOf(whole, failOn);
  io.out(rendered(whole, { format, failOn, code, io }));
  return code;
}

/** Why there is no report, for programs: what they are given is a report all the same. */
export function failureReport(command: string, message: string, code: number, format: Format, io: CommandIo): string {
  const failure = unknownItem('command', `breakwater ${command}`, message);
  const report = { command, subject: 'nothing could be looked at', items: [failure, ...strayItems(io)] };
  return rendered(report, { format, failOn: 'fail', code, io });
}

/** What failed and nobody waited for: nobody knows what it was good for. */
function strayItems({ watch }: CommandIo): ReportItem[] {
  return watch.strays.map((line, i) =>
    unknownItem(`stray.${String(i + 1)}`, 'What nobody waits for', `failed on the side: ${line}`),
  );
}

function unknownItem(id: string, name: string, message: string): ReportItem {
  return { id, name, status: 'FAIL', crashed: true, message: shownText(message, 1_000), durationMs: 0 };
}

function rendered(report: Report, way: { format: Format; failOn: FailOn; code: number; io: CommandIo }): string {
  switch (way.format) {
    case 'text':
      return textReport(report, way.io.terminal);
    case 'json':
      return jsonReport(report, way.code);
    case 'junit':
      return junitReport(report, way.failOn);
    case 'sarif':
      return sarifReport(inRepository(report, way.io), way.failOn, way.io.version());
    case 'github':
      return githubReport(inRepository(report, way.io), way.failOn);
  }
}
