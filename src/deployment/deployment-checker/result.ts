import type { CheckStatus, DeploymentFinding } from '../finding.js';

/** That somebody decided to live with what was found. */
export interface Silenced {
  /** What it would be otherwise. */
  readonly status: CheckStatus;
  /** Why somebody lives with it. */
  readonly reason: string;
  /** Until when: the instant it ends, as ISO 8601. */
  readonly until: string;
}

/** A finding as the checker shows it. */
export interface ResultFinding extends DeploymentFinding {
  /** That it is silenced: it counts as `WARN` at most. */
  readonly silenced?: Silenced;
}

/** What became of one check. */
export interface CheckResult {
  /** The check's id. */
  readonly id: string;
  /** The check's name, for people. */
  readonly name: string;
  readonly status: CheckStatus;
  /** What was found, in one line. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  /** Plain JSON of the check, redacted; at most 16 KiB of it. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** How long the check took, in ms. */
  readonly durationMs: number;
  /** The check's tags. */
  readonly tags: readonly string[];
  /** Whether it could not be found out: the check threw, took too long or answered nonsense. Such a result is a `FAIL`. */
  readonly crashed?: boolean;
  /** Whether it could not be found out because the check took too long. */
  readonly timedOut?: boolean;
  /** What was found one by one, of a check that looks at several things. */
  readonly findings?: readonly ResultFinding[];
  /** That it is silenced as a whole: it counts as `WARN` at most. */
  readonly silenced?: Silenced;
}

/** What a run of all checks found. */
export interface DeploymentResults {
  /** Whether no result is a `FAIL`. */
  readonly allPass: boolean;
  /** Each check that was selected, in the order of registration, and what is wrong with the silences. */
  readonly results: readonly CheckResult[];
}

/** How many results there are of each kind. */
export interface CheckCounts {
  readonly total: number;
  readonly passed: number;
  /** Those with the status `WARN` that nobody silenced. */
  readonly warned: number;
  /** Those with the status `FAIL`, also because it could not be found out. */
  readonly failed: number;
  /** Those of the failed that could not be found out. */
  readonly crashed: number;
  /** Those of the crashed that took too long. */
  readonly timedOut: number;
  /** Results and findings that are silenced. */
  readonly silenced: number;
}

/** The latest run in short, as plain JSON. */
export interface DeploymentSummary extends CheckCounts {
  /** Name of the checker. */
  readonly checker: string;
  /** Whether there was a run and no result of it is a `FAIL`. */
  readonly allPass: boolean;
  /** One line for people. */
  readonly message: string;
  /** What the build was checked for; absent before the first run. */
  readonly profile?: string;
  /** When the run began, in ms since 1970; absent before the first run. */
  readonly ranAt?: number;
  /** How long the run took, in ms; absent before the first run. */
  readonly durationMs?: number;
  /** What is wrong, the worst first. */
  readonly problems: readonly {
    readonly id: string;
    readonly status: CheckStatus;
    readonly message: string;
    readonly hint?: string;
  }[];
}

/** The latest run in full, as plain JSON. */
export interface DeploymentSnapshot extends DeploymentSummary {
  readonly results: readonly CheckResult[];
}
