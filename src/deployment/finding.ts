import { errorText } from '../core/error-text.js';
import { redactLine } from '../core/redaction.js';

/** How a check came out, from best to worst. */
export const CheckStatus = /* @__PURE__ */ Object.freeze({ PASS: 'PASS', WARN: 'WARN', FAIL: 'FAIL' });
export type CheckStatus = (typeof CheckStatus)[keyof typeof CheckStatus];

/** One thing that a check found: it has a stable id of its own, so that it can be silenced without the others. */
export interface DeploymentFinding {
  /** Stable, such as `environment.SECRET_KEY` or `migrations.edited`. */
  readonly id: string;
  readonly status: CheckStatus;
  /** What is the matter, in one line and without a secret. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  /** Whether it could not be found out. Such a finding is a `FAIL`, since what nobody knows is not in order. */
  readonly crashed?: boolean;
  /** Where it is, if it is in a file. */
  readonly place?: FindingPlace;
}

/** A place in a file. */
export interface FindingPlace {
  /** The file, as it was named. */
  readonly file: string;
  /** Its line, from 1. */
  readonly line?: number;
}

/** The answer of a check that looks at one thing. */
export interface DeploymentVerdict {
  readonly status: CheckStatus;
  /** What is the matter, in one line and without a secret. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  /** Plain JSON for machines. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** The answer of a check that looks at several things: its status is that of the worst finding which nobody silenced. */
export interface DeploymentReport {
  readonly findings: readonly DeploymentFinding[];
  /** The whole in one line and without a secret. */
  readonly message: string;
  /** Plain JSON for machines. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** What a check answers. */
export type DeploymentOutcome = DeploymentVerdict | DeploymentReport;

const RANK = /* @__PURE__ */ Object.freeze({ PASS: 0, WARN: 1, FAIL: 2 });

/** The worst of them; `PASS` of none. @internal */
export function worstOf(statuses: Iterable<CheckStatus>): CheckStatus {
  let worst: CheckStatus = CheckStatus.PASS;
  for (const status of statuses) if (RANK[status] > RANK[worst]) worst = status;
  return worst;
}

/** Whether it is one of the three words. @internal */
export function isCheckStatus(value: unknown): value is CheckStatus {
  return typeof value === 'string' && Object.hasOwn(RANK, value);
}

/** Text as it is shown: in one line, since it may come from elsewhere and end in a terminal, and without secrets. @internal */
export function shownText(text: string, longest = 300): string {
  return redactLine(text, longest);
}

/** An error as it is shown behind a colon. @internal */
export function shownError(error: unknown, longest = 200): string {
  return redactLine(errorText(error), longest);
}
