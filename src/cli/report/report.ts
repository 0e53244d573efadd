import type { Silenced } from '../../deployment/deployment-checker/result.js';
import type { CheckStatus, DeploymentFinding } from '../../deployment/finding.js';

/** A finding as it is printed. */
export interface ReportFinding extends DeploymentFinding {
  readonly silenced?: Silenced | undefined;
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
  readonly silenced?: Silenced | undefined;
}

/** What a command found. */
export interface Report {
  /** The command, such as `check`. */
  readonly command: string;
  /** What was looked at, such as `production`. */
  readonly subject: string;
  readonly items: readonly ReportItem[];
  /** The module that says what is looked at, if there is one. */
  readonly source?: string | undefined;
  /** Of migrations: tool, table and lists, as plain JSON that is safe to print. */
  readonly migrations?: Readonly<Record<string, unknown>> | undefined;
}

/** The ways to print a report. */
export const FORMATS = ['text', 'json', 'junit', 'sarif', 'github'] as const;
export type Format = (typeof FORMATS)[number];

/** From which status on a command fails. */
export type FailOn = 'fail' | 'warn';
