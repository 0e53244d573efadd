import { type DeploymentFinding, shownText } from '../../deployment/finding.js';

/** What a rule found, before it is known to be fit to print. */
export interface Found {
  /** Stable, such as `k8s.same-probes`. */
  readonly id: string;
  readonly status: 'WARN' | 'FAIL';
  readonly message: string;
  /** What to do about it. */
  readonly hint: string;
  readonly line: number;
  /** Whether it could not be found out. */
  readonly crashed?: true;
}

/** A finding at its place; all of its text is safe to print. */
export function findingOf({ id, status, message, hint, line, crashed }: Found, file: string): DeploymentFinding {
  return {
    id,
    status,
    message: shownText(message),
    hint: shownText(hint, 500),
    place: { file: shownText(file, 1_000), line },
    ...(crashed === undefined ? {} : { crashed }),
  };
}

/** That something of a file could not be found out. */
export function unknown(id: string, message: string, hint: string, file: string, line?: number): DeploymentFinding {
  return {
    id,
    status: 'FAIL',
    crashed: true,
    message: shownText(message),
    hint: shownText(hint, 500),
    place: { file: shownText(file, 1_000), ...(line === undefined ? {} : { line }) },
  };
}
