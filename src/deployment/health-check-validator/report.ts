import { type CheckStatus, type DeploymentFinding, type DeploymentReport, shownText } from '../finding.js';

/** What one route answered to a plain `GET`. */
export interface HealthRouteFact {
  /** The route below `baseUrl`, such as `/health/live`. */
  readonly route: string;
  /** The status code; absent when there was no answer. */
  readonly statusCode?: number;
  /** From the request to the end of the answer, or to when it was given up; ms. */
  readonly latencyMs: number;
}

/** What a run of a {@link HealthCheckValidator} found. */
export interface HealthCheckReport extends DeploymentReport {
  /** That of the worst finding. */
  readonly status: CheckStatus;
  /** What the routes answered, in the order in which they were asked. */
  readonly routes: readonly HealthRouteFact[];
  /** How long the run took, in ms. */
  readonly durationMs: number;
}

/** What to do about an answer of 500 and above. @internal */
export const FAILS = 'It fails: see what its log says of that.';

/** A finding that is in order. @internal */
export function pass(id: string, message: string): DeploymentFinding {
  return { id, status: 'PASS', message: shownText(message) };
}

/** @internal */
export function warn(id: string, message: string, hint: string): DeploymentFinding {
  return { id, status: 'WARN', message: shownText(message), hint };
}

/** @internal */
export function fail(id: string, message: string, hint: string): DeploymentFinding {
  return { id, status: 'FAIL', message: shownText(message), hint };
}

/** What could not be found out. @internal */
export function unknown(id: string, message: string, hint: string): DeploymentFinding {
  return { ...fail(id, message, hint), crashed: true };
}

/** One finding of several problems: one that is wrong goes before what could not be found out. @internal */
export function joined(
  id: string,
  inOrder: string,
  problems: readonly { readonly message: string; readonly status?: CheckStatus; readonly crashed?: boolean }[],
  hint: string,
): DeploymentFinding {
  if (problems.length === 0) return pass(id, inOrder);
  const message = problems.map((problem) => problem.message).join('; ');
  const failing = problems.filter(({ status = 'FAIL' }) => status === 'FAIL');
  if (failing.length === 0) return warn(id, message, hint);
  return failing.every(({ crashed }) => crashed === true) ? unknown(id, message, hint) : fail(id, message, hint);
}
