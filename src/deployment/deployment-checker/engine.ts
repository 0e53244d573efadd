import { InvalidArgumentError } from '../../core/errors.js';
import { redactName } from '../../core/redaction.js';
import { nearest } from '../../core/spelling.js';
import { CheckStatus } from '../finding.js';
import type { CheckResult } from './result.js';

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
