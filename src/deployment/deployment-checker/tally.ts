import { CheckStatus, type FindingPlace, worstOf } from '../finding.js';
import type { CheckCounts, Silenced } from './result.js';

/** A result, or anything like it, as far as it is counted. @internal */
export interface Judged extends JudgedFinding {
  readonly timedOut?: boolean | undefined;
  readonly findings?: readonly JudgedFinding[] | undefined;
}

/** A finding as far as it is counted. @internal */
export interface JudgedFinding {
  readonly id: string;
  readonly status: CheckStatus;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly crashed?: boolean | undefined;
  readonly place?: FindingPlace | undefined;
  readonly silenced?: Silenced | undefined;
}

/** One thing that is wrong, and the result that it is in. @internal */
export interface Problem<T extends Judged = Judged> extends JudgedFinding {
  readonly timedOut?: boolean | undefined;
  readonly item: T;
}

/**
 * Everything that does not pass, in its order: the findings of a result where they are as bad as it is, else the result itself
 * as well. A result that is silenced as a whole is one problem.
 * @internal
 */
export function problemsOf<T extends Judged>(items: readonly T[]): Problem<T>[] {
  return items.flatMap((item): Problem<T>[] => {
    if (item.status === CheckStatus.PASS) return [];
    const own = { ...item, item };
    if (item.silenced !== undefined) return [own];
    const findings = (item.findings ?? []).filter(({ status }) => status !== CheckStatus.PASS);
    const found = findings.map((finding) => ({ ...finding, item }));
    return worstOf(findings.map(({ status }) => status)) === item.status ? found : [own, ...found];
  });
}

/** How many results there are of each kind; what is silenced is no warning, and counted beside. @internal */
export function countsOf(items: readonly Judged[]): CheckCounts {
  const number = (is: (item: Judged) => boolean): number => items.filter(is).length;
  const problems = problemsOf(items);
  const open = new Set(problems.filter(({ silenced }) => silenced === undefined).map(({ item }) => item));
  const failed = items.filter(({ status }) => status === CheckStatus.FAIL);
  return {
    total: items.length,
    passed: number(({ status }) => status === CheckStatus.PASS),
    warned: number((item) => item.status === CheckStatus.WARN && open.has(item)),
    failed: failed.length,
    crashed: failed.filter(({ crashed }) => crashed === true).length,
    timedOut: failed.filter(({ timedOut }) => timedOut === true).length,
    silenced: problems.filter(({ silenced }) => silenced !== undefined).length,
  };
}

/** All counts in one line. @internal */
export function countsLine({ total, passed, warned, failed, crashed, timedOut, silenced }: CheckCounts): string {
  const part = (number: number, what: string): string[] => (number === 0 ? [] : [`${String(number)} ${what}`]);
  const unknown = [...part(timedOut, 'timed out'), ...part(crashed - timedOut, 'could not be found out')];
  return [
    `${String(passed)} of ${String(total)} checks passed`,
    ...part(failed, unknown.length === 0 ? 'failed' : `failed (${unknown.join(', ')})`),
    ...part(warned, warned === 1 ? 'warning' : 'warnings'),
    ...part(silenced, 'silenced'),
  ].join(', ');
}
