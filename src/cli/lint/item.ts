import { type DeploymentFinding, shownText, worstOf } from '../../deployment/finding.js';
import type { ReportFinding, ReportItem } from '../report/report.js';
import { withSilences } from './silence.js';

/** What was found in one file. */
export interface LintedFile {
  /** As it was named. */
  readonly file: string;
  /** Its text; empty when it could not be read. */
  readonly text: string;
  readonly findings: readonly DeploymentFinding[];
  /** What was looked at, such as `3 documents`. */
  readonly subject: string;
}

/** A file as an item of a report. */
export function itemOf({ file, text, findings, subject }: LintedFile, wallMs: number, durationMs: number): ReportItem {
  const all = withSilences(file, text, findings, wallMs).sort(
    (a, b) => (a.place?.line ?? 0) - (b.place?.line ?? 0) || (a.id < b.id ? -1 : 1),
  );
  const status = worstOf(all.map((one) => one.status));
  const failed = all.filter((one) => one.status === 'FAIL');
  const name = shownText(file, 1_000);
  return {
    id: name,
    name,
    status,
    message: `${subject}: ${countsText(all)}`,
    durationMs,
    findings: all,
    ...(failed.length > 0 && failed.every(({ crashed }) => crashed === true) ? { crashed: true } : {}),
  };
}

function countsText(findings: readonly ReportFinding[]): string {
  const number = (is: (one: ReportFinding) => boolean, one: string, more = one): string[] => {
    const count = findings.filter(is).length;
    return count === 0 ? [] : [`${String(count)} ${count === 1 ? one : more}`];
  };
  const parts = [
    ...number(({ status, crashed }) => status === 'FAIL' && crashed !== true, 'wrong'),
    ...number(({ crashed }) => crashed === true, 'could not be found out'),
    ...number(({ status, silenced }) => status === 'WARN' && silenced === undefined, 'warning', 'warnings'),
    ...number(({ silenced }) => silenced !== undefined, 'silenced'),
  ];
  return parts.length === 0 ? 'nothing is wrong' : parts.join(', ');
}
