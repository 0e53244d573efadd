import type { CheckStatus, DeploymentFinding, FindingPlace } from '../../deployment/finding.js';

/** A finding as it is printed. */
export interface ReportFinding extends DeploymentFinding {
  readonly silenced?: ReportSilence | undefined;
}

/** That somebody decided to live with it. */
export interface ReportSilence {
  readonly status: CheckStatus;
  readonly reason: string;
  readonly until: string;
}

/** What became of one check, as it is printed; its texts are safe to print. */
export interface ReportItem {
  readonly id: string;
  readonly name: string;
  readonly status: CheckStatus;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  readonly durationMs: number;
  readonly tags?: readonly string[] | undefined;
  readonly crashed?: boolean | undefined;
  readonly timedOut?: boolean | undefined;
  readonly findings?: readonly ReportFinding[] | undefined;
  readonly silenced?: ReportSilence | undefined;
}

/** What a command found. */
export interface Report {
  /** The command, such as `check`. */
  readonly command: string;
  /** What was looked at, such as `production`. */
  readonly subject: string;
  readonly items: readonly ReportItem[];
}

/** The ways to print a report. */
export const FORMATS = ['text', 'json', 'junit', 'github'] as const;
export type Format = (typeof FORMATS)[number];

/** From which status on a command fails. */
export type FailOn = 'fail' | 'warn';

/** What is wrong: findings of a check where it has some, else the check itself. */
export interface Problem {
  readonly id: string;
  readonly status: CheckStatus;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly crashed?: boolean | undefined;
  readonly timedOut?: boolean | undefined;
  readonly place?: FindingPlace | undefined;
  readonly silenced?: ReportSilence | undefined;
  readonly item: ReportItem;
}

/** Everything that does not pass, in its order; a check that is silenced as a whole is one problem. */
export function problemsOf(items: readonly ReportItem[]): Problem[] {
  return items.flatMap((item): Problem[] => {
    const findings = (item.findings ?? []).filter(({ status }) => status !== 'PASS');
    if (item.silenced === undefined && findings.length > 0) return findings.map((finding) => ({ ...finding, item }));
    return item.status === 'PASS' ? [] : [{ ...item, item }];
  });
}

/** How many checks there are of each kind. */
export interface Counts {
  readonly total: number;
  readonly passed: number;
  readonly warned: number;
  readonly failed: number;
  readonly crashed: number;
  readonly timedOut: number;
  readonly silenced: number;
}

/** Counts the checks; what is silenced is no warning, and counted beside. */
export function countsOf(items: readonly ReportItem[]): Counts {
  const number = (is: (item: ReportItem) => boolean): number => items.filter(is).length;
  const problems = problemsOf(items);
  const open = new Set(problems.filter(({ silenced }) => silenced === undefined).map(({ item }) => item));
  return {
    total: items.length,
    passed: number(({ status }) => status === 'PASS'),
    warned: number((item) => item.status === 'WARN' && open.has(item)),
    failed: number(({ status }) => status === 'FAIL'),
    crashed: number(({ status, crashed }) => status === 'FAIL' && crashed === true),
    timedOut: number(({ status, timedOut }) => status === 'FAIL' && timedOut === true),
    silenced: problems.filter(({ silenced }) => silenced !== undefined).length,
  };
}
