import { InvalidArgumentError } from '../../core/errors.js';
import { redactName } from '../../core/redaction.js';
import { nearest } from '../../core/spelling.js';
import { CheckStatus } from '../finding.js';
import { worstFirst } from './outcome.js';
import type { CheckCounts, CheckResult, DeploymentSummary } from './result.js';

/** What a build can be checked for without a check that names it. */
const PROFILES = ['production', 'staging', 'development', 'test'];

/** What a selection goes by. @internal */
export interface Selectable {
  readonly tags: readonly string[];
  readonly profiles: readonly string[] | undefined;
}

/** What is asked for. @internal */
export interface Selection {
  readonly profile: string;
  readonly tags: readonly string[] | undefined;
  readonly exceptTags: readonly string[] | undefined;
}

/**
 * The checks that are asked for.
 *
 * @throws {@link InvalidArgumentError} for a profile or a tag that no check knows: a slip of the pen must not leave checks out.
 * @internal
 */
export function select<T extends Selectable>(checks: readonly T[], { profile, tags, exceptTags }: Selection): T[] {
  const profiles = new Set([...PROFILES, ...checks.flatMap((check) => check.profiles ?? [])]);
  if (!profiles.has(profile)) throw unknownWord('profile', profile, [...profiles]);
  const known = new Set(checks.flatMap((check) => check.tags));
  for (const tag of tags ?? []) if (!known.has(tag)) throw unknownWord('tag', tag, [...known]);
  return checks.filter(
    (check) =>
      (check.profiles === undefined || check.profiles.includes(profile)) &&
      (tags === undefined || check.tags.some((tag) => tags.includes(tag))) &&
      !check.tags.some((tag) => exceptTags?.includes(tag)),
  );
}

function unknownWord(what: string, word: string, words: readonly string[]): InvalidArgumentError {
  const meant = nearest(word, words);
  const hint =
    meant === undefined ? `there is ${words.length === 0 ? 'none' : words.join(', ')}` : `did you mean '${meant}'?`;
  return new InvalidArgumentError(`runAllChecks: no check has the ${what} '${redactName(word, 64)}'; ${hint}`);
}

/** Whether nothing is a `FAIL`, and there is something. @internal */
export function allPass(results: readonly CheckResult[]): boolean {
  return results.length > 0 && results.every(({ status }) => status !== CheckStatus.FAIL);
}

/** Whether it is a warning that nobody silenced. @internal */
export function isOpenWarning({ status, silenced, findings }: CheckResult): boolean {
  if (status !== CheckStatus.WARN || silenced !== undefined) return false;
  return findings?.some((one) => one.status === CheckStatus.WARN && one.silenced === undefined) ?? true;
}

/** How many there are of each kind. @internal */
export function countResults(results: readonly CheckResult[]): CheckCounts {
  const number = (is: (result: CheckResult) => boolean | undefined): number =>
    results.reduce((sum, one) => sum + (is(one) === true ? 1 : 0), 0);
  const failed = results.filter(({ status }) => status === CheckStatus.FAIL);
  const silencedFindings = results.flatMap(({ findings = [] }) => findings.filter((one) => one.silenced !== undefined));
  return {
    total: results.length,
    passed: number(({ status }) => status === CheckStatus.PASS),
    warned: number(isOpenWarning),
    failed: failed.length,
    crashed: failed.filter(({ crashed }) => crashed).length,
    timedOut: failed.filter(({ timedOut }) => timedOut).length,
    silenced: number(({ silenced }) => silenced !== undefined) + silencedFindings.length,
  };
}

/** A run in one line. @internal */
export function summaryLine(counts: CheckCounts): string {
  const { total, passed, warned, failed, crashed, timedOut, silenced } = counts;
  const part = (number: number, what: string): string[] => (number === 0 ? [] : [`${String(number)} ${what}`]);
  const unknown = [...part(timedOut, 'timed out'), ...part(crashed - timedOut, 'crashed')];
  const parts = [
    ...part(failed, unknown.length === 0 ? 'failed' : `failed (${unknown.join(', ')})`),
    ...part(warned, warned === 1 ? 'warning' : 'warnings'),
    ...part(silenced, 'silenced'),
  ];
  return [`${String(passed)} of ${String(total)} checks passed`, ...parts].join(', ');
}

/** What is wrong, the worst first: findings where there are some, results otherwise. @internal */
export function problems(results: readonly CheckResult[]): DeploymentSummary['problems'] {
  const all = results.flatMap((result) => {
    const findings = result.findings ?? [];
    // A check that is silenced as a whole is one entry.
    if (result.silenced !== undefined || findings.length === 0) return [result];
    return findings;
  });
  const wrong = all.filter(({ status }) => status !== CheckStatus.PASS);
  return worstFirst(wrong).map(({ id, status, message, hint }) => ({
    id,
    status,
    message,
    ...(hint === undefined ? {} : { hint }),
  }));
}
