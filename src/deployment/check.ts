import type { PlatformAbortSignal } from '../core/platform.js';
import type { DeploymentOutcome } from './finding.js';

/** What a check is given. */
export interface DeploymentCheckContext {
  /** Aborts when the check has taken too long; what it answers afterwards is dropped. */
  readonly signal: PlatformAbortSignal;
  /** What the build is checked for, such as `production`. */
  readonly profile: string;
}

/** One check of a `DeploymentChecker`. */
export interface DeploymentCheck {
  /** Stable and unique, such as `search-index`: letters, digits, `.`, `_` and `-`, at most 100. Silencing goes by it. */
  readonly id: string;
  /** For people, such as `Search index`. */
  readonly name: string;
  /** Words to select checks by. `live` marks those that need something running, such as a database. */
  readonly tags?: readonly string[];
  /** What it is for: it runs only when the build is checked for one of these. @defaultValue everything */
  readonly profiles?: readonly string[];
  /** How long it may take, in ms, at least 1. @defaultValue that of the checker */
  readonly timeoutMs?: number;
  /** Looks. What it throws or rejects with is a `FAIL` that says that it crashed. */
  run(context: DeploymentCheckContext): DeploymentOutcome | PromiseLike<DeploymentOutcome>;
}
